"""Eligibility on a real database: judged once, with everything needed to judge again."""

import json
from datetime import date, timedelta

import asyncpg
import pytest

from services.eligibility.decisions import RULES_VERSION
from services.eligibility.worker import SERVICE
from shared.contracts.applications import (
    Answer,
    ApplicationAccepted,
)
from shared.contracts.checks import (
    EligibilityChecked,
    EligibilityOutcome,
)
from shared.contracts.vacancies import Employer
from shared.employers import EarlyDepartureTerms
from tests.support.at_once import at_once
from tests.support.build_eligibility import applied, outcome
from tests.support.builders import NOW, VACANCY, departure, event, served
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing

BARRED = applied("2025-06-03", departure("2020-10-21"), application="barred")
REFERRED = applied("2025-06-03", departure("2020-06-03"), application="referred")
ELIGIBLE = applied(
    "2025-06-03", application="eligible", early_departure=served(served_before=Answer.NO)
)


@pytest.fixture
async def eligibility(database: TestDatabase) -> Hearing:
    return Hearing(SERVICE, await database.service("eligibility"))


async def rows(database: TestDatabase, service: str, sql: str) -> list[tuple]:
    """Read with the rights of `service`."""
    connected = await database.service(service)
    async with connected.transaction() as tx:
        return [tuple(row) for row in await tx.fetch(sql)]


def checked(facts: ApplicationAccepted, verdict: EligibilityOutcome, **changes):
    return EligibilityChecked(
        application=facts.application,
        vacancy=VACANCY,
        outcome=verdict,
        submitted_on=date(2025, 6, 3),
        rules_version=RULES_VERSION,
        **changes,
    )


async def test_E2_a_batch_is_judged_and_each_verdict_announced(eligibility):
    said = await eligibility.hear_together(BARRED, REFERRED, ELIGIBLE, now=NOW)
    assert said == [
        checked(
            BARRED,
            EligibilityOutcome.REJECTED,
            reasons=("E1_left_with_compensation",),
            eligible_from=date(2025, 10, 22),
        ),
        checked(REFERRED, EligibilityOutcome.REFERRED, reasons=("E3_anniversary_day",)),
        checked(ELIGIBLE, EligibilityOutcome.ELIGIBLE),
    ]


async def test_E6_the_same_fact_under_another_event_id_is_neither_judged_nor_said_again(
    eligibility, database
):
    await eligibility.hear(event(BARRED), now=NOW)
    years_later = NOW + timedelta(days=2000)
    assert await eligibility.hear(event(BARRED, copy=2), now=years_later) == []
    assert await rows(database, "eligibility", "select checked_at from eligibility.verdict") == [
        (NOW,)
    ]


async def test_E6_the_stored_facts_and_policy_lead_to_the_stored_verdict_again(
    eligibility, database
):
    await eligibility.hear(BARRED, REFERRED, ELIGIBLE, now=NOW)
    stored = await rows(
        database,
        "eligibility",
        """
        select facts, policy, outcome, eligible_from, rules_version from eligibility.verdict
        order by application
        """,
    )
    for facts, policy, verdict, eligible_from, rules_version in stored:
        again = ApplicationAccepted.model_validate_json(facts)
        assert outcome(again).startswith(verdict)
        assert (f"{eligible_from}" in outcome(again)) == (verdict == "rejected")
        assert json.loads(policy) == EarlyDepartureTerms().model_dump(mode="json")
        assert rules_version == RULES_VERSION
    assert len(stored) == 3


async def test_G18_each_of_300_rejections_keeps_what_it_was_made_of(eligibility, database):
    """Rule and version, the answers used, the working in words, the day and the time."""
    first = date(2025, 6, 3)
    facts = [
        applied(f"{first}", departure(f"{first - timedelta(days=1 + 6 * n)}"), application=f"a{n}")
        for n in range(300)
    ]
    for start in range(0, 300, 50):
        await eligibility.hear_together(*facts[start : start + 50], now=NOW)
    stored = await rows(
        database,
        "eligibility",
        """
        select application, facts, reasons, eligible_from, working, rules_version
        from eligibility.verdict
        where outcome = 'rejected' and policy is not null and checked_at is not null
          and submitted_on = '2025-06-03'
        """,
    )
    expected = {one.application: one for one in facts}
    for application, kept, reasons, eligible_from, working, rules_version in stored:
        assert ApplicationAccepted.model_validate_json(kept) == expected.pop(application)
        assert outcome(ApplicationAccepted.model_validate_json(kept)).endswith(f"{eligible_from}")
        assert reasons
        assert f"{eligible_from.day} {eligible_from:%B %Y}" in working
        assert rules_version == RULES_VERSION
    assert expected == {}


async def test_E15_for_an_employer_without_the_rule_no_policy_is_stored(eligibility, database):
    facts = applied("2025-06-03", departure("2022-01-01"), employer=Employer.KENT_ESSEX)
    [said] = await eligibility.hear(facts, now=NOW)
    assert said.outcome is EligibilityOutcome.ELIGIBLE
    assert await rows(database, "eligibility", "select policy from eligibility.verdict") == [
        (None,)
    ]


async def test_F2_the_working_is_lent_to_notifications_and_stays_out_of_the_event(
    eligibility, database
):
    [said] = await eligibility.hear(BARRED, now=NOW)
    assert "21 October 2020" not in said.model_dump_json()
    assert await rows(
        database,
        "notifications",
        """
        select application, outcome, reasons, eligible_from, submitted_on,
               working like '%21 October 2020%You can apply from 22 October 2025.'
        from eligibility.explanations
        """,
    ) == [
        (
            "barred",
            "rejected",
            ["E1_left_with_compensation"],
            date(2025, 10, 22),
            date(2025, 6, 3),
            True,
        )
    ]


@pytest.mark.parametrize("table", ["verdict", "consideration"])
async def test_K3_notifications_reads_the_explanation_and_nothing_else(database, table):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await rows(database, "notifications", f"select * from eligibility.{table}")


@pytest.mark.parametrize("service", ["progress", "review", "interviews"])
async def test_the_explanation_is_lent_to_nobody_else(database, service):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await rows(database, service, "select * from eligibility.explanations")


async def test_K1_a_conviction_opens_a_consideration_and_leaves_the_verdict_alone(
    eligibility, database
):
    declared = [
        ELIGIBLE.model_copy(update={"application": answer.value, "conviction_declared": answer})
        for answer in Answer
    ]
    said = await eligibility.hear_together(*declared, now=NOW)
    assert {one.outcome for one in said} == {EligibilityOutcome.ELIGIBLE}
    assert await rows(
        database,
        "eligibility",
        "select application, declared, opened_at from eligibility.consideration order by 1",
    ) == [(answer, answer, NOW) for answer in ("unanswered", "unsure", "yes")]


async def test_K1_a_consideration_is_opened_once(eligibility, database):
    facts = ELIGIBLE.model_copy(update={"conviction_declared": Answer.YES})
    await eligibility.hear(event(facts), now=NOW)
    await eligibility.hear(event(facts, copy=2), now=NOW + timedelta(days=1))
    assert await rows(
        database, "eligibility", "select opened_at from eligibility.consideration"
    ) == [(NOW,)]


async def test_two_workers_given_the_same_application_at_once_judge_it_once(database):
    first, second = event(BARRED), event(BARRED, copy=2)
    one, other = await at_once(SERVICE, database, first, [second], now=NOW)
    assert len(one.announced) == 1
    assert other.announced == []
