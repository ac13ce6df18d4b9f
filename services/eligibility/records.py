"""What people decided, as they decided it: answers, challenges, judged criteria."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.eligibility.answers import Act, Answer, Opened, Reversal, outcome_of
from shared.contracts.challenges import ChallengeDecided, ChallengeOutcome, DecisionChallenged
from shared.contracts.criteria import CriterionJudged
from shared.contracts.referrals import ReferralAnswer, ReferralResolved
from shared.contracts.vacancies import Employer
from shared.postgres import Transaction


async def record_answers(tx: Transaction, resolved: Sequence[ReferralResolved]) -> None:
    """Keep answers to referred verdicts."""
    await tx.execute(
        """
        insert into eligibility.answer
            (application, asked_at, answer, answered_by, decided_at, rationale)
        select * from unnest(
            $1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::timestamptz[], $6::text[]
        )
        on conflict do nothing
        """,
        [one.application for one in resolved],
        [one.asked_at for one in resolved],
        [one.answer for one in resolved],
        [one.by for one in resolved],
        [one.decided_at for one in resolved],
        [one.rationale for one in resolved],
    )


async def load_acts(tx: Transaction, applications: Collection[str]) -> dict[str, list[Act]]:
    """Load what people decided about each application; a challenge counts as decided first."""
    acts: dict[str, list[Act]] = defaultdict(list)
    for row in await tx.fetch(
        """
        select application, asked_at, answer, decided_at, rationale from eligibility.answer
        where application = any($1)
        """,
        list(applications),
    ):
        outcome = outcome_of(ReferralAnswer(row["answer"]))
        acts[row["application"]].append(
            Answer(outcome, row["decided_at"], row["asked_at"], row["rationale"])
        )
    for row in await tx.fetch(
        """
        select application, decided_at, reason from eligibility.challenges
        where application = any($1) and outcome = 'upheld'
        """,
        list(applications),
    ):
        acts[row["application"]].append(Reversal(row["decided_at"], row["reason"]))
    return acts


async def record_considered(tx: Transaction, resolved: Sequence[ReferralResolved]) -> None:
    """Record that convictions were considered, and why so; the first consideration stands."""
    await tx.execute(
        """
        update eligibility.consideration c
        set considered_by = r.by, considered_at = r.decided_at, rationale = r.rationale
        from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[])
            as r (application, by, decided_at, rationale)
        where c.application = r.application
          and (c.considered_at is null or r.decided_at < c.considered_at)
        """,
        [one.application for one in resolved],
        [one.by for one in resolved],
        [one.decided_at for one in resolved],
        [one.rationale for one in resolved],
    )


@dataclass(frozen=True, slots=True)
class Published:
    """Whose vacancy it is, and the keys of the requirements that its advert prints."""

    employer: Employer
    criteria: frozenset[str]


async def load_vacancies(tx: Transaction, vacancies: Collection[str]) -> dict[str, Published]:
    """Load the vacancies that have been published, as the vacancies worker took them."""
    rows = await tx.fetch(
        """
        select vacancy, employer,
               array(select c ->> 'key' from jsonb_array_elements(criteria) as c) as keys
        from vacancies.advert where vacancy = any($1)
        """,
        list(vacancies),
    )
    return {
        row["vacancy"]: Published(Employer(row["employer"]), frozenset(row["keys"]))
        for row in rows
    }


async def record_judgements(tx: Transaction, judged: Sequence[CriterionJudged]) -> None:
    """Keep what people found about printed requirements."""
    await tx.execute(
        """
        insert into eligibility.criterion_judgement (
            application, criterion, part, finding, found_in, is_equivalent, current_on, judged_by,
            decided_at, rationale
        )
        select * from unnest(
            $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bool[], $7::date[],
            $8::text[], $9::timestamptz[], $10::text[]
        )
        on conflict do nothing
        """,
        [one.application for one in judged],
        [one.criterion for one in judged],
        [one.part or "" for one in judged],
        [one.finding for one in judged],
        [one.found_in for one in judged],
        [one.is_equivalent for one in judged],
        [one.current_on for one in judged],
        [one.by for one in judged],
        [one.decided_at for one in judged],
        [one.rationale for one in judged],
    )


async def load_told(tx: Transaction, applications: Collection[str]) -> dict[str, datetime]:
    """Tell when each candidate was told of a rejection; nobody who has not been is in it."""
    rows = await tx.fetch(
        """
        select application, max(sent_at) as sent_at from notifications.rejection_letters
        where application = any($1) group by application
        """,
        list(applications),
    )
    return {row["application"]: row["sent_at"] for row in rows}


async def find_vacancies(tx: Transaction, applications: Collection[str]) -> dict[str, str]:
    """Find which vacancy each application is for, by its verdict or by the letter of a refusal."""
    rows = await tx.fetch(
        """
        select application, vacancy from eligibility.verdict where application = any($1)
        union
        select application, vacancy from notifications.rejection_letters
        where application = any($1)
        """,
        list(applications),
    )
    return {row["application"]: row["vacancy"] for row in rows}


async def record_challenges(
    tx: Transaction, challenges: Mapping[str, tuple[DecisionChallenged, Opened]], now: datetime
) -> dict[str, int]:
    """Keep challenges by application and return the number of each that is new."""
    made = challenges.values()
    rows = await tx.fetch(
        """
        insert into eligibility.challenge (
            application, challenged_at, number, vacancy, grounds, is_late, decide_by, received_at
        )
        select application, challenged_at, 1 + (
            select count(*) from eligibility.challenge c where c.application = m.application
        ), vacancy, grounds, is_late, decide_by, $7
        from unnest(
            $1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::bool[], $6::date[]
        ) as m (application, challenged_at, vacancy, grounds, is_late, decide_by)
        order by application
        on conflict (application, challenged_at) do nothing
        returning application, number
        """,
        [challenge.application for challenge, _ in made],
        [challenge.challenged_at for challenge, _ in made],
        [challenge.vacancy for challenge, _ in made],
        [challenge.grounds for challenge, _ in made],
        [opened.is_late for _, opened in made],
        [opened.decide_by for _, opened in made],
        now,
    )
    return {row["application"]: row["number"] for row in rows}


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge as it is kept; `outcome` is that of the first decision."""

    number: int
    grounds: str
    decide_by: date
    overdue_at: datetime | None
    outcome: ChallengeOutcome | None


