"""The rule in its plainest form, under one reading of everything that can be read in two ways.

Written apart from the product: a world in which each word has one meaning and each answer one
truth. A machine may reject only where the plain rule bars in every such world, and may let pass
only where it bars in none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import product

from shared.calendar import london_date
from shared.contracts.applications import (
    Answer,
    ApplicationAccepted,
    Departure,
    LeavingDay,
    LeavingReason,
    ServiceKind,
)
from shared.contracts.vacancies import Engagement, RoleType
from shared.employers import EarlyDepartureTerms, Reading

EITHER = (True, False)


@dataclass(frozen=True)
class World:
    """What the words mean, for everybody."""

    years: int
    anniversary_bars: bool
    leap_day_ends_in_march: bool
    temporary_counts: bool
    repaid_counts: bool
    retirement_counts: bool
    officers_count: bool
    contractors_count: bool


def worlds(terms: EarlyDepartureTerms) -> Iterator[World]:
    """Every meaning that the employer has not ruled out."""
    settings = (terms.temporary_posts, terms.compensation_repaid, terms.early_retirement,
                terms.officer_schemes, terms.contractors)  # fmt: skip
    leap = {Reading.BARS: (True,), Reading.ALLOWS: (False,), Reading.REFERS: EITHER}
    for bars, march, *others in product(
        _meanings(terms.anniversary), leap[terms.anniversary], *map(_meanings, settings)
    ):
        yield World(terms.years, bars, march, *others)


def _meanings(reading: Reading) -> tuple[bool, ...]:
    return EITHER if reading is Reading.REFERS else (reading is Reading.BARS,)


def bars(facts: ApplicationAccepted, terms: EarlyDepartureTerms) -> set[bool]:
    """Whether the plain rule bars, in each world and for each truth behind the answers.

    Truths about one departure say nothing of another. So all of them bar if some departure bars
    whatever the truth about it is, and one of them bars if some departure may.
    """
    if facts.role_type is not RoleType.POLICE_STAFF:
        return {False}
    found = set()
    for world in worlds(terms):
        if facts.engagement is not Engagement.PERMANENT and not world.temporary_counts:
            found.add(False)
            continue
        found |= _bars_in(world, facts, terms)
    return found


def _bars_in(world: World, facts: ApplicationAccepted, terms: EarlyDepartureTerms) -> set[bool]:
    declared, applied_on = facts.early_departure, london_date(facts.submitted_at)
    if declared.served_before in {Answer.UNSURE, Answer.UNANSWERED}:
        return {True, False}
    if declared.served_before is Answer.YES and not declared.departures:
        return {True, False}
    each = []
    for one in declared.departures:
        alike = [other for other in declared.departures if _may_be_one(one, other)]
        is_contradicted = any(_told(one) != _told(other) for other in alike)
        truths = set(_truths(world, one, applied_on, terms))
        for other in alike:  # if they are one leaving, either date may be the true one
            truths |= {False} & set(_truths(world, other, applied_on, terms))
        each.append(truths | {False} if is_contradicted else truths)
    if declared.served_before is Answer.NO:
        return {False} | {truth for truths in each for truth in truths}
    is_certain, is_possible = {True} in each, any(True in truths for truths in each)
    return {True} if is_certain else {True, False} if is_possible else {False}


def _told(left: Departure) -> tuple[str, ...]:
    """All that is said of a leaving but when it was."""
    return left.reason, left.compensated, left.repaid, left.service


def _may_be_one(one: Departure, other: Departure) -> bool:
    """Whether somebody may have left once, and both be told of it: no day forbids it.

    A day may be wrong by a week. Notice is not given after the last day, nor more than a year
    before it; when compensation was paid says nothing of either.
    """
    slip, year = timedelta(days=7), timedelta(days=366)
    month = len("2020-10")
    days, others = (_days(left.left_on) or _days(left.left_on[:month]) for left in (one, other))
    if one.left_on_is is other.left_on_is:
        return any(abs(day - other) <= slip for day in days for other in others)
    said = {one.left_on_is: days, other.left_on_is: others}
    if LeavingDay.COMPENSATION_PAID in said:
        return True
    notice, last = said[LeavingDay.NOTICE_GIVEN], said[LeavingDay.LAST_DAY_OF_SERVICE]
    return min(notice) <= max(last) + slip and min(last) <= max(notice) + year + slip


def _truths(
    world: World, left: Departure, applied_on: date, terms: EarlyDepartureTerms
) -> Iterator[bool]:
    """Whether one departure bars, for each truth behind what was declared of it."""
    counts = {
        ServiceKind.POLICE_STAFF: True,
        ServiceKind.POLICE_OFFICER: world.officers_count,
        ServiceKind.CONTRACTOR: world.contractors_count,
        ServiceKind.AGENCY: world.contractors_count,
    }[left.service]
    under_scheme = {
        LeavingReason.EARLY_DEPARTURE_SCHEME: (True,),
        LeavingReason.RETIREMENT: (world.retirement_counts,),
    }.get(left.reason, EITHER)
    keeps = {Answer.YES: (world.repaid_counts,), Answer.NO: (True,)}.get(
        left.repaid, (True, world.repaid_counts)
    )
    compensated = {Answer.YES: (True,), Answer.NO: (False,)}.get(left.compensated, EITHER)
    if left.compensated is Answer.NO and left.repaid is Answer.YES:
        compensated = EITHER
    for paid, kept, scheme in product(compensated, keeps, under_scheme):
        for is_within in _within(world, left, applied_on, terms):
            yield counts and paid and kept and scheme and is_within


def _within(
    world: World, left: Departure, applied_on: date, terms: EarlyDepartureTerms
) -> tuple[bool, ...]:
    if left.left_on_is is not terms.leaving:
        return EITHER
    march = world.leap_day_ends_in_march
    return _within_years(left.left_on, applied_on, world.years, world.anniversary_bars, march)


@cache
def _within_years(
    left_on: str, applied_on: date, years: int, anniversary_bars: bool, march: bool
) -> tuple[bool, ...]:
    found = set()
    for day in _days(left_on):
        end = _anniversary(day, years, march)
        if day >= applied_on:
            found |= {True, False}  # not left yet: the words do not say
        else:
            found.add(applied_on < end or (applied_on == end and anniversary_bars))
    return tuple(found) or EITHER


def _anniversary(day: date, years: int, march: bool) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1) if march else date(day.year + years, 2, 28)


@cache
def _days(left_on: str) -> frozenset[date]:
    """Every day that the calendar has and the declaration may mean."""
    first = date(int(left_on[:4]), 1, 1)
    all_year = (first + timedelta(days=n) for n in range(366))
    return frozenset(day for day in all_year if day.isoformat().startswith(left_on))
