"""What intake accepts, refuses and holds, on a real database."""

from datetime import timedelta

import pytest

from shared.contracts.applications import (
    Answer,
    ApplicationAccepted,
    ApplicationConflicted,
    ApplicationRefused,
    Convictions,
    Role,
)
from tests.support.builders import (
    APPLICATION,
    LAST_ACCEPTED_AT,
    NOW,
    VACANCY,
    application_submitted,
    candidate,
    document,
    documents_replaced,
    event,
    form,
    vacancy_timetabled,
)
from tests.support.hearing import Hearing

AFTERWARDS = LAST_ACCEPTED_AT + timedelta(hours=9)
TOO_LATE = LAST_ACCEPTED_AT + timedelta(microseconds=1)


async def test_an_application_is_accepted_with_the_facts_that_rules_need(open_intake: Hearing):
    submission = application_submitted(
        form=form(convictions=Convictions(declared=Answer.YES, details="a private story"))
    )
    [accepted] = await open_intake.hear(submission, now=NOW)
    timetable = vacancy_timetabled()
    assert accepted == ApplicationAccepted(
        application=APPLICATION,
        vacancy=VACANCY,
        submitted_at=submission.submitted_at,
        received_at=NOW,
        arrived_after_close=False,
        employer=timetable.employer,
        role_type=timetable.role_type,
        engagement=timetable.engagement,
        early_departure=submission.form.early_departure,
        conviction_declared=Answer.YES,
        timetable_version=1,
    )


async def test_K3_nothing_personal_leaves_in_an_event(open_intake: Hearing):
    submission = application_submitted(
        candidate=candidate(name="Zaphod", email="zaphod@example.org"),
        documents=(document(Role.CV, name="Zaphods life.pdf"),),
        form=form(convictions=Convictions(declared=Answer.YES, details="Zaphod stole a ship")),
    )
    [accepted] = await open_intake.hear(submission, now=NOW)
    assert "aphod" not in accepted.model_dump_json().casefold()


async def test_C3_an_application_sent_in_time_that_comes_the_morning_after_is_accepted(
    open_intake: Hearing,
):
    submission = application_submitted(submitted_at=LAST_ACCEPTED_AT)
    [accepted] = await open_intake.hear(submission, now=AFTERWARDS)
    assert isinstance(accepted, ApplicationAccepted)
    assert accepted.arrived_after_close


async def test_A17_a_submission_waits_for_its_vacancy(intake: Hearing):
    assert await intake.hear(application_submitted(), now=NOW) == []
    [accepted] = await intake.hear(vacancy_timetabled(), now=NOW)
    assert isinstance(accepted, ApplicationAccepted)


async def test_a_whole_batch_is_judged_one_by_one(open_intake: Hearing):
    announced = await open_intake.hear_together(
        application_submitted("app-3", submitted_at=TOO_LATE),
        application_submitted("app-2"),
        application_submitted("app-1", vacancy="met-unknown"),
        application_submitted("app-4"),
        now=AFTERWARDS,
    )
    assert [(type(said), said.subject) for said in announced] == [
        (ApplicationRefused, "app-3"),
        (ApplicationAccepted, "app-2"),
        (ApplicationAccepted, "app-4"),
    ]
    assert [waiting_for for waiting_for, _ in open_intake.parked.values()] == [
        "vacancy.timetabled.v1 met-unknown"
    ]


@pytest.mark.parametrize(
    ("submission", "reason"),
    [
        (
            application_submitted(submitted_at=NOW - timedelta(days=300)),
            "before_posting",
        ),
        (
            application_submitted(submitted_at=NOW + timedelta(days=1)),
            "submitted_in_the_future",
        ),
    ],
)
async def test_D9_A30_an_impossible_time_is_held_for_a_person(
    rows, open_intake: Hearing, submission, reason
):
    assert await open_intake.hear(submission, now=NOW) == []
    assert [held.reason for held in open_intake.quarantined] == [reason]
    assert await rows("intake", "select * from intake.application") == []


async def test_the_newest_timetable_is_the_one_that_counts(open_intake: Hearing):
    extended = LAST_ACCEPTED_AT + timedelta(days=7)
    await open_intake.hear(
        vacancy_timetabled(version=2, last_accepted_at=extended),
        vacancy_timetabled(version=1, title="an old one again"),
        now=NOW,
    )
    [accepted] = await open_intake.hear(
        application_submitted(submitted_at=TOO_LATE), now=AFTERWARDS
    )
    assert isinstance(accepted, ApplicationAccepted)
    assert not accepted.arrived_after_close


async def test_C3_a_late_submission_is_refused_recorded_and_told(rows, open_intake: Hearing):
    [refused] = await open_intake.hear(
        application_submitted(submitted_at=TOO_LATE), now=AFTERWARDS
    )
    assert isinstance(refused, ApplicationRefused)
    assert refused.last_accepted_at == LAST_ACCEPTED_AT
    assert await rows("intake", "select application, reason from intake.refusal") == [
        (APPLICATION, "submitted_after_closing")
    ]
    [(email,)] = await rows("notifications", "select email from intake.contact")
    assert email == "ada@example.org"


async def test_C3_a_refused_application_stays_refused(rows, open_intake: Hearing):
    late = application_submitted(submitted_at=TOO_LATE)
    await open_intake.hear(late, now=AFTERWARDS)
    assert await open_intake.hear(event(late, copy=1), now=AFTERWARDS) == []
    await open_intake.hear(application_submitted(), documents_replaced(), now=AFTERWARDS)
    announced = [type(said) for said in open_intake.announced]
    assert announced == [ApplicationRefused, ApplicationConflicted]
    assert await rows("documents", "select * from intake.files") == []
