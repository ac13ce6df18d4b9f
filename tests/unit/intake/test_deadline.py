"""G14: in time or late by when the candidate pressed the button, and by nothing else.

Ten thousand cases from the advert to intake's verdict: a microsecond to a second around closings
in both nights of 2026 in which the clocks change, and around ordinary ones.
"""

from datetime import UTC, datetime, timedelta, timezone
from itertools import product

from services.intake.decisions import Accepted, Refused, Vacancy, admit
from services.vacancies.decisions import Timetable, schedule
from shared.contracts.vacancies import Employer, Engagement, RoleType
from tests.support.builders import VACANCY, application_submitted, vacancy_published

SUMMER_TIME = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
"""From and to, by Act of Parliament: the oracle asks no time zone database."""
ONE_HOUR = timedelta(hours=1)
CLOSINGS = [
    *(datetime(2026, 3, day, 23, 55, tzinfo=UTC) for day in (27, 28)),
    datetime(2026, 3, 29, 0, 59, tzinfo=UTC),  # the minute before 1am becomes 2am
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    *(datetime(2026, 3, day, 22, 55, tzinfo=UTC) for day in (29, 30)),
    *(datetime(2026, 10, day, 22, 55, tzinfo=UTC) for day in (23, 24)),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # half past one, the first time
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # and the second
    *(datetime(2026, 10, day, 23, 55, tzinfo=UTC) for day in (25, 26)),
    datetime(2026, 1, 14, 23, 55, tzinfo=UTC),
    datetime(2026, 7, 14, 22, 55, tzinfo=UTC),
]
STEPS = [timedelta(microseconds=n) for n in (1, 1_000, 1_000_000, 59_000_000)]
AROUND = [timedelta(), *STEPS, *(-step for step in STEPS)]
DELAYS = [timedelta(), timedelta(seconds=1), timedelta(minutes=5), 3 * ONE_HOUR, 6 * ONE_HOUR]
ELSEWHERE = timezone(timedelta(hours=4))


def in_london(instant: datetime) -> datetime:
    begins, ends = SUMMER_TIME
    return instant.astimezone(timezone(ONE_HOUR if begins <= instant < ends else timedelta()))


WRITTEN = [lambda instant: instant, in_london, lambda instant: instant.astimezone(ELSEWHERE)]


def timetable(closes_at: datetime) -> Timetable:
    found = schedule(vacancy_published(posted_on=None, closes_at=closes_at))
    assert isinstance(found, Timetable)
    return found


def verdict(closes_at: datetime, submitted_at: datetime, now: datetime) -> type:
    limit = timetable(closes_at).last_accepted_at
    met = (Employer.MET, RoleType.POLICE_STAFF, Engagement.PERMANENT, None)
    vacancy = Vacancy(VACANCY, 1, *met, limit)
    return type(admit(application_submitted(submitted_at=submitted_at), vacancy, now))


def test_G14_ten_thousand_cases_around_the_closing_are_judged_by_the_submission_alone():
    cases = list(product(CLOSINGS, AROUND, DELAYS, WRITTEN, WRITTEN, (False, True)))
    assert len(cases) >= 10_000
    wrong = []
    for closes_at, step, delay, write_closing, write_submission, from_the_end in cases:
        too_late_from = closes_at + timedelta(minutes=1)  # "by 23:55" lasts until 23:56:00 (C2)
        submitted_at = (too_late_from if from_the_end else closes_at) + step
        expected = Accepted if submitted_at < too_late_from else Refused
        found = verdict(
            write_closing(closes_at), write_submission(submitted_at), submitted_at + delay
        )
        if found is not expected:
            wrong.append((closes_at, submitted_at, delay, found))
    assert wrong == []


def test_G14_the_cases_are_of_both_kinds_and_lie_in_both_seasons():
    offsets = {in_london(closing).utcoffset() for closing in CLOSINGS}
    assert offsets == {timedelta(), ONE_HOUR}
    assert in_london(CLOSINGS[-1]).strftime("%H:%M") == "23:55"
