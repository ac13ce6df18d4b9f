"""A person answers what was referred: it becomes the verdict, with its reason."""

from datetime import date, timedelta

import pytest

from shared.contracts.challenges import (
    ChallengeOutcome,
)
from shared.contracts.checks import EligibilityOutcome
from shared.contracts.referrals import ReferralAnswer
from shared.contracts.vacancies import Engagement
from tests.integration.eligibility.conftest import rows, stands
from tests.support.build_eligibility import applied
from tests.support.builders import (
    NOW,
    declaration_corrected,
    departure,
    referral_resolved,
)

BARRED = applied("2025-06-03", departure("2020-10-21"))
DOUBTFUL = applied("2025-06-03", departure("2020-06-03"))
LATER = NOW + timedelta(days=5)
NO = ReferralAnswer.NOT_ELIGIBLE
DISMISSED = ChallengeOutcome.DISMISSED


@pytest.mark.parametrize(
    ("answer", "outcome", "reasons"),
    [
        (ReferralAnswer.ELIGIBLE, EligibilityOutcome.ELIGIBLE, ()),
        (NO, EligibilityOutcome.REJECTED, ("E3_anniversary_day",)),
    ],
)
async def test_E3_F2_a_persons_answer_becomes_the_verdict_with_its_reason(
    eligibility, database, answer, outcome, reasons
):
    await eligibility.hear(DOUBTFUL, now=NOW)
    resolved = referral_resolved(answer, rationale="The scheme began a day later.")
    [said] = await eligibility.hear(resolved, now=LATER)
    assert (said.outcome, said.reasons, said.is_by_person) == (outcome, reasons, True)
    assert said.revision > 0
    assert "scheme began" not in said.model_dump_json()
    first_day = date(2025, 6, 4) if answer is NO else None
    assert await stands(database) == [
        (outcome, "referral", list(reasons), first_day, "The scheme began a day later.")
    ]
    assert await rows(database, "select answered_by, rationale from eligibility.answer") == [
        ("recruiter-4", "The scheme began a day later.")
    ]
    assert await rows(
        database, "select is_by_person from eligibility.explanations", "notifications"
    ) == [(True,)]


@pytest.mark.parametrize(
    ("left", "engagement", "first_day"),
    [
        (departure("2022-03-01"), Engagement.TEMPORARY, date(2027, 3, 2)),
        (departure("2022-02-30"), Engagement.PERMANENT, None),
    ],
)
async def test_E16_whom_a_person_rejects_is_told_the_first_day_that_is_certain(
    eligibility, database, left, engagement, first_day
):
    await eligibility.hear(applied("2025-06-19", left, engagement=engagement), now=NOW)
    [said] = await eligibility.hear(referral_resolved(NO), now=LATER)
    assert (said.outcome, said.eligible_from) == (EligibilityOutcome.REJECTED, first_day)
    assert await rows(
        database, "select eligible_from from eligibility.explanations", "notifications"
    ) == [(first_day,)]


async def test_an_answer_to_what_is_answered_already_changes_nothing(eligibility, database):
    await eligibility.hear(DOUBTFUL, referral_resolved(), now=LATER)
    before = await stands(database)
    late = referral_resolved(NO, decided_at=LATER, by="recruiter-9")
    assert await eligibility.hear(late, now=LATER) == []
    assert await stands(database) == before


async def test_E2_an_answer_where_nothing_was_asked_changes_nothing(eligibility, database):
    await eligibility.hear(BARRED, now=NOW)
    before = await stands(database)
    assert await eligibility.hear(referral_resolved(), now=LATER) == []
    assert await stands(database) == before


async def test_E21_an_answer_to_what_was_corrected_meanwhile_changes_nothing(
    eligibility, database
):
    correction = declaration_corrected(
        1, departure("2020-06"), decided_at=NOW + timedelta(minutes=5)
    )
    await eligibility.hear(DOUBTFUL, correction, now=NOW)
    assert await eligibility.hear(referral_resolved(), now=LATER) == []
    assert (await stands(database))[0][:2] == ("referred", "correction")
    asked_at = NOW + timedelta(minutes=5)
    [said] = await eligibility.hear(referral_resolved(asked_at=asked_at), now=LATER)
    assert said.outcome is EligibilityOutcome.ELIGIBLE
