"""From a question or a challenge to what becomes of the application, through all the workers."""

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from shared.contracts.applications import Answer, Stage
from shared.contracts.challenges import ChallengeOutcome, ChallengeOverdueDue
from shared.contracts.checks import DocumentsChecked, DocumentsOutcome
from shared.contracts.notifications import RejectionLetterDue
from shared.contracts.referrals import ReferralAnswer
from shared.contracts.reviews import ManagerDecision, ReviewOpeningDue
from tests.support.build_eligibility import applied
from tests.support.build_people import CHALLENGED_AT
from tests.support.builders import (
    APPLICATION,
    LAST_ACCEPTED_AT,
    NOW,
    REVIEW_OPENS_AT,
    VACANCY,
    application_accepted,
    challenge_decided,
    decision_challenged,
    departure,
    documents_checked,
    manager_reviewed,
    referral_resolved,
    vacancy_closed,
    vacancy_published,
    vacancy_timetabled,
)
from tests.support.doctor import Doctor
from tests.support.workplace import Workplace

ADVERT = (vacancy_published(), vacancy_timetabled())
CLOSED = vacancy_closed()
BARRED = applied("2025-10-20", departure("2021-10-21"))
DOUBTFUL = applied("2025-10-20", departure("2020-10-20"))
OTHER = application_accepted("app-2")
FOUND = {
    outcome: documents_checked(outcome=outcome)
    for outcome in (DocumentsOutcome.COMPLETE, DocumentsOutcome.FAULTY, DocumentsOutcome.UNCLEAR)
}
COMPLETE = FOUND[DocumentsOutcome.COMPLETE]


@pytest.fixture
async def workplace(database) -> AsyncIterator[Workplace]:
    """Everybody at work on one vacancy; each journey ends at the doctor's."""
    workplace = await Workplace.open(database)
    await workplace.hear(*ADVERT)
    yield workplace
    await Doctor().finds_nothing(database.owner)


async def inspected(database, workplace: Workplace, checked: DocumentsChecked) -> None:
    """Let the documents worker have found this."""
    owner = await asyncpg.connect(database.owner)
    await owner.execute(
        "insert into documents.verdict"
        " (application, documents_version, vacancy, outcome, findings, checked_at)"
        " values ($1, 1, $2, $3, '[{\"code\": \"label_unclear\", \"document\": 0}]', $4)",
        checked.application, VACANCY, checked.outcome, NOW,
    )  # fmt: skip
    await owner.close()
    await workplace.hear(checked)


async def review_opens(workplace: Workplace) -> None:
    await workplace.hear(CLOSED, now=LAST_ACCEPTED_AT)
    await workplace.hear(ReviewOpeningDue(vacancy=VACANCY), now=REVIEW_OPENS_AT)


async def reviewed(workplace: Workplace, application: str = APPLICATION) -> None:
    decision = manager_reviewed(application=application, decision=ManagerDecision.INVITE)
    await workplace.hear(decision, now=REVIEW_OPENS_AT + timedelta(hours=2))


async def test_E3_K1_referred_then_eligible_then_reviewed_whatever_a_conviction_is_thought_of(
    workplace,
):
    declared = DOUBTFUL.model_copy(update={"conviction_declared": Answer.YES})
    await workplace.hear(declared, COMPLETE)
    assert (await workplace.stages())[-1] == Stage.WITH_A_PERSON
    await workplace.hear(referral_resolved(), now=NOW + timedelta(hours=3))
    assert (await workplace.stages())[-1] == Stage.READY_FOR_REVIEW
    await review_opens(workplace)
    await workplace.hear(referral_resolved(ReferralAnswer.CONSIDERED), now=REVIEW_OPENS_AT)
    await reviewed(workplace)
    assert (await workplace.stages())[-1] in {Stage.INVITED, Stage.INTERVIEW_BOOKED}


async def test_F2_referred_then_rejected_by_a_person_is_told_after_the_hold(workplace):
    await workplace.hear(DOUBTFUL, COMPLETE)
    no = referral_resolved(ReferralAnswer.NOT_ELIGIBLE)
    await workplace.hear(no, now=NOW + timedelta(hours=3))
    assert (await workplace.stages())[-1] == Stage.NOT_ELIGIBLE
    assert "not_eligible" not in await workplace.letters()
    await workplace.ring(RejectionLetterDue, now=NOW + timedelta(days=2))
    assert "not_eligible" in await workplace.letters()
    assert await workplace.ask(
        "notifications", "select is_by_person from eligibility.explanations"
    ) == [True]