async def lock_challenges(
    tx: Transaction, keys: Collection[tuple[str, datetime]]
) -> dict[tuple[str, datetime], Challenge]:
    """Load challenges by application and moment; nobody adds or decides any until we commit.

    The applications are locked, not the rows: a first challenge has none yet.
    """
    # Locked by a statement of its own: the next one then sees what we had to wait for.
    await tx.execute(
        """
        select pg_advisory_xact_lock(hashtextextended('challenges of ' || application, 0))
        from (select distinct application from unnest($1::text[]) as k (application) order by 1)
            as locked
        """,
        [application for application, _ in keys],
    )
    rows = await tx.fetch(
        """
        select application, challenged_at, c.number, c.grounds, c.decide_by, c.overdue_at, outcome
        from eligibility.challenge c
        join eligibility.challenges using (application, challenged_at)
        join unnest($1::text[], $2::timestamptz[]) as k (application, challenged_at)
            using (application, challenged_at)
        """,
        [application for application, _ in keys],
        [challenged_at for _, challenged_at in keys],
    )
    return {
        (row["application"], row["challenged_at"]): Challenge(
            row["number"],
            row["grounds"],
            row["decide_by"],
            row["overdue_at"],
            ChallengeOutcome(row["outcome"]) if row["outcome"] else None,
        )
        for row in rows
    }


async def record_challenge_decisions(tx: Transaction, decided: Sequence[ChallengeDecided]) -> None:
    """Keep how people decided challenges."""
    await tx.execute(
        """
        insert into eligibility.challenge_decision
            (application, challenged_at, outcome, decided_by, decided_at, rationale)
        select * from unnest(
            $1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::timestamptz[], $6::text[]
        )
        on conflict do nothing
        """,
        [one.application for one in decided],
        [one.challenged_at for one in decided],
        [one.outcome for one in decided],
        [one.by for one in decided],
        [one.decided_at for one in decided],
        [one.rationale for one in decided],
    )


async def mark_overdue(
    tx: Transaction, keys: Collection[tuple[str, datetime]], now: datetime
) -> None:
    """Remember that we said they are late."""
    await tx.execute(
        """
        update eligibility.challenge c set overdue_at = $3
        from unnest($1::text[], $2::timestamptz[]) as k (application, challenged_at)
        where (c.application, c.challenged_at) = (k.application, k.challenged_at)
        """,
        [application for application, _ in keys],
        [challenged_at for _, challenged_at in keys],
        now,
    )
