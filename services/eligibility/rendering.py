"""The working of a verdict in plain words, for the candidate and for whoever checks it (F2)."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from services.eligibility.decisions import (
    Eligible,
    Ground,
    Referred,
    Rejected,
    Verdict,
)
from services.eligibility.departures import (
    WHOLE_DAY,
    Effect,
    Point,
    Reason,
    Span,
    Weighed,
    days_meant,
)
from shared.calendar import london_date
from shared.contracts.applications import Answer, ApplicationAccepted, LeavingDay, LeavingReason
from shared.contracts.checks import EligibilityChecked, EligibilityOutcome
from shared.contracts.vacancies import Engagement
from shared.employers import EarlyDepartureTerms, Reading

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
    Reason.ANOTHER_DAY: "The rule counts from the last day of service.",
    Reason.PARTIAL_DATE: "Whether that was too early depends on the day you left.",
    Reason.PERHAPS_NOT_LEFT: "Whether you had left by then depends on the day you left.",
    Reason.IMPOSSIBLE_DATE: "There is no such day.",
    Reason.COMPENSATION_UNSURE: "The rule is only about leaving with compensation.",
    Reason.COMPENSATION_UNANSWERED: "The rule is only about leaving with compensation.",
    Reason.COMPENSATION_REPAID: "You paid the compensation back, and it is not clear whether the "
    "rule still applies then.",
    Reason.REPAYMENT_UNSURE: "It is not clear whether you paid the compensation back.",
    Reason.EARLY_RETIREMENT: "It is not clear whether the rule covers early retirement.",
    Reason.SCHEME_UNCLEAR: "It is not clear whether that was an early departure scheme.",
    Reason.NOT_LEFT_YET: "You had not left before the day you applied.",
    Reason.OFFICER_SCHEME: "It is not clear whether the rule covers schemes for police officers.",
    Reason.CONTRACTOR: "It is not clear whether the rule covers contractors.",
    Reason.AGENCY: "It is not clear whether the rule covers agency workers.",
    Reason.CONTRADICTION: "Two of your answers about earlier work for the Met do not agree.",
    Reason.SERVICE_UNANSWERED: "You did not say whether you have worked for the Met before.",
    Reason.SERVICE_UNSURE: "You are not sure whether you have worked for the Met before.",
    Reason.DEPARTURES_MISSING: "You have worked for the Met before but did not say when you left.",
    Reason.TEMPORARY_POST: "It is not clear whether the rule covers temporary posts such as this.",
    Reason.CHALLENGE_UPHELD: "Before that correction, a person had decided in your favour.",
}

_A_PERSON_LOOKS: Final = "A person will look at this."

# What an employer has settled is said, because it decided (F2).
_BARS: Final[Mapping[Reason, str]] = {
    Reason.COMPENSATION_REPAID: "The rule applies even though you paid the compensation back.",
    Reason.EARLY_RETIREMENT: "The rule covers early retirement with compensation.",
    Reason.OFFICER_SCHEME: "The rule covers schemes for police officers.",
    Reason.CONTRACTOR: "The rule covers contractors.",
    Reason.AGENCY: "The rule covers agency workers.",
}
_ALLOWS: Final[Mapping[Reason, str]] = {
    Reason.WITHOUT_COMPENSATION: "The rule is only about leaving with compensation.",
    Reason.COMPENSATION_REPAID: "You paid the compensation back, so the rule does not apply.",
    Reason.EARLY_RETIREMENT: "The rule does not cover early retirement.",
    Reason.OFFICER_SCHEME: "The rule does not cover schemes for police officers.",
    Reason.CONTRACTOR: "The rule does not cover contractors.",
    Reason.AGENCY: "The rule does not cover agency workers.",
}
_TEMPORARY_POSTS_COUNT: Final = "The rule covers temporary posts such as this."

_DAY_IS: Final[Mapping[LeavingDay, str]] = {
    LeavingDay.LAST_DAY_OF_SERVICE: "",
    LeavingDay.NOTICE_GIVEN: " (the day notice was given)",
    LeavingDay.COMPENSATION_PAID: " (the day compensation was paid)",
}

_READ_AS: Final[Mapping[Reading, str]] = {
    Reading.BARS: ", and that day still counts",
    Reading.ALLOWS: ", and that day no longer counts",
    Reading.REFERS: "",
}

# At registration the sentence about convictions is information too (K1, P6).
_CONVICTIONS: Final = (
    "If you have been convicted of a criminal offence, that does not rule you out. A person will "
    "consider it carefully if you apply."
)

_NUMBERS: Final = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


_ABOUT_THE_DATE: Final = frozenset(
    {
        Reason.ANNIVERSARY,
        Reason.LEAP_DAY,
        Reason.PARTIAL_DATE,
        Reason.PERHAPS_NOT_LEFT,
        Reason.NOT_LEFT_YET,
    }
)


def explain(
    facts: ApplicationAccepted, terms: EarlyDepartureTerms | None, verdict: Verdict
) -> str:
    """Tell how the verdict follows from what the candidate declared: dates, counting, result."""
    if terms is None:
        return _GROUNDS[Ground.NO_RULE]
    applied_on = london_date(facts.submitted_at)
    match verdict:
        case Eligible(ground, weighed):
            accounts = [_account(one, applied_on, terms) for one in weighed]
            return " ".join([*accounts, _GROUNDS[ground]])
        case Referred(reasons, weighed):
            standing = [one for one in weighed if one.effect is not Effect.CLEARS]
            accounts = [_account(one, applied_on, terms) for one in standing]
            told = {doubt for one in standing for doubt in one.doubts}
            doubts = [_DOUBTS[reason] for reason in reasons if reason not in told]
            return " ".join([*accounts, *doubts, _A_PERSON_LOOKS])
        case Rejected(_, eligible_from, weighed):
            latest = max(weighed, key=lambda one: one.barred_until)
            is_permanent = facts.engagement is Engagement.PERMANENT
            sentences = (
                _account(latest, applied_on, terms),
                "" if is_permanent else _TEMPORARY_POSTS_COUNT,
                "This is the latest departure that counts." if len(weighed) > 1 else "",
                f"You can apply from {in_words(eligible_from)}.",
            )
            return " ".join(filter(None, sentences))


def _account(one: Weighed, applied_on: date, terms: EarlyDepartureTerms) -> str:
    """Tell one departure: what was declared, how long the years run, and what follows."""
    departure = one.departure
    verb = "leave" if Reason.NOT_LEFT_YET in one.doubts else "left"
    told = (
        f"You {verb} the Met {_when(departure.left_on)}{_DAY_IS[departure.left_on_is]} "
        f"{_LEFT[departure.reason]}{_COMPENSATED[departure.compensated]}."
    )
    points = [_point(point) for point in one.points]
    if one.years_end is None:
        return " ".join([told, *points])
    had_ended = "it had ended" if terms.years == 1 else "they had ended"
    if one.effect is Effect.CLEARS:
        result = f", after {had_ended}."
    elif _ABOUT_THE_DATE.isdisjoint(one.doubts):
        result = f", before {had_ended}."
    else:
        result = "."
    applied = f"You applied on {in_words(applied_on)}{result}"
    return " ".join([told, _period(departure.left_on, one.years_end, terms), applied, *points])


def _point(point: Point) -> str:
    match point.reading:
        case Reading.BARS:
            return _BARS[point.reason]
        case Reading.ALLOWS:
            return _ALLOWS[point.reason]
        case Reading.REFERS:
            return _DOUBTS[point.reason]


def _when(left_on: str) -> str:
    """Say a day, a month or a year as people do; a day that does not exist stays as it came."""
    left = days_meant(left_on)
    if left is None:
        return f"on {left_on}"
    if left.first == left.last:
        return f"on {in_words(left.first)}"
    return (
        f"in {left.first:%Y}" if left.last.month > left.first.month else f"in {left.first:%B %Y}"
    )


def _period(left_on: str, years_end: Span, terms: EarlyDepartureTerms) -> str:
    """Say when the years end: on a day, on one of two (E4), or between two (E8)."""
    number = _NUMBERS[terms.years] if terms.years < len(_NUMBERS) else str(terms.years)
    years, end = ("year", "ends") if terms.years == 1 else ("years", "end")
    first, last = in_words(years_end.first), in_words(years_end.last)
    read_as = _READ_AS[terms.anniversary]
    if len(left_on) < WHOLE_DAY:
        return f"{number} {years} from then {end} between {first} and {last}{read_as}."
    if first != last:
        return f"{number} {years} from that day {end} on {first} or {last}{read_as}."
    return f"{number} {years} from that day {end} on {first}{read_as}."


def inform(
    facts: ApplicationAccepted,
    terms: EarlyDepartureTerms | None,
    checked: EligibilityChecked,
    working: str,
) -> str:
    """Tell who registers an interest what the rule means for them: never a rejection (E17, P6)."""
    is_permanent = facts.engagement is Engagement.PERMANENT
    roles = f"{'' if is_permanent else f'{facts.engagement} '}police staff roles in the Met"
    match checked.outcome:
        case EligibilityOutcome.ELIGIBLE:
            meaning = f"We can match you to {roles if terms else 'our roles'}."
        case EligibilityOutcome.REFERRED:
            meaning = f"We will ask a person before we match you to {roles}."
        case EligibilityOutcome.REJECTED:
            assert checked.eligible_from is not None
            meaning = f"We cannot match you to {roles} until {in_words(checked.eligible_from)}."
    return (
        f"We have registered your interest. {meaning} If you had applied on the day you "
        f"registered, we would have told you: {working} {_CONVICTIONS}"
    )


def corrected(working: str, on: date) -> str:
    """Tell that the declaration was corrected: the candidate knows it as it was before (E21)."""
    return f"What you told us was corrected on {in_words(on)}. {working}"


def left_to_a_person(working: str) -> str:
    """Tell that a person decides about a bar, because an earlier rejection was wrong (E20)."""
    return f"{working} {_DOUBTS[Reason.CHALLENGE_UPHELD]} {_A_PERSON_LOOKS}"


def in_words(day: date) -> str:
    """Write a date as people do: 21 October 2025."""
    return f"{day.day} {day:%B %Y}"
