"""What cannot be judged yet waits, is judged when it can be, and keeps when it first came."""

from datetime import date, timedelta

import pytest

from shared.contracts.applications import ApplicationAccepted, ApplicationConflicted
from tests.support.builders import (
    APPLICATION,
    LAST_ACCEPTED_AT,
    NOW,
    POSTED_ON,
    VACANCY,
    application_submitted,
    candidate,
    event,
    vacancy_timetabled,
)
from tests.support.hearing import Hearing

AFTERWARDS = LAST_ACCEPTED_AT + timedelta(days=2)
EARLY = application_submitted(submitted_at=NOW - timedelta(days=60))
EARLIER_POSTING = vacancy_timetabled(version=2, posted_on=date(2025, 8, 1))


async def test_C3_a_submission_that_waited_for_its_vacancy_past_the_closing_was_not_late(
    rows, intake: Hearing
):
    await intake.hear(application_submitted(), now=NOW)
    [accepted] = await intake.hear(vacancy_timetabled(), now=AFTERWARDS)
    assert accepted.received_at == NOW
    assert not accepted.arrived_after_close
    sql = "select received_at from intake.contact"
    assert await rows("notifications", sql) == [(NOW,)]
    assert await rows("intake", "select * from intake.arrival") == []
    [(judged_at,)] = await rows("intake", "select judged_at from intake.application")
    assert judged_at == AFTERWARDS


async def test_C3_what_came_first_after_the_closing_is_labelled_however_long_it_waited(
    intake: Hearing,
):
    after = LAST_ACCEPTED_AT + timedelta(microseconds=1)
    await intake.hear(application_submitted(), now=after)
    [accepted] = await intake.hear(vacancy_timetabled(), now=AFTERWARDS)
    assert (accepted.received_at, accepted.arrived_after_close) == (after, True)


async def test_C3_other_content_does_not_borrow_an_arrival(intake: Hearing):
    other = application_submitted(candidate=candidate(name="Somebody Else"))
    await intake.hear(application_submitted(), now=NOW)
    await intake.hear(other, now=NOW + timedelta(hours=1))
    said = await intake.hear(vacancy_timetabled(), now=AFTERWARDS)
    assert [type(one) for one in said] == [ApplicationAccepted, ApplicationConflicted]
    assert said[0].received_at == NOW


async def test_D9_before_posting_waits_for_a_person_or_for_an_earlier_posting(
    rows, open_intake: Hearing
):
    assert await open_intake.hear(EARLY, now=NOW) == []
    [held] = open_intake.quarantined
    assert (held.reason, held.waiting_for) == (
        "before_posting",
        f"vacancy.timetabled.v1 {VACANCY}",
    )
    assert await rows("intake", "select * from intake.application") == []
    [accepted] = await open_intake.hear(EARLIER_POSTING, now=NOW + timedelta(days=1))
    assert isinstance(accepted, ApplicationAccepted)
    assert accepted.received_at == NOW


async def test_D9_an_amendment_that_leaves_the_posting_as_it_is_leaves_it_held(
    open_intake: Hearing,
):
    await open_intake.hear(EARLY, now=NOW)
    later = vacancy_timetabled(version=2, posted_on=POSTED_ON)
    assert await open_intake.hear(later, now=NOW) == []
    assert len(open_intake.quarantined) == 2
    assert open_intake.parked


@pytest.mark.parametrize("first", [0, 1])
async def test_D9_it_is_accepted_whichever_comes_first(intake: Hearing, first):
    heard = [EARLY, EARLIER_POSTING]
    await intake.hear(heard[first], heard[1 - first], vacancy_timetabled(), now=NOW)
    assert [type(said) for said in intake.announced] == [ApplicationAccepted]


async def test_D9_a_person_may_replay_it_any_number_of_times(open_intake: Hearing):
    await open_intake.hear(EARLY, event(EARLY), event(EARLY), now=NOW)
    assert {held.reason for held in open_intake.quarantined} == {"before_posting"}
    assert APPLICATION not in {said.subject for said in open_intake.announced}
