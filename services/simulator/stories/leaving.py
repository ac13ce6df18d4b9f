"""Stories of people who left the Met before, and of a conviction (E1 to E18, K1)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from services.simulator.stories.story import Story
from shared.contracts.applications import (
    Answer,
    Departure,
    EarlyDeparture,
    LeavingReason,
    ServiceKind,
    Stage,
)
from shared.contracts.challenges import ChallengeOutcome
from shared.contracts.referrals import ReferralAnswer

_SCHEME: Final = LeavingReason.EARLY_DEPARTURE_SCHEME
_RESIGNED: Final = Departure(
    left_on="2024-03-31", reason=LeavingReason.RESIGNATION, compensated=Answer.NO
)


def _left(
    left_on: str,
    reason: LeavingReason = _SCHEME,
    compensated: Answer = Answer.YES,
    service: ServiceKind = ServiceKind.POLICE_STAFF,
) -> EarlyDeparture:
    return _served(
        Departure(left_on=left_on, reason=reason, compensated=compensated, service=service)
    )


def _served(*departures: Departure, before: Answer = Answer.YES) -> EarlyDeparture:
    return EarlyDeparture(served_before=before, departures=departures)


def _scheme(left_on: str) -> Departure:
    return Departure(left_on=left_on, reason=_SCHEME, compensated=Answer.YES)


def _fifth_anniversary(after_days: int) -> Callable[[date], EarlyDeparture]:
    """Declare a leaving whose fifth anniversary is that many days after the submission."""

    def declare(submitted_on: date) -> EarlyDeparture:
        anniversary = submitted_on + timedelta(days=after_days)
        return _left(anniversary.replace(year=anniversary.year - 5).isoformat())

    return declare


def _month_five_years_ago(submitted_on: date) -> EarlyDeparture:
    """Declare a month whose first days do not bar and whose last days do."""
    return _left(f"{submitted_on.year - 5}-{submitted_on.month:02}")


LEAVING: Final = (
    Story(
        name="returner",
        why="left two years ago with compensation (E1, E2)",
        declares=_fifth_anniversary(3 * 365),
        ends=Stage.NOT_ELIGIBLE,
    ),
    Story(
        name="day_before_anniversary",
        why="applies on the last day of the five years (E3)",
        declares=_fifth_anniversary(1),
        ends=Stage.NOT_ELIGIBLE,
    ),
    Story(
        name="anniversary",
        why="applies on the fifth anniversary itself (E3)",
        declares=_fifth_anniversary(0),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="day_after_anniversary",
        why="applies the day after the fifth anniversary (E3)",
        declares=_fifth_anniversary(-1),
    ),
    Story(
        name="leap_day_barred",
        why="left on 29 February 2024 with compensation (E4)",
        declares=lambda _: _left("2024-02-29"),
        ends=Stage.NOT_ELIGIBLE,
    ),
    Story(
        name="leap_day_free",
        why="left on 29 February 2020, more than five years ago (E4)",
        declares=lambda _: _left("2020-02-29"),
    ),
    Story(
        name="month_only",
        why="gives only the month of leaving, and both readings differ (E8)",
        declares=_month_five_years_ago,
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="year_only",
        why="gives only the year 2020, whose first day is free and whose last is not (E8)",
        declares=lambda _: _left("2020"),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="year_only_barred",
        why="gives only the year 2023, and every day of it bars (E8)",
        declares=lambda _: _left("2023"),
        ends=Stage.NOT_ELIGIBLE,
    ),
    Story(
        name="no_such_day",
        why="left on 30 February 2022, a day that never was (E8)",
        declares=lambda _: _left("2022-02-30"),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="came_back_and_resigned",
        why="left in 2022 with compensation; resigning in 2024 does not cure it (E9)",
        declares=lambda _: _served(_scheme("2022-06-30"), _RESIGNED),
        ends=Stage.NOT_ELIGIBLE,
    ),
    Story(
        name="long_ago_and_resigned",
        why="left in 2017 with compensation and in 2024 by resigning: neither bars (E9, E10)",
        declares=lambda _: _served(_scheme("2017-03-31"), _RESIGNED),
    ),
    Story(
        name="resigned",
        why="left the Met last year by resigning, which bars nobody (E10)",
        declares=lambda _: _served(_RESIGNED),
    ),
    Story(
        name="retired_with_compensation",
        why="retired in 2023 with compensation: whether under a scheme is open (E10)",
        declares=lambda _: _left("2023-09-30", LeavingReason.RETIREMENT),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="compensation_unsure",
        why="left under a scheme in 2023, unsure about compensation (E10)",
        declares=lambda _: _left("2023-09-30", compensated=Answer.UNSURE),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="still_serving",
        why="will leave under a scheme in a month (E11)",
        declares=lambda today: _left((today + timedelta(days=30)).isoformat()),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="officer",
        why="left in 2023 under a scheme for police officers (E12)",
        declares=lambda _: _left("2023-09-30", service=ServiceKind.POLICE_OFFICER),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="contractor",
        why="worked for the Met as a contractor until 2023, with compensation (E12)",
        declares=lambda _: _left("2023-09-30", service=ServiceKind.CONTRACTOR),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="contradiction",
        why="never worked for the Met, and left it in 2023 (E13)",
        declares=lambda _: _served(_scheme("2023-09-30"), before=Answer.NO),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="unanswered",
        why="does not answer the question about earlier service (E14)",
        declares=lambda _: EarlyDeparture(served_before=Answer.UNANSWERED),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="found_eligible",
        why="left under a scheme in 2023; a recruiter finds that nothing was paid (E10)",
        declares=lambda _: _left("2023-09-30", compensated=Answer.UNSURE),
        answer=ReferralAnswer.ELIGIBLE,
    ),
    Story(
        name="found_not_eligible",
        why="worked for the Met as a contractor; a recruiter finds a scheme (E12)",
        declares=lambda _: _left("2023-09-30", service=ServiceKind.CONTRACTOR),
        answer=ReferralAnswer.NOT_ELIGIBLE,
        ends=Stage.NOT_ELIGIBLE,
    ),
    Story(
        name="date_corrected",
        why="rejected for a year mistyped as 2024; a recruiter corrects it to 2014 (E21)",
        declares=lambda _: _left("2024-04-30"),
        corrected=_scheme("2014-04-30"),
    ),
    Story(
        name="challenge_upheld",
        why="rejected, challenged, and reinstated after the review opened: the same review (E20)",
        declares=lambda _: _left("2023-11-30"),
        challenge=ChallengeOutcome.UPHELD,
    ),
    Story(
        name="challenge_dismissed",
        why="rejected and challenged, but the rejection stands (E20)",
        declares=lambda _: _left("2023-11-30"),
        challenge=ChallengeOutcome.DISMISSED,
        ends=Stage.NOT_ELIGIBLE,
    ),
    Story(
        name="convicted",
        why="declares a conviction, which stops nothing by itself (K1)",
        is_convicted=True,
    ),
)