async def test_E20_W8_upheld_after_the_review_opened_gets_the_same_review_and_holds_nobody_up(
    workplace,
):
    await workplace.hear(BARRED, COMPLETE, OTHER, documents_checked("app-2"))
    await workplace.hear(decision_challenged(), now=CHALLENGED_AT)
    await review_opens(workplace)
    assert (await workplace.stages())[-1] == Stage.NOT_ELIGIBLE
    upheld = challenge_decided(decided_at=REVIEW_OPENS_AT + timedelta(hours=1))
    await workplace.hear(upheld, now=REVIEW_OPENS_AT + timedelta(hours=1))
    assert (await workplace.stages())[-1] == Stage.UNDER_REVIEW
    await reviewed(workplace, "app-2")
    assert await workplace.ask("review", "select completed_at is not null from review.round") == [
        True
    ]
    assert (await workplace.stages())[-1] == Stage.UNDER_REVIEW
    await reviewed(workplace)
    assert (await workplace.stages())[-1] in {Stage.INVITED, Stage.INTERVIEW_BOOKED}
    letters = await workplace.letters()
    assert [one for one in letters if one.startswith("challenge")] == [
        "challenge_received",
        "challenge_upheld",
    ]


async def test_E20_W8_upheld_before_the_review_opens_is_waited_for_like_anybody(workplace):
    await workplace.hear(BARRED, COMPLETE, OTHER, documents_checked("app-2"))
    await workplace.hear(decision_challenged(), now=CHALLENGED_AT)
    await workplace.hear(challenge_decided(), now=CHALLENGED_AT + timedelta(days=2))
    await review_opens(workplace)
    await reviewed(workplace, "app-2")
    completed = "select completed_at is not null from review.round"
    assert await workplace.ask("review", completed) == [False]
    await reviewed(workplace)
    assert await workplace.ask("review", completed) == [True]


async def test_E20_dismissed_stays_rejected_and_both_are_told(workplace):
    await workplace.hear(BARRED, COMPLETE)
    await workplace.hear(decision_challenged(), now=CHALLENGED_AT)
    await workplace.hear(
        challenge_decided(ChallengeOutcome.DISMISSED), now=CHALLENGED_AT + timedelta(days=1)
    )
    assert (await workplace.stages())[-1] == Stage.NOT_ELIGIBLE
    assert (await workplace.letters())[-2:] == ["challenge_received", "challenge_dismissed"]


async def test_E20_an_upheld_challenge_stops_the_letter_that_has_not_gone(workplace):
    await workplace.hear(BARRED, COMPLETE)
    challenged = decision_challenged(challenged_at=NOW + timedelta(hours=1))
    await workplace.hear(challenged, now=NOW + timedelta(hours=1))
    upheld = challenge_decided(
        challenged_at=NOW + timedelta(hours=1), decided_at=NOW + timedelta(hours=2)
    )
    await workplace.hear(upheld, now=NOW + timedelta(hours=2))
    await workplace.ring(RejectionLetterDue, now=NOW + timedelta(days=2))
    assert "not_eligible" not in await workplace.letters()
    assert (await workplace.stages())[-1] == Stage.READY_FOR_REVIEW


async def test_E20_silence_about_a_challenge_changes_nothing(workplace):
    await workplace.hear(BARRED, COMPLETE)
    await workplace.hear(decision_challenged(), now=CHALLENGED_AT)
    stages, letters = await workplace.stages(), await workplace.letters()
    await workplace.ring(ChallengeOverdueDue, now=CHALLENGED_AT + timedelta(days=60))
    assert (await workplace.stages(), await workplace.letters()) == (stages, letters)
    await workplace.hear(challenge_decided(), now=CHALLENGED_AT + timedelta(days=61))
    assert (await workplace.stages())[-1] == Stage.READY_FOR_REVIEW


async def test_D4_unclear_documents_that_a_person_accepts_go_on(workplace, database):
    await workplace.hear(application_accepted())
    await inspected(database, workplace, FOUND[DocumentsOutcome.UNCLEAR])
    assert (await workplace.stages())[-1] == Stage.WITH_A_PERSON
    await workplace.hear(referral_resolved(ReferralAnswer.ACCEPT))
    assert (await workplace.stages())[-1] == Stage.READY_FOR_REVIEW


async def test_C5_faulty_at_closing_waits_for_a_person_who_may_accept_also_after_the_opening(
    workplace, database
):
    await workplace.hear(application_accepted())
    await inspected(database, workplace, FOUND[DocumentsOutcome.FAULTY])
    await review_opens(workplace)
    assert (await workplace.stages())[-1] == Stage.WITH_A_PERSON
    await workplace.hear(referral_resolved(ReferralAnswer.ACCEPT), now=REVIEW_OPENS_AT)
    assert (await workplace.stages())[-1] == Stage.UNDER_REVIEW


async def test_C5_what_a_person_returned_and_nobody_mended_can_still_be_accepted(
    workplace, database
):
    await workplace.hear(application_accepted())
    await inspected(database, workplace, FOUND[DocumentsOutcome.UNCLEAR])
    await workplace.hear(referral_resolved(ReferralAnswer.RETURN))
    assert (await workplace.stages())[-1] == Stage.DOCUMENTS_NEEDED
    assert (await workplace.letters())[-1] == "documents_problem"
    await review_opens(workplace)
    assert (await workplace.stages())[-1] == Stage.WITH_A_PERSON
    await workplace.hear(referral_resolved(ReferralAnswer.ACCEPT), now=REVIEW_OPENS_AT)
    assert (await workplace.stages())[-1] == Stage.UNDER_REVIEW
