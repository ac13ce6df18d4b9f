"""The working of a verdict in plain words, for the candidate and for whoever checks it (F2)."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from services.eligibility.decisions import (
    WHOLE_DAY,
    Effect,
    Eligible,
    Ground,
    Policy,
    Reading,
    Reason,
    Referred,
    Rejected,
    Span,
    Verdict,
    Weighed,
    days_meant,
)
from shared.calendar import london_date
from shared.contracts.applications import Answer, ApplicationAccepted, LeavingReason

_GROUNDS: Final[Mapping[Ground, str]] = {
    Ground.NO_RULE: "This employer has no rule about leaving under an early departure scheme.",
    Ground.NOT_POLICE_STAFF: "The rule about early departure schemes is only about police staff.",
    Ground.TEMPORARY_POST: "The employer's early departure rule does not cover temporary posts.",
    Ground.NEVER_SERVED: "You told us that you have not worked for the Met before.",
    Ground.NOTHING_BARS: "Nothing you told us about leaving the Met prevents you from applying.",
}

_LEFT: Final[Mapping[LeavingReason, str]] = {
    LeavingReason.EARLY_DEPARTURE_SCHEME: "under an early departure scheme",
    LeavingReason.RESIGNATION: "because you resigned",
    LeavingReason.END_OF_FIXED_TERM: "at the end of a fixed term",
    LeavingReason.RETIREMENT: "because you retired",
    LeavingReason.DISMISSAL: "because you were dismissed",
    LeavingReason.OTHER: "for another reason",
}

_COMPENSATED: Final[Mapping[Answer, str]] = {
    Answer.YES: " with compensation",
    Answer.NO: " without compensation",
    Answer.UNSURE: ", and you are not sure whether you were given compensation",
    Answer.UNANSWERED: ", and you did not say whether you were given compensation",
}

_DOUBTS: Final[Mapping[Reason, str]] = {
    Reason.ANNIVERSARY: "Whether that day still counts depends on how the rule is read.",
    Reason.LEAP_DAY: "Which of the two days counts depends on how the rule is read.",
    Reason.PARTIAL_DATE: "Whether that was too early depends on the day you left.",
    Reason.IMPOSSIBLE_DATE: "There is no such day.",
    Reason.COMPENSATION_UNSURE: "The rule is only about leaving with compensation.",
    Reason.COMPENSATION_UNANSWERED: "The rule is only about leaving with compensation.",
    Reason.SCHEME_UNCLEAR: "It is not clear whether that was an early departure scheme.",
    Reason.NOT_LEFT_YET: "You had not left before the day you applied.",
    Reason.OFFICER_SCHEME: "It is not clear whether the rule covers schemes for police officers.",
    Reason.CONTRACTOR: "It is not clear whether the rule covers contractors and agency workers.",
    Reason.CONTRADICTION: "Two of your answers about earlier work for the Met do not agree.",
    Reason.SERVICE_UNANSWERED: "You did not say whether you have worked for the Met before.",
    Reason.SERVICE_UNSURE: "You are not sure whether you have worked for the Met before.",
    Reason.DEPARTURES_MISSING: "You have worked for the Met before but did not say when you left.",
    Reason.TEMPORARY_POST: "It is not clear whether the rule covers temporary posts such as this.",
}

_READ_AS: Final[Mapping[Reading, str]] = {
    Reading.BARS: ", and that day still counts",
    Reading.ALLOWS: ", and that day no longer counts",
    Reading.REFERS: "",
}

_NUMBERS: Final = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


_ABOUT_THE_DATE: Final = frozenset(
    {Reason.ANNIVERSARY, Reason.LEAP_DAY, Reason.PARTIAL_DATE, Reason.NOT_LEFT_YET}
)


def explain(facts: ApplicationAccepted, policy: Policy | None, verdict: Verdict) -> str:
    """Tell how the verdict follows from what the candidate declared: dates, counting, result."""
    if policy is None:
        return _GROUNDS[Ground.NO_RULE]
    applied_on = london_date(facts.submitted_at)
    match verdict:
        case Eligible(ground, weighed):
            accounts = [_account(one, applied_on, policy) for one in weighed]
            return " ".join([*accounts, _GROUNDS[ground]])
        case Referred(reasons, weighed):
            standing = [one for one in weighed if one.effect is not Effect.CLEARS]
            accounts = [_account(one, applied_on, policy) for one in standing]
            told = {doubt for one in standing for doubt in one.doubts}
            doubts = [_DOUBTS[reason] for reason in reasons if reason not in told]
            return " ".join([*accounts, *doubts, "A person will look at this."])
        case Rejected(_, eligible_from, weighed):
            latest = max(weighed, key=lambda one: one.barred_until)
            which = "This is the latest departure that counts. " if len(weighed) > 1 else ""
            account = _account(latest, applied_on, policy)
            return f"{account} {which}You can apply from {_in_words(eligible_from)}."


def _account(one: Weighed, applied_on: date, policy: Policy) -> str:
    """Tell one departure: what was declared, how long the years run, and what follows."""
    departure = one.departure
    verb = "leave" if Reason.NOT_LEFT_YET in one.doubts else "left"
    told = (
        f"You {verb} the Met {_when(departure.left_on)} {_LEFT[departure.reason]}"
        f"{_COMPENSATED[departure.compensated]}."
    )
    doubts = [_DOUBTS[doubt] for doubt in one.doubts]
    if departure.compensated is Answer.NO:
        return f"{told} The rule is only about leaving with compensation."
    if one.years_end is None:
        return " ".join([told, *doubts])
    if one.effect is Effect.CLEARS:
        result = ", after they had ended."
    elif _ABOUT_THE_DATE.isdisjoint(one.doubts):
        result = ", before they had ended."
    else:
        result = "."
    applied = f"You applied on {_in_words(applied_on)}{result}"
    return " ".join([told, _period(departure.left_on, one.years_end, policy), applied, *doubts])


def _when(left_on: str) -> str:
    """Say a day, a month or a year as people do; a day that does not exist stays as it came."""
    left = days_meant(left_on)
    if left is None:
        return f"on {left_on}"
    if left.first == left.last:
        return f"on {_in_words(left.first)}"
    return (
        f"in {left.first:%Y}" if left.last.month > left.first.month else f"in {left.first:%B %Y}"
    )


def _period(left_on: str, years_end: Span, policy: Policy) -> str:
    """Say when the years end: on a day, on one of two (E4), or between two (E8)."""
    number = _NUMBERS[policy.years] if policy.years < len(_NUMBERS) else str(policy.years)
    first, last = _in_words(years_end.first), _in_words(years_end.last)
    read_as = _READ_AS[policy.anniversary]
    if len(left_on) < WHOLE_DAY:
        return f"{number} years from then end between {first} and {last}{read_as}."
    if first != last:
        return f"{number} years from that day end on {first} or {last}{read_as}."
    return f"{number} years from that day end on {first}{read_as}."


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
