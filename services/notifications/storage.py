"""Every SQL statement that plans messages, and what they are planned by."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from services.notifications.decisions import Message, Standing
from services.notifications.letters import Planned, State
from shared.contracts.applications import ApplicationStageChanged, Stage
from shared.contracts.checks import FindingCode
from shared.contracts.notifications import MessageKind
from shared.contracts.vacancies import Employer, VacancyTimetabled
from shared.postgres import Transaction


async def record_vacancies(
    tx: Transaction, timetables: Sequence[VacancyTimetabled]
) -> dict[str, int]:
    """Keep timetables newer than what is known, and return the versions of their vacancies."""
    rows = await tx.fetch(
        """
        with newer as (
            insert into notifications.vacancy (vacancy, version)
            select * from unnest($1::text[], $2::int[]) order by 1
            on conflict (vacancy) do update set version = excluded.version
            where vacancy.version < excluded.version
            returning vacancy, version
        )
        insert into notifications.timetable (vacancy, version, timetable)
        select * from unnest($1::text[], $2::int[], $3::text[]) as t (vacancy, version, timetable)
        where (vacancy, version) in (select * from newer)
        returning vacancy, version
        """,
        [t.vacancy for t in timetables],
        [t.version for t in timetables],
        [t.model_dump_json() for t in timetables],
    )
    return {row["vacancy"]: row["version"] for row in rows}


async def load_employers(tx: Transaction, vacancies: Collection[str]) -> dict[str, Employer]:
    """Tell whose vacancies these are, of those that have a timetable."""
    rows = await tx.fetch(
        """
        select vacancy, timetable::json ->> 'employer' as employer
        from notifications.vacancy join notifications.timetable using (vacancy, version)
        where vacancy = any($1)
        """,
        list(vacancies),
    )
    return {row["vacancy"]: Employer(row["employer"]) for row in rows}


async def share_known_vacancies(tx: Transaction, vacancies: Collection[str]) -> set[str]:
    """Find which of these vacancies have a timetable, and let nobody change it until we commit.

    Without the lock somebody whose acknowledgement is planned at this moment would be told old
    dates, and would not be among those who are told the new ones.
    """
    rows = await tx.fetch(
        """
        select vacancy from notifications.vacancy where vacancy = any($1)
        order by vacancy for share
        """,
        list(vacancies),
    )
    return {row["vacancy"] for row in rows}


async def lock_standings(tx: Transaction, applications: Collection[str]) -> dict[str, Standing]:
    """Load what is known of each application, and keep others from planning for it."""
    await tx.execute(
        """
        insert into notifications.standing (application)
        select * from unnest($1::text[]) order by 1 on conflict do nothing
        """,
        list(applications),
    )
    rows = await tx.fetch(
        """
        select application, last_sequence, stage from notifications.standing
        where application = any($1) order by application for update
        """,
        list(applications),
    )
    planned: dict[str, dict[Message, State]] = {row["application"]: {} for row in rows}
    for application, kind, version, state in await tx.fetch(
        """
        select application, kind, version, state from notifications.message
        where application = any($1) order by number
        """,
        list(applications),
    ):
        planned[application][Message(MessageKind(kind), version)] = State(state)
    return {
        application: Standing(
            sequence,
            Stage(stage) if stage else None,
            tuple(planned[application]),
            overtaken=_at(State.OVERTAKEN, planned[application]),
            waiting=_at(State.QUEUED, planned[application]),
        )
        for application, sequence, stage in rows
    }


def _at(state: State, messages: Mapping[Message, State]) -> frozenset[Message]:
    return frozenset(message for message, at in messages.items() if at is state)


async def record_stages(tx: Transaction, changes: Sequence[ApplicationStageChanged]) -> None:
    """Keep the latest stage of each application, whatever order its changes came in."""
    await tx.execute(
        """
        update notifications.standing set last_sequence = change.sequence, stage = change.stage,
            documents_version = change.documents_version
        from unnest($1::text[], $2::int[], $3::text[], $4::int[])
            as change (application, sequence, stage, documents_version)
        where standing.application = change.application
            and standing.last_sequence < change.sequence
        """,
        [change.application for change in changes],
        [change.sequence for change in changes],
        [change.stage for change in changes],
        [change.documents_version for change in changes],
    )


async def record_messages(tx: Transaction, planned: Sequence[Planned], now: datetime) -> None:
    """Queue messages; one that is planned or sent already stays as it is (G12).

    One that was overtaken is planned anew, after all that was planned since. No sender holds it,
    so nobody is waited for who waits for us.
    """
    interviews = [p.interview for p in planned]
    await tx.execute(
        """
        insert into notifications.message (
            application, vacancy, kind, version, send_after, starts_at, ends_at, location,
            planned_at
        )
        select *, $9 from unnest(
            $1::text[], $2::text[], $3::text[], $4::int[], $5::timestamptz[],
            $6::timestamptz[], $7::timestamptz[], $8::text[]
        )
        on conflict (application, kind, version) do update
        set state = 'queued', number = default, send_after = excluded.send_after,
            planned_at = excluded.planned_at, detail = null, retry_at = null,
            first_put_off_at = null
        where message.state = 'overtaken'
        """,
        [p.application for p in planned],
        [p.vacancy for p in planned],
        [p.message.kind for p in planned],
        [p.message.version for p in planned],
        [p.send_after for p in planned],
        [i.starts_at if i else None for i in interviews],
        [i.ends_at if i else None for i in interviews],
        [i.location if i else None for i in interviews],
        now,
    )


async def record_for_everybody(
    tx: Transaction,
    kind: MessageKind,
    versions: Mapping[str, int],
    *,
    send_after: datetime,
    now: datetime,
) -> None:
    """Queue a message to everybody who is acknowledged, by vacancy and version.

    An earlier one of this kind that has not gone yet becomes needless: it is one mail, with the
    latest facts. `any($1)` repeats what the joins say, so that no plan reads other vacancies.
    """
    await tx.execute(
        """
        update notifications.message set state = 'overtaken', detail = 'a later one is queued'
        from unnest($1::text[], $2::int[]) as news (about, latest)
        where vacancy = any($1) and kind = $3 and state = 'queued'
            and vacancy = about and version < latest
        """,
        list(versions),
        list(versions.values()),
        kind,
    )
    await tx.execute(
        """
        insert into notifications.message
            (application, vacancy, kind, version, send_after, planned_at)
        select application, vacancy, $3, news.version, $4, $5
        from unnest($1::text[], $2::int[]) as news (vacancy, version)
        join notifications.message as acknowledgement using (vacancy)
        where acknowledgement.kind = 'acknowledgement' and vacancy = any($1) and not exists (
            select from notifications.message as later
            where later.application = acknowledgement.application
                and later.kind = $3 and later.version > news.version
        )
        order by application
        on conflict (application, kind, version) do nothing
        """,
        list(versions),
        list(versions.values()),
        kind,
        send_after,
        now,
    )


async def queue_dates_again(tx: Transaction, send_after: Mapping[str, datetime]) -> None:
    """Queue the last news of moved dates again, where it did not go: by application, when (W12).

    It goes after all that was planned since.
    """
    if not send_after:
        return
    await tx.execute(
        """
        update notifications.message
        set state = 'queued', number = default, send_after = again.send_after,
            detail = null, retry_at = null, first_put_off_at = null
        from unnest($1::text[], $2::timestamptz[]) as again (application, send_after)
        where message.application = any($1) and message.application = again.application
            and kind = 'closing_moved' and state = 'overtaken'
            and not exists (
                select from notifications.message as later
                where later.application = message.application
                    and later.kind = message.kind and later.version > message.version
            )
        """,
        list(send_after),
        list(send_after.values()),
    )


async def find_near_copies(
    tx: Transaction, versions: Collection[tuple[str, int]]
) -> set[tuple[str, int]]:
    """Find of these versions of documents those whose statement is nearly the CV (D2)."""
    rows = await tx.fetch(
        """
        select application, documents_version from documents.findings
        join unnest($1::text[], $2::int[]) as asked (application, documents_version)
            using (application, documents_version)
        where code = $3
        """,
        [application for application, _ in versions],
        [version for _, version in versions],
        FindingCode.NEAR_COPY_OF_CV,
    )
    return {(row["application"], row["documents_version"]) for row in rows}


async def find_rejected(tx: Transaction, applications: Collection[str]) -> set[str]:
    """Find whose verdict is a rejection at this moment."""
    rows = await tx.fetch(
        """
        select application from eligibility.explanations
        where application = any($1) and outcome = 'rejected'
        """,
        list(applications),
    )
    return {row["application"] for row in rows}
