"""Opening and closing: a trigger is only a trigger."""

from datetime import timedelta

import pytest

from services.vacancies.decisions import (
    Closed,
    Closing,
    Ignored,
    OpensLater,
    OpensNow,
    TooEarly,
    Unusable,
    admit,
    begin,
    close,
    compare,
    timetable,
)
from shared.calendar import LONDON
from tests.support.builders import LAST_ACCEPTED_AT, vacancy_published

OPEN = Closing(LAST_ACCEPTED_AT, is_closed=False)
INSTANT = timedelta(microseconds=1)
PLAN = begin(vacancy_published())


@pytest.mark.parametrize(
    "early_by", [timedelta(0), INSTANT, timedelta(hours=1), timedelta(days=9)]
)
def test_C6_an_early_trigger_closes_nothing_and_waits_for_the_first_instant_that_is_too_late(
    early_by,
):
    assert close(OPEN, LAST_ACCEPTED_AT - early_by) == TooEarly(LAST_ACCEPTED_AT + INSTANT)


@pytest.mark.parametrize("late_by", [INSTANT, timedelta(minutes=1), timedelta(days=3)])
def test_C6_a_late_trigger_closes_as_of_the_timetable(late_by):
    assert close(OPEN, LAST_ACCEPTED_AT + late_by) == Closed(LAST_ACCEPTED_AT)


def test_C6_the_instant_an_early_trigger_waits_for_closes():
    verdict = close(OPEN, LAST_ACCEPTED_AT)
    assert isinstance(verdict, TooEarly)
    assert close(OPEN, verdict.due_at) == Closed(LAST_ACCEPTED_AT)


def test_C6_a_second_trigger_changes_nothing():
    closed = Closing(LAST_ACCEPTED_AT, is_closed=True)
    assert close(closed, LAST_ACCEPTED_AT + timedelta(days=1)) == Ignored("already closed")


def test_a_vacancy_opens_at_midnight_in_london_on_its_day_of_posting():
    made = timetable(vacancy_published())
    assert made.opens_at is not None
    assert admit(PLAN, made, made.opens_at - INSTANT) == OpensLater(made.opens_at)
    assert admit(PLAN, made, made.opens_at) == OpensNow()


def test_a_vacancy_without_a_day_of_posting_opens_at_once():
    made = timetable(vacancy_published(posted_on=None))
    assert admit(PLAN, made, LAST_ACCEPTED_AT) == OpensNow()


def test_a_vacancy_heard_of_after_its_closing_is_not_said_to_open():
    assert isinstance(
        admit(PLAN, timetable(vacancy_published()), LAST_ACCEPTED_AT + INSTANT), Ignored
    )


def test_the_same_advert_again_is_ignored_whatever_offset_its_closing_is_written_in():
    first = vacancy_published()
    again = vacancy_published(closes_at=first.closes_at.astimezone(LONDON))
    assert isinstance(compare(again, PLAN), Ignored)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Head of Business Support"},
        {"grace_seconds": 60},
        {"closes_at": LAST_ACCEPTED_AT + timedelta(days=1)},
        {"posted_on": None},
    ],
)
def test_another_advert_under_a_known_reference_is_held_for_a_person(change):
    verdict = compare(vacancy_published(**change), PLAN)
    assert isinstance(verdict, Unusable)
    assert verdict.reason == "vacancy_already_published"
