"""The application reference is the natural key: one of each, on a real database."""

from services.intake.worker import SERVICE
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationConflicted,
)
from tests.support.at_once import at_once
from tests.support.builders import (
    APPLICATION,
    NOW,
    application_submitted,
    candidate,
    event,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing


async def test_A25_the_same_submission_under_another_id_is_accepted_once(
    rows, open_intake: Hearing
):
    submission = application_submitted()
    await open_intake.hear(submission, event(submission, copy=1), now=NOW)
    assert len(open_intake.announced) == 1
    assert len(await rows("intake", "select * from intake.document")) == 2


async def test_A25_a_reference_is_the_same_whatever_its_case_and_the_space_around_it(
    rows, open_intake: Hearing
):
    written = [application_submitted(name, vacancy=" MET-000 ") for name in (" APP-1", "App-1\t")]
    await open_intake.hear(*(event(one, copy=n) for n, one in enumerate(written)), now=NOW)
    assert [type(said) for said in open_intake.announced] == [ApplicationAccepted]
    assert await rows("intake", "select application, vacancy from intake.application") == [
        (APPLICATION, "met-000")
    ]


async def test_other_content_is_kept_announced_once_and_applied_to_nothing(
    rows, open_intake: Hearing
):
    other = application_submitted(candidate=candidate(email="other@example.org"))
    await open_intake.hear(
        application_submitted(), other, event(other, copy=1), event(other, copy=2), now=NOW
    )
    assert [type(said) for said in open_intake.announced] == [
        ApplicationAccepted,
        ApplicationConflicted,
    ]
    sql = "select application, body -> 'candidate' ->> 'email', differs_in from intake.conflict"
    assert await rows("intake", sql) == [(APPLICATION, "other@example.org", ["candidate.email"])]
    sql = "select email from intake.contact"
    assert await rows("notifications", sql) == [("ada@example.org",)]


async def test_the_same_reference_for_another_vacancy_is_a_conflict_whether_it_is_known_or_not(
    open_intake: Hearing,
):
    await open_intake.hear(application_submitted(), now=NOW)
    [conflicted] = await open_intake.hear(application_submitted(vacancy="met-9"), now=NOW)
    assert isinstance(conflicted, ApplicationConflicted)
    assert not open_intake.parked


async def test_of_two_submissions_at_once_exactly_one_is_first(
    database: TestDatabase, open_intake: Hearing
):
    other = application_submitted(candidate=candidate(name="Somebody Else"))
    outcomes = await at_once(
        SERVICE, database, event(application_submitted()), [event(other)], now=NOW
    )
    announced = [[type(said.event.data) for said in outcome.announced] for outcome in outcomes]
    assert announced == [[ApplicationAccepted], [ApplicationConflicted]]


async def test_the_same_submission_twice_at_once_is_accepted_once(
    database: TestDatabase, open_intake: Hearing
):
    submission = application_submitted()
    first, second = await at_once(
        SERVICE, database, event(submission), [event(submission, copy=1)], now=NOW
    )
    assert (len(first.announced), len(second.announced)) == (1, 0)


async def test_workers_with_the_same_references_wait_but_never_in_a_circle(
    database: TestDatabase, open_intake: Hearing
):
    one_way = [event(application_submitted(a)) for a in ("app-1", "app-0", "app-2")]
    the_other = [event(e.data, copy=1) for e in reversed(one_way)]
    first = event(application_submitted("app-0"), copy=2)
    outcomes = await at_once(SERVICE, database, first, one_way, the_other, now=NOW)
    assert sorted(said.event.subject for outcome in outcomes for said in outcome.announced) == [
        "app-0",
        "app-1",
        "app-2",
    ]
