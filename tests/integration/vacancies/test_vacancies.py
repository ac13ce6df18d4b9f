"""Vacancies on a real database: timetabled once, closed once, whoever says so and when."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations

import pytest

from services.vacancies.worker import SERVICE
from shared.calendar import LONDON, at_london
from shared.contracts.vacancies import (
    VacancyClosed,
    VacancyClosingDatePassed,
    VacancyClosingDue,
    VacancyOpened,
    VacancyPublished,
    VacancyTimetabled,
)
from tests.support.at_once import at_once
from tests.support.builders import (
    LAST_ACCEPTED_AT,
    NOW,
    VACANCY,
    event,
    vacancy_closed,
    vacancy_closing_date_passed,
    vacancy_closing_due,
    vacancy_published,
    vacancy_timetabled,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing

TOO_LATE = LAST_ACCEPTED_AT + timedelta(microseconds=1)
CLOSING_TIMER = f"{VacancyClosingDue.type} {VACANCY}"
OPENING_TIMER = f"{VacancyOpened.type} {VACANCY}"


@pytest.fixture
async def vacancies(database: TestDatabase) -> Hearing:
    return Hearing(SERVICE, await database.service("vacancies"))


def reasons(vacancies: Hearing) -> list[str]:
    return [held.reason for held in vacancies.quarantined]


async def test_W12_a_published_vacancy_is_timetabled_and_opened_and_its_closing_planned(vacancies):
    said = await vacancies.hear(vacancy_published(), now=NOW)
    assert said == [vacancy_timetabled(), VacancyOpened(vacancy=VACANCY)]
    assert vacancies.timers[CLOSING_TIMER].due_at == TOO_LATE


async def test_a_vacancy_posted_ahead_opens_at_midnight_in_london_on_the_day(vacancies):
    before = at_london(date(2025, 9, 28), time(12))
    said = await vacancies.hear(vacancy_published(), now=before)
    assert [type(one) for one in said] == [VacancyTimetabled]
    assert vacancies.timers[OPENING_TIMER].due_at == datetime(2025, 9, 30, 23, tzinfo=UTC)


async def test_a_vacancy_heard_of_too_late_is_timetabled_and_closed_but_never_opened(vacancies):
    said = await vacancies.hear(vacancy_published(), now=TOO_LATE)
    said += await vacancies.hear(vacancy_closing_due(), now=TOO_LATE)
    assert [type(one) for one in said] == [VacancyTimetabled, VacancyClosed]


async def test_the_same_advert_under_another_event_id_is_ignored(vacancies):
    await vacancies.hear(vacancy_published(), now=NOW)
    in_london = vacancy_published(closes_at=vacancy_published().closes_at.astimezone(LONDON))
    again = [event(vacancy_published(), copy=2), event(in_london, copy=3)]
    assert await vacancies.hear(*again, now=NOW) == []
    assert vacancies.quarantined == []


@pytest.mark.parametrize(("first", "again"), [(0, None), (None, 0)])
async def test_C2_the_same_advert_with_the_default_grace_said_or_left_out_is_ignored(
    vacancies, first, again
):
    await vacancies.hear(vacancy_published(grace_seconds=first), now=NOW)
    said = await vacancies.hear(event(vacancy_published(grace_seconds=again), copy=2), now=NOW)
    assert (said, vacancies.quarantined) == ([], [])


async def test_C2_the_same_advert_with_another_grace_is_held(vacancies):
    await vacancies.hear(vacancy_published(grace_seconds=60), now=NOW)
    await vacancies.hear(event(vacancy_published(), copy=2), now=NOW)
    assert reasons(vacancies) == ["vacancy_already_published"]


async def test_another_advert_under_a_known_reference_is_held_and_changes_nothing(vacancies):
    await vacancies.hear(vacancy_published(), now=NOW)
    moved = vacancy_published(closes_at=LAST_ACCEPTED_AT + timedelta(days=2))
    assert await vacancies.hear(moved, now=NOW) == []
    assert reasons(vacancies) == ["vacancy_already_published"]
    assert await vacancies.hear(vacancy_closing_due(), now=TOO_LATE) == [vacancy_closed()]


async def test_a_batch_times_the_good_and_holds_the_bad(vacancies):
    closes_at = at_london(date(2029, 1, 3), time(23, 55))
    said = await vacancies.hear_together(
        vacancy_published(vacancy="a"),
        vacancy_published(vacancy="b", posted_on=date(2025, 10, 30)),
        vacancy_published(vacancy="c", closes_at=closes_at),
        vacancy_published(vacancy="d"),
        now=NOW,
    )
    assert [one.subject for one in said if isinstance(one, VacancyTimetabled)] == ["a", "d"]
    assert reasons(vacancies) == ["closes_before_posting", "bank_holidays_unknown"]


async def test_what_was_held_for_its_dates_is_not_known_afterwards(vacancies):
    await vacancies.hear(vacancy_published(posted_on=date(2025, 10, 30)), now=NOW)
    said = await vacancies.hear(vacancy_published(), now=NOW)
    assert vacancy_timetabled() in said


@pytest.mark.parametrize("trigger", [vacancy_closing_due(), vacancy_closing_date_passed()])
async def test_C6_a_trigger_closes_from_the_first_instant_that_is_too_late(vacancies, trigger):
    await vacancies.hear(vacancy_published(), now=NOW)
    assert await vacancies.hear(event(trigger), now=LAST_ACCEPTED_AT) == []
    assert vacancies.timers[CLOSING_TIMER].due_at == TOO_LATE
    assert await vacancies.hear(event(trigger, copy=2), now=TOO_LATE) == [vacancy_closed()]


async def test_C6_the_closing_is_dated_by_the_timetable_however_late_it_is_noticed(vacancies):
    await vacancies.hear(vacancy_published(), now=NOW)
    days_later = TOO_LATE + timedelta(days=3)
    assert await vacancies.hear(vacancy_closing_due(), now=days_later) == [vacancy_closed()]


async def test_C6_closing_twice_and_by_both_triggers_is_said_once(vacancies):
    await vacancies.hear(vacancy_published(), now=NOW)
    said = await vacancies.hear(
        event(vacancy_closing_due()),
        event(vacancy_closing_date_passed()),
        event(vacancy_closing_due(), copy=2),
        now=TOO_LATE,
    )
    assert said == [vacancy_closed()]


@pytest.mark.parametrize(
    "order",
    list(
        permutations([vacancy_published(), vacancy_closing_due(), vacancy_closing_date_passed()])
    ),
)
async def test_C6_any_order_of_publication_and_triggers_ends_closed_once(vacancies, order):
    """Even a trigger for a vacancy that nobody has heard of waits for it."""
    await vacancies.hear(*order, now=TOO_LATE)
    assert sorted(type(one).__name__ for one in vacancies.announced) == [
        "VacancyClosed",
        "VacancyTimetabled",
    ]
    assert vacancies.parked == {}


async def test_a_trigger_for_an_unknown_vacancy_is_parked_until_it_is_published(vacancies):
    await vacancies.hear(vacancy_closing_date_passed(), now=TOO_LATE)
    [(waiting_for, parked)] = vacancies.parked.values()
    assert waiting_for == f"{VacancyPublished.type} {VACANCY}"
    assert isinstance(parked.data, VacancyClosingDatePassed)


async def test_two_workers_given_the_same_vacancy_at_once_timetable_it_once(database):
    first, second = event(vacancy_published()), event(vacancy_published(), copy=2)
    one, other = await at_once(SERVICE, database, first, [second], now=NOW)
    assert len(one.announced) == 3
    assert other.announced == []
    assert other.quarantined == []


async def test_two_workers_given_different_adverts_at_once_hold_the_second(database):
    first, second = event(vacancy_published()), event(vacancy_published(title="Another"))
    _, other = await at_once(SERVICE, database, first, [second], now=NOW)
    assert [held.reason for held in other.quarantined] == ["vacancy_already_published"]


async def test_C6_two_workers_closing_at_once_say_it_once(database):
    service = await database.service("vacancies")
    await Hearing(SERVICE, service).hear(vacancy_published(), now=NOW)
    first, second = event(vacancy_closing_due()), event(vacancy_closing_date_passed())
    one, other = await at_once(SERVICE, database, first, [second], now=TOO_LATE)
    assert [said.event.data for said in one.announced] == [vacancy_closed()]
    assert other.announced == []
