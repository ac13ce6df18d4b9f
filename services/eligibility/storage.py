"""The verdicts with their facts and working, and the considerations that a person owes."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from services.eligibility.decisions import Considered, Policy
from shared.contracts.applications import (
    ApplicationAccepted,
)
from shared.contracts.checks import (
    EligibilityChecked,
)
from shared.postgres import Transaction


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict as announced, and all that is needed to reach it again (E6)."""

    checked: EligibilityChecked
    facts: ApplicationAccepted
    policy: Policy | None
    working: str


async def record_verdicts(tx: Transaction, judged: Sequence[Judged], now: datetime) -> set[str]:
    """Keep the first verdict on each application and return the applications that are new."""
    rows = await tx.fetch(
        """
        insert into eligibility.verdict (
            application, vacancy, outcome, reasons, working, submitted_on, eligible_from,
            rules_version, policy, facts, checked_at
        )
        select application, vacancy, outcome, string_to_array(reasons, ' '), working, submitted_on,
               eligible_from, rules_version, policy::jsonb, facts::jsonb, $11
        from unnest(
            $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[],
            $8::text[], $9::text[], $10::text[]
        ) as judged (
            application, vacancy, outcome, reasons, working, submitted_on, eligible_from,
            rules_version, policy, facts
        )
        order by application
        on conflict (application) do nothing
        returning application
        """,
        [one.checked.application for one in judged],
        [one.checked.vacancy for one in judged],
        [one.checked.outcome for one in judged],
        [" ".join(one.checked.reasons) for one in judged],
        [one.working for one in judged],
        [one.checked.submitted_on for one in judged],
        [one.checked.eligible_from for one in judged],
        [one.checked.rules_version for one in judged],
        [json.dumps(asdict(one.policy)) if one.policy else None for one in judged],
        [one.facts.model_dump_json() for one in judged],
        now,
    )
    return {row["application"] for row in rows}


async def record_considerations(
    tx: Transaction, considered: Sequence[tuple[ApplicationAccepted, Considered]], now: datetime
) -> None:
    """Open a consideration for each application that has none yet (K1)."""
    await tx.execute(
        """
        insert into eligibility.consideration (application, vacancy, declared, opened_at)
        select application, vacancy, declared, $4
        from unnest($1::text[], $2::text[], $3::text[]) as c (application, vacancy, declared)
        order by application
        on conflict (application) do nothing
        """,
        [facts.application for facts, _ in considered],
        [facts.vacancy for facts, _ in considered],
        [consideration.declared for _, consideration in considered],
        now,
    )
