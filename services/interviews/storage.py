"""The SQL of the schema `interviews`."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from asyncpg import Record

from services.interviews.decisions import Appointment, Candidate, Diary, Slot, Vacancy
from shared.contracts.applications import ApplicationStageChanged
from shared.contracts.reviews import ReviewCompleted
from shared.contracts.vacancies import VacancyTimetabled
from shared.postgres import Transaction


async def record_timetables(tx: Transaction, timetables: Sequence[VacancyTimetabled]) -> None:
    """Keep the newest timetable of each vacancy."""
    await tx.execute(
        """
        insert into interviews.vacancy
            (vacancy, version, employer, location, min_weeks, max_weeks)
        select * from unnest(
            $1::text[], $2::int[], $3::text[], $4::text[], $5::int[], $6::int[]
        ) order by 1
        on conflict (vacancy) do update
        set version = excluded.version,
            employer = excluded.employer,
            location = excluded.location,
            min_weeks = excluded.min_weeks,
            max_weeks = excluded.max_weeks
        where vacancy.version < excluded.version
        """,
        [t.vacancy for t in timetables],
        [t.version for t in timetables],
        [t.employer for t in timetables],
        [t.location for t in timetables],
        [t.interviews.min_weeks for t in timetables],
        [t.interviews.max_weeks for t in timetables],
    )


async def record_completions(tx: Transaction, completions: Sequence[ReviewCompleted]) -> None:
    """Note when reviews were completed, of vacancies that are known and locked."""
    await tx.execute(
        """
        update interviews.vacancy
        set review_completed_at = coalesce(review_completed_at, completed_at)
        from unnest($1::text[], $2::timestamptz[]) as completion (of, completed_at)
        where vacancy = of
        """,
        [c.vacancy for c in completions],
        [c.completed_at for c in completions],
    )


async def lock_vacancies(tx: Transaction, vacancies: Collection[str]) -> dict[str, Vacancy]:
    """Read vacancies and let nobody else place interviews for them until the transaction ends."""
    rows = await tx.fetch(
        """
        select vacancy, location, min_weeks, max_weeks, review_completed_at, diary.*
        from interviews.vacancy join interviews.diary using (employer)
        where vacancy = any($1) order by vacancy for update of vacancy
        """,
        list(vacancies),
    )
    return {
        row["vacancy"]: Vacancy(
            vacancy=row["vacancy"],
            location=row["location"],
            min_weeks=row["min_weeks"],
            max_weeks=row["max_weeks"],
            review_completed_at=row["review_completed_at"],
            diary=_diary(row),
        )
        for row in rows
    }


def _diary(row: Record) -> Diary:
    return Diary(
        day_starts=row["day_starts"],
        day_ends=row["day_ends"],
        interview_minutes=row["interview_minutes"],
        gap_minutes=row["gap_minutes"],
        notice_working_days=row["notice_working_days"],
        horizon_working_days=row["horizon_working_days"],
    )


async def load_candidates(tx: Transaction, applications: Sequence[str]) -> dict[str, Candidate]:
    """Read the known ones of these applications, each with its interview."""
    rows = await tx.fetch(
        """
        select application, candidate.sequence as stage_sequence, vacancy,
            lower(during) as starts_at, upper(during) as ends_at, location,
            appointment.sequence, state
        from interviews.candidate left join interviews.appointment using (application)
        where application = any($1)
        """,
        applications,
    )
    return {
        row["application"]: Candidate(row["stage_sequence"], _appointment(row)) for row in rows
    }


def _appointment(row: Record) -> Appointment | None:
    if row["state"] is None:
        return None
    return Appointment(
        application=row["application"],
        vacancy=row["vacancy"],
        slot=Slot(row["starts_at"], row["ends_at"]),
        location=row["location"],
        sequence=row["sequence"],
        is_booked=row["state"] == "booked",
    )


async def record_sequences(tx: Transaction, changes: Sequence[ApplicationStageChanged]) -> None:
    """Remember the latest stage change of each application."""
    await tx.execute(
        """
        insert into interviews.candidate (application, sequence)
        select * from unnest($1::text[], $2::int[]) order by 1
        on conflict (application) do update set sequence = excluded.sequence
        where candidate.sequence < excluded.sequence
        """,
        [c.application for c in changes],
        [c.sequence for c in changes],
    )


async def load_taken(tx: Transaction, vacancies: Collection[str]) -> dict[str, list[Slot]]:
    """Read the booked slots of vacancies."""
    rows = await tx.fetch(
        """
        select vacancy, lower(during) as starts_at, upper(during) as ends_at
        from interviews.appointment where vacancy = any($1) and state = 'booked'
        """,
        list(vacancies),
    )
    taken: dict[str, list[Slot]] = defaultdict(list)
    for row in rows:
        taken[row["vacancy"]].append(Slot(row["starts_at"], row["ends_at"]))
    return taken


async def record_bookings(tx: Transaction, booked: Sequence[Appointment]) -> None:
    """Write interviews; the database refuses one that overlaps another of its vacancy (G13)."""
    await tx.execute(
        """
        insert into interviews.appointment
            (application, vacancy, during, location, sequence, state)
        select application, vacancy, tstzrange(starts_at, ends_at), location, sequence, 'booked'
        from unnest(
            $1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::int[]
        ) as new (application, vacancy, starts_at, ends_at, location, sequence)
        on conflict (application) do update
        set vacancy = excluded.vacancy,
            during = excluded.during,
            location = excluded.location,
            sequence = excluded.sequence,
            state = excluded.state
        """,
        [a.application for a in booked],
        [a.vacancy for a in booked],
        [a.slot.starts_at for a in booked],
        [a.slot.ends_at for a in booked],
        [a.location for a in booked],
        [a.sequence for a in booked],
    )


async def mark_cancelled(tx: Transaction, cancelled: Sequence[Appointment]) -> None:
    """Free the slots of interviews that will not take place."""
    await tx.execute(
        """
        update interviews.appointment as a set state = 'cancelled', sequence = c.sequence
        from unnest($1::text[], $2::int[]) as c (application, sequence)
        where a.application = c.application
        """,
        [c.application for c in cancelled],
        [c.sequence for c in cancelled],
    )
