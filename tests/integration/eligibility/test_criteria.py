"""Convictions are considered apart, and printed requirements judged; neither gates anything."""

from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from services.eligibility.worker import SERVICE
from shared.contracts.applications import Answer
from shared.contracts.challenges import (
    ChallengeOutcome,
)
from shared.contracts.checks import EligibilityOutcome
from shared.contracts.criteria import CriterionFinding
from shared.contracts.referrals import ReferralAnswer
from shared.contracts.vacancies import Criterion, CriterionKind
from tests.integration.eligibility.conftest import rows, stands
from tests.support.build_eligibility import applied
from tests.support.builders import (
    NOW,
    criterion_judged,
    departure,
    event,
    referral_resolved,
    vacancy_published,
)
from tests.support.hearing import Hearing
from tests.support.publishing import publish

WELCOME = applied("2025-06-03", departure("2001-06-03"))
LATER = NOW + timedelta(days=5)
DISMISSED = ChallengeOutcome.DISMISSED


async def test_K1_K2_a_conviction_is_considered_with_a_rationale_and_nothing_else_happens(
    eligibility, database
):
    declared = WELCOME.model_copy(update={"conviction_declared": Answer.YES})
    considered = referral_resolved(ReferralAnswer.CONSIDERED, rationale="Minor, long ago.")
    said = await eligibility.hear(declared, considered, now=NOW)
    assert [one.outcome for one in said] == [EligibilityOutcome.ELIGIBLE]
    kept = "select considered_by, considered_at, rationale from eligibility.consideration"
    assert await rows(database, kept) == [
        ("recruiter-4", considered.decided_at, "Minor, long ago.")
    ]
    again = considered.model_copy(update={"decided_at": LATER, "rationale": "Too late."})
    assert await eligibility.hear(again, now=LATER) == []
    assert (await rows(database, kept))[0][2] == "Minor, long ago."


@pytest.mark.parametrize("service", ["review", "notifications", "interviews", "progress"])
@pytest.mark.parametrize("table", ["consideration", "criterion_judgement", "challenge", "answer"])
async def test_K3_nobody_who_selects_or_writes_letters_can_read_it(database, service, table):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await rows(database, f"select * from eligibility.{table}", service)


PRINTED = (
    Criterion(key="years", kind=CriterionKind.EXPERIENCE, text="At least 4 years in workshops"),
    Criterion(key="nvq-3", kind=CriterionKind.QUALIFICATION, text="NVQ 3 or equivalent"),
    Criterion(key="mot", kind=CriterionKind.DUTY, text="Keep tester status", is_essential=False),
    Criterion(key="licence", kind=CriterionKind.QUALIFICATION, text="Full and clean licence"),
)
JUDGED: list[Any] = [
    criterion_judged("years", CriterionFinding.NOT_MET),
    criterion_judged("nvq-3", is_equivalent=True, rationale="A master craftsman's certificate."),
    criterion_judged("mot", CriterionFinding.UNCLEAR),
    criterion_judged("licence", part="full", current_on=date(2025, 10, 1)),
    criterion_judged("licence", CriterionFinding.NOT_MET, part="clean"),
]


async def test_K6_K7_K8_K9_K10_judgements_are_kept_with_their_place_and_gate_nothing(database):
    await publish(database, vacancy_published(criteria=PRINTED))
    eligibility = Hearing(SERVICE, await database.service("eligibility"))
    await eligibility.hear(WELCOME, now=NOW)
    for judged in JUDGED:
        assert await eligibility.hear(judged, now=LATER) == []
    kept = await rows(
        database,
        "select criterion, part, finding, is_equivalent, current_on, found_in"
        " from eligibility.criterion_judgement order by 1, 2",
    )
    assert kept == [
        ("licence", "clean", "not_met", False, None, "CV, page 2"),
        ("licence", "full", "met", False, date(2025, 10, 1), "CV, page 2"),
        ("mot", "", "unclear", False, None, "CV, page 2"),
        ("nvq-3", "", "met", True, None, "CV, page 2"),
        ("years", "", "not_met", False, None, "CV, page 2"),
    ]
    assert (await stands(database))[0][0] == "eligible"


async def test_K15_a_requirement_that_no_advert_prints_is_kept_for_a_person(eligibility):
    await eligibility.hear(criterion_judged("years"), now=NOW)
    assert [one.reason for one in eligibility.quarantined] == ["no_such_criterion"]


async def test_K6_a_judgement_waits_for_the_advert(database):
    hearing = Hearing(SERVICE, await database.service("eligibility"))
    await hearing.hear(criterion_judged("years"), now=NOW)
    assert len(hearing.parked) == 1
    timetabled = await publish(database, vacancy_published(criteria=PRINTED))
    await hearing.hear(timetabled[0], now=NOW)
    assert hearing.parked == {}
    assert len(await rows(database, "select 1 from eligibility.criterion_judgement")) == 1


@pytest.mark.parametrize("order", [1, -1])
async def test_K15_of_two_adverts_of_one_vacancy_the_one_that_vacancies_took_is_judged_by(
    database, order
):
    """Whenever either says that it was published, and whichever was heard of first elsewhere."""
    adverts = [vacancy_published(criteria=PRINTED), vacancy_published(criteria=PRINTED[:1])]
    taken, refused = adverts[::order]
    await publish(
        database, event(taken, time=NOW), event(refused, time=LATER), event(taken, copy=1)
    )
    hearing = Hearing(SERVICE, await database.service("eligibility"))
    await hearing.hear(criterion_judged("nvq-3"), now=NOW)
    is_printed = any(criterion.key == "nvq-3" for criterion in taken.criteria)
    assert (hearing.quarantined == []) is is_printed
