"""The verdicts with their facts and working, and the considerations that a person owes."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from asyncpg import Record

from services.eligibility.decisions import Considered, Correction
from services.eligibility.verdicts import Basis, Judged, Standing
from shared.contracts import Event
from shared.contracts.applications import ApplicationAccepted, Departure
from shared.contracts.checks import EligibilityChecked, EligibilityOutcome
from shared.contracts.corrections import DeclarationCorrected
from shared.employers import EarlyDepartureTerms
from shared.postgres import Transaction

_COLUMNS: Final = """
application, vacancy, outcome, reasons, working, submitted_on, eligible_from, rules_version,
policy, facts, checked_at, number, basis, decided_at
"""

_JUDGED: Final = """
select application, vacancy, outcome, string_to_array(reasons, ' ') as reasons, working,
       submitted_on, eligible_from, rules_version, policy::jsonb as policy,
       facts::jsonb as facts, checked_at, basis, decided_at
from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[],
    $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::text[], $13::timestamptz[]
) as judged (
    application, vacancy, outcome, reasons, working, submitted_on, eligible_from,
    rules_version, policy, facts, checked_at, basis, decided_at
)
"""


async def record_verdicts(tx: Transaction, judged: Sequence[Judged], now: datetime) -> set[str]:
    """Keep the first verdict on each application and return the applications that are new."""
    rows = await tx.fetch(
        f"""
        insert into eligibility.verdict ({_COLUMNS})
        select application, vacancy, outcome, reasons, working, submitted_on, eligible_from,
               rules_version, policy, facts, checked_at, 1, basis, decided_at
        from ({_JUDGED}) as judged order by application
        on conflict (application) do nothing
        returning application
        """,
        *_values(judged, now),
    )
    return {row["application"] for row in rows}


async def lock_verdicts(tx: Transaction, applications: Collection[str]) -> dict[str, Standing]:
    """Load the verdicts that stand; nobody supersedes one until we commit."""
    rows = await tx.fetch(
        """
        select application, outcome, reasons, eligible_from, working, facts, basis
        from eligibility.verdict where application = any($1) order by application for update
        """,
        list(applications),
    )
    return {
        row["application"]: Standing(
            EligibilityOutcome(row["outcome"]),
            tuple(row["reasons"]),
            row["eligible_from"],
            row["working"],
            ApplicationAccepted.model_validate_json(row["facts"]),
            Basis(row["basis"]),
        )
        for row in rows
    }


async def supersede_verdicts(
    tx: Transaction, judged: Sequence[Judged], now: datetime
) -> dict[str, int]:
    """Let verdicts stand in place of those that are locked; return the numbers of the new ones.

    One that says the same as the standing changes nothing. What is superseded is kept in
    `earlier_verdict`. Which verdict should stand is for `answers.stands` to say.
    """
    rows = await tx.fetch(
        f"""
        with judged as materialized ({_JUDGED}),
        before as materialized (
            select verdict.* from eligibility.verdict join judged using (application)
            where (judged.outcome, judged.reasons, judged.eligible_from, judged.working,
                   judged.facts, judged.policy, judged.basis, judged.decided_at)
                    is distinct from
                  (verdict.outcome, verdict.reasons, verdict.eligible_from, verdict.working,
                   verdict.facts, verdict.policy, verdict.basis, verdict.decided_at)
        ),
        kept as (
            insert into eligibility.earlier_verdict ({_COLUMNS}, superseded_at)
            select {_COLUMNS}, $14::timestamptz from before
        )
        update eligibility.verdict
        set outcome = judged.outcome, reasons = judged.reasons, working = judged.working,
            eligible_from = judged.eligible_from, rules_version = judged.rules_version,
            policy = judged.policy, facts = judged.facts, checked_at = judged.checked_at,
            number = before.number + 1, basis = judged.basis, decided_at = judged.decided_at
        from judged join before using (application)
        where verdict.application = judged.application
        returning verdict.application, verdict.number
        """,
        *_values(judged, now),
        now,
    )
    return {row["application"]: row["number"] for row in rows}


async def load_judged(tx: Transaction, applications: Collection[str]) -> dict[str, Judged]:
    """Load what the machine said last of each application, whether or not it stands."""
    rows = await tx.fetch(
        f"""
        select distinct on (application) {_COLUMNS} from (
            select {_COLUMNS} from eligibility.verdict
            union all
            select {_COLUMNS} from eligibility.earlier_verdict
        ) as reached
        where application = any($1) and basis in ('declaration', 'correction')
        order by application, number desc
        """,
        list(applications),
    )
    return {row["application"]: _judged(row) for row in rows}


def _judged(row: Record) -> Judged:
    checked = EligibilityChecked(
        application=row["application"],
        vacancy=row["vacancy"],
        outcome=EligibilityOutcome(row["outcome"]),
        reasons=tuple(row["reasons"]),
        submitted_on=row["submitted_on"],
        eligible_from=row["eligible_from"],
        rules_version=row["rules_version"],
    )
    policy = row["policy"]
    return Judged(
        checked,
        ApplicationAccepted.model_validate_json(row["facts"]),
        EarlyDepartureTerms.model_validate_json(policy) if policy else None,
        row["working"],
        Basis(row["basis"]),
        row["decided_at"],
        row["checked_at"],
    )


def _values(judged: Sequence[Judged], now: datetime) -> list[list[Any]]:
    """Give one list per column, as `_JUDGED` takes them.

    What the machine said before was said then: a person's answer names that moment.
    """
    return [
        [one.checked.application for one in judged],
        [one.checked.vacancy for one in judged],
        [one.checked.outcome for one in judged],
        [" ".join(one.checked.reasons) for one in judged],
        [one.working for one in judged],
        [one.checked.submitted_on for one in judged],
        [one.checked.eligible_from for one in judged],
        [one.checked.rules_version for one in judged],
        [one.terms.model_dump_json() if one.terms else None for one in judged],
        [one.facts.model_dump_json() for one in judged],
        [one.checked_at or now for one in judged],
        [one.basis for one in judged],
        [one.decided_at for one in judged],
    ]


async def record_corrections(
    tx: Transaction, corrections: Sequence[Event[DeclarationCorrected]]
) -> None:
    """Keep what people corrected, by whom and why; one that is known stays as it is."""
    await tx.execute(
        """
        insert into eligibility.correction (
            id, application, departure, corrected, corrected_by, decided_at, rationale
        )
        select id, application, departure, corrected::jsonb, corrected_by, decided_at, rationale
        from unnest(
            $1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::timestamptz[],
            $7::text[]
        ) as c (id, application, departure, corrected, corrected_by, decided_at, rationale)
        order by id
        on conflict (id) do nothing
        """,
        [event.id for event in corrections],
        [event.subject for event in corrections],
        [event.data.departure for event in corrections],
        [event.data.corrected.model_dump_json() for event in corrections],
        [event.data.by for event in corrections],
        [event.data.decided_at for event in corrections],
        [event.data.rationale for event in corrections],
    )


async def load_corrections(
    tx: Transaction, applications: Collection[str]
) -> dict[str, list[Correction]]:
    """Load everything that was corrected about each application."""
    rows = await tx.fetch(
        """
        select application, id, departure, corrected, decided_at from eligibility.correction
        where application = any($1)
        """,
        list(applications),
    )
    found: dict[str, list[Correction]] = defaultdict(list)
    for row in rows:
        corrected = Departure.model_validate_json(row["corrected"])
        found[row["application"]].append(
            Correction(row["id"], row["departure"], corrected, row["decided_at"])
        )
    return found


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
