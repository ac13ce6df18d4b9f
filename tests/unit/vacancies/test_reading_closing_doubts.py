"""What stands beside a closing and is none of its day and time: read past it or held."""

from datetime import date

import pytest

from shared.calendar import LONDON
from tests.support.adverts import advert, field, holds, lints, read_vacancy


def shown(closing: str) -> str:
    reading = read_vacancy(advert(closing=closing))
    return f"{field(reading, 'closes_at').value.astimezone(LONDON):%d %b %H:%M}"


@pytest.mark.parametrize("midnight", ["00:00am", "00.00 am", "0am", "0:00 a.m."])
def test_C1_midnight_by_the_12_hour_clock_is_the_end_of_the_day_and_flagged(midnight):
    closing = f"Closing date: 14 May 2026, {midnight}"
    assert shown(closing) == "14 May 23:59"
    assert lints(read_vacancy(advert(closing=closing))) == {"midnight"}


@pytest.mark.parametrize("printed", ["00:00pm", "0pm", "00:30 pm"])
def test_C1_an_hour_of_nought_in_the_afternoon_is_held(printed):
    reading = read_vacancy(advert(closing=f"Closing date: 14 May 2026, {printed}"))
    assert holds(reading) == {"closes_at": "impossible_time"}


@pytest.mark.parametrize(
    "extension",
    [
        "This advert has been extended to 14 November 2025.",
        "Extended until 14 November 2025",
        "The vacancy was re-opened until 14 November 2025.",
        "This role has been extended to 14 November 2025.",
        "This advert for a maternity cover contract is extended to 14 November 2025.",
    ],
)
def test_C1_an_extension_beside_the_earlier_closing_is_held(extension):
    closing = f"Closing date: 7 November 2025, 23:55.\n\n{extension}"
    assert holds(read_vacancy(advert(closing=closing))) == {"closes_at": "two_closings"}


def test_C1_an_extension_is_a_closing():
    assert shown("This advert has been extended to 23:55 on 14 May 2026.") == "14 May 23:55"


@pytest.mark.parametrize(
    "printed",
    [
        "The contract may be extended to 31 March 2028.",
        "A secondment, since extended until 31 March 2028.",
        "It might be extended to 31 March 2028.",
    ],
)
def test_C1_a_contract_that_is_extended_is_no_closing(printed):
    assert shown(f"Closing date: 14 May 2026, 23:55\n\n{printed}") == "14 May 23:55"


@pytest.mark.parametrize(
    "printed",
    [
        "Closing date\n14 May 2026\nVacancy ID: 1534",
        "Closing date\n14 May 2026\nInformal chat: ring Jo by 4pm",
        "Closing date\n14 May 2026\nInformal chat: ring Jo by 4pm on 12 May 2026",
        "Closing date\n14 May 2026\n4pm is when we have tea",
        "Closing date: 14 May 2026 (Ref 1534)",
        "Closing date: 14 May 2026 (Ref:1534)",
        "Closing date: 14 May 2026, tel 0300 123 1555",
    ],
)
def test_C1_another_number_or_hour_behind_or_under_a_closing_is_not_its_clock_time(printed):
    assert shown(printed) == "14 May 23:55"
    assert lints(read_vacancy(advert(closing=printed))) == {"no_closing_time"}


def test_C1_an_hour_that_other_words_part_from_its_day_is_held():
    closing = "Closing date\n14 May 2026 - for a chat ring Jo by 4pm"
    assert holds(read_vacancy(advert(closing=closing))) == {"closes_at": "unread_time"}


@pytest.mark.parametrize(
    "printed",
    [
        "Closing date\nThursday 14 May 2026 at 23:55 (UK time)",
        "Closing date\n23:55 on Thursday, 14 May 2026, no later applications",
        "Closing date\nBy 23:55 on 14 May 2026",
        "Closing date\nDate: 14 May 2026\nTime: 23:55",
        "Closing date\n14 May 2026\n11.55pm sharp",
        "Closing date\n14 May 2026\n2355",
        "Closing date: 2355 on 14 May 2026",
        "Closing date: Thursday 14 May 2026 by 2355",
        "Closing time:11:55pm\nClosing date:14 May 2026",
        "Closing date: 14 May 2026,11:55pm",
        "Closing date: 14 May 2026,2355",
    ],
)
def test_C1_a_closing_with_its_time_is_read_with_and_without_spaces(printed):
    assert shown(printed) == "14 May 23:55"
    assert lints(read_vacancy(advert(closing=printed))) == set()


def test_C1_a_range_of_days_on_a_line_of_its_own_is_no_item_of_a_list():
    reading = read_vacancy(advert(closing="Closing date\n14 - 15 May 2026"))
    assert holds(reading) == {"closes_at": "no_single_day"}


def test_a_numbered_item_is_one_all_the_same():
    reading = read_vacancy(advert(head="1 - Location: Leeds\n2 - Job title: Clerk\n3 - Ref: 1"))
    assert field(reading, "location").value == "Leeds"


@pytest.mark.parametrize(
    "printed",
    [
        "Friday at 12 noon, 14 May 2026",
        "14 May 2026 - Friday, 5pm",
        "14 May 2026, that is a Friday, 5pm",
    ],
)
def test_C1_a_weekday_apart_from_its_day_is_compared_too(printed):
    reading = read_vacancy(advert(closing=f"Closing date: {printed}"))
    assert holds(reading) == {"closes_at": "weekday_disagrees"}


@pytest.mark.parametrize(
    "printed",
    ["Thursday at 12 noon, 14 May 2026", "14 May 2026 (Monday to Friday, by 12 noon)"],
)
def test_C1_weekdays_that_agree_or_are_several_hold_nothing(printed):
    assert shown(f"Closing date: {printed}") == "14 May 12:00"


@pytest.mark.parametrize(
    "printed",
    [
        "Applications must be received before 14 May 2026.",
        "Please apply before Thursday, 14 May 2026.",
        "Please apply before May 14, 2026.",
    ],
)
def test_C1_before_a_day_without_a_clock_time_is_held(printed):
    assert holds(read_vacancy(advert(closing=printed))) == {"closes_at": "before_a_day"}


@pytest.mark.parametrize(
    ("printed", "at"),
    [
        ("Applications must be received on or before 14 May 2026.", "14 May 23:55"),
        ("Applications must be received before 5pm on 14 May 2026.", "14 May 17:00"),
        ("Applications must be received before midday, 14 May 2026.", "14 May 12:00"),
    ],
)
def test_C1_on_or_before_a_day_and_before_a_clock_time_are_read(printed, at):
    assert shown(printed) == at


def test_D9_a_day_without_a_space_before_it_is_read():
    reading = read_vacancy(advert(posted="Posted:2 May 2026"))
    assert field(reading, "posted_on").value == date(2026, 5, 2)
