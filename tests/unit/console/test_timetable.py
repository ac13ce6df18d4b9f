"""`./muster timetable`: what a person reads, what a program reads, and what is refused."""

import json

import pytest

from services.console.__main__ import main
from tests.support.operator_files import employers_file, more_bank_holidays

ADVERT = ("--closes", "2025-10-21 23:55", "--review", "1 week", "--interviews", "2 to 3 weeks")


@pytest.fixture
def muster(capsys):
    def run(*words: str) -> tuple[int, str]:
        try:
            code = main(["timetable", *words])
        except SystemExit as ended:
            code = ended.code
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


@pytest.fixture
def made(muster):
    def run(*words: str) -> dict:
        code, printed = muster(*words, "--json")
        assert code == 0
        return json.loads(printed)

    return run


def test_W3_W4_W10_every_date_has_its_weekday_clock_time_and_zone(muster):
    code, printed = muster(*ADVERT)
    assert code == 0
    for line in (
        "closes           Tue 21 Oct 2025 23:55 BST (2025-10-21T22:55Z)",
        "last accepted    Tue 21 Oct 2025 23:55:59 BST (2025-10-21T22:55:59Z)",
        "too late from    Tue 21 Oct 2025 23:56:00 BST (2025-10-21T22:56:00Z)",
        "review           1 week after the closing date, Tue 21 Oct 2025",
        "  target         Tue 28 Oct 2025 09:00 GMT (2025-10-28T09:00Z)",
        "  overdue from   Wed 29 Oct 2025 00:00 GMT (2025-10-29T00:00Z)",
        "interviews       2 to 3 weeks after the review",
        "  earliest       Tue 11 Nov 2025",
        "  latest         Tue 18 Nov 2025",
    ):
        assert line in printed.splitlines()
    assert "nobody is rejected" in printed


def test_W10_a_promised_day_off_is_shown_with_the_day_to_which_work_moves(muster):
    _, printed = muster("--closes", "2025-12-18", "--review", "1 week", "--interviews", "1 week")
    assert (
        "earliest       Thu 25 Dec 2025, no working day: work moves to Mon 29 Dec 2025" in printed
    )
    assert "target         Mon 29 Dec 2025 09:00 GMT" in printed


@pytest.mark.parametrize(
    ("words", "target"),
    [
        (("2025-12-18", "--review", "1 week", "--interviews", "1 week"), "2026-01-05"),
        (("2025-06-19", "--review", "0 weeks", "--interviews", "0 weeks"), "2025-06-20"),
    ],
)
def test_W8_W10_interviews_are_planned_so_many_weeks_after_the_review_opens(made, words, target):
    assert made("--closes", *words)["interviews"]["target"]["on"] == target


def test_W8_C7_interviews_are_planned_after_the_actual_close_whatever_the_weeks_count_from(made):
    words = ("--closes", "2025-06-12", "--closed", "2025-06-27 12:00")
    found = made(*words, "--review", "1 week", "--interviews", "1 week")["interviews"]
    assert (found["earliest"]["on"], found["target"]["on"]) == ("2025-06-26", "2025-07-07")


def test_W10_a_day_of_a_year_of_unknown_bank_holidays_is_shown_and_said_to_be_unsure(muster, made):
    words = ("--closes", "2028-12-01", "--review", "1 week", "--interviews", "1 week to 5 weeks")
    code, printed = muster(*words)
    assert code == 0
    assert "latest         Fri 12 Jan 2029, if it is a working day: the bank holidays" in printed
    assert made(*words)["interviews"]["latest"] == {
        "on": "2029-01-12",
        "weekday": "Friday",
        "works_on": None,
    }
    assert "MUSTER_BANK_HOLIDAYS" not in muster(*words[:-1], "4 weeks")[1]


@pytest.mark.parametrize(
    ("closes", "taken", "told"),
    [
        ("2025-10-26 01:30", "2025-10-26T01:30:00+00:00", "comes twice"),
        ("2026-03-29 01:30", "2026-03-29T02:30:00+01:00", "does not come"),
    ],
)
def test_C1_a_closing_while_the_clocks_change_says_which_hour_is_taken(
    muster, made, closes, taken, told
):
    words = ("--closes", closes, *ADVERT[2:])
    found = made(*words)
    assert found["closes_at"]["london"] == taken
    [note] = found["clocks_change"]
    assert told in note
    assert note in " ".join(muster(*words)[1].split())


def test_C1_a_closing_at_any_other_hour_says_nothing_of_the_clocks(made):
    assert made(*ADVERT)["clocks_change"] == []


@pytest.mark.parametrize("closes", ["2025-12-18 23:55", "2025-10-26 01:30"])
def test_every_line_fits_a_terminal(muster, closes):
    _, printed = muster("--closes", closes, *ADVERT[2:])
    assert max(map(len, printed.splitlines())) <= 80


@pytest.mark.parametrize("window", ["2-3 weeks", "2 \u2013 3 weeks", "two to three weeks"])
def test_W11_a_window_is_read_as_in_an_advert(made, window):
    assert made(*ADVERT[:4], "--interviews", window) == made(*ADVERT)


def test_a_program_reads_the_same(made):
    found = made(*ADVERT, "--posted", "2025-10-01")
    assert found["opens_at"]["utc"] == "2025-09-30T23:00:00Z"
    assert found["closes_at"] == {
        "utc": "2025-10-21T22:55:00Z",
        "london": "2025-10-21T23:55:00+01:00",
        "zone": "BST",
        "weekday": "Tuesday",
    }
    assert found["review"]["earliest"]["on"] == "2025-10-28"
    assert found["review"]["opens_at"]["zone"] == "GMT"
    assert found["interviews"]["latest"] == {
        "on": "2025-11-18",
        "weekday": "Tuesday",
        "works_on": "2025-11-18",
    }


@pytest.mark.parametrize(
    ("anchor", "counted_from"), [("closing-date", "2025-10-21"), ("actual-close", "2025-10-15")]
)
def test_C7_each_anchor_counts_from_its_own(made, anchor, counted_from):
    found = made(*ADVERT, "--closed", "2025-10-15 12:00", "--anchor", anchor)
    assert found["closes_at"]["london"] == "2025-10-15T12:00:00+01:00"
    assert found["review"]["counted_from"] == counted_from


def test_the_employers_settings_and_the_bank_holidays_count(made, tmp_path):
    a_day = ("--closes", "2025-10-21", *ADVERT[2:])
    with employers_file(tmp_path, 'closing_time = "23:55"', 'closing_time = "17:00"'):
        assert made(*a_day)["closes_at"]["london"] == "2025-10-21T17:00:00+01:00"
    with more_bank_holidays(tmp_path, "2025-10-28"):
        assert made(*a_day)["review"]["target"]["on"] == "2025-10-29"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--closes", "tomorrow"), "is no London clock time"),
        (("--closes", "2025-10-21 23:55+01:00"), "is no London clock time"),
        (("--review", "soon"), "is no window"),
        (("--review", "3 to 2 weeks"), "is no window"),
        (("--review", "99 weeks"), "is no window"),
        (("--closes", "1999-10-21"), "between the years 2000 and 2100"),
        (("--closes", "2035-10-21"), "MUSTER_BANK_HOLIDAYS"),
        (("--closes", "2028-12-28"), "MUSTER_BANK_HOLIDAYS"),
        (("--posted", "2025-10-22"), "before posted_on"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_a_reason(muster, words, told):
    code, printed = muster(*ADVERT, *words)
    assert code == 2
    assert told in printed
