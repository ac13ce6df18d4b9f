"""The whole reading: every field with its words, what is held, and the timetable it promises."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, TypeAlias

from pydantic import ValidationError

from services.vacancies import decisions
from services.vacancies.decisions import Timetable, Unusable
from services.vacancies.reading.closing import instant_of, read_closing, read_posting
from services.vacancies.reading.documents import Papers, read_papers
from services.vacancies.reading.labels import blank_labels
from services.vacancies.reading.pages import (
    JobFamily,
    Kind,
    Policies,
    kind_of,
    read_families,
    read_policies,
    read_pool_facts,
    read_role_facts,
)
from services.vacancies.reading.requirements import read_requirements
from services.vacancies.reading.result import Finding, Found, Held, Outcome, Source
from services.vacancies.reading.salary import read_salary
from services.vacancies.reading.settled import NO_SALARY, Settled
from services.vacancies.reading.statements import Statement, statements
from services.vacancies.reading.text import Text
from services.vacancies.reading.title import read_title
from services.vacancies.reading.windows import Promise, read_interviews, read_review
from services.vacancies.reading.wording import (
    read_employer,
    read_engagement,
    read_location,
    read_reference,
    read_role_type,
    read_vetting,
)
from shared.calendar import london_date
from shared.contracts.vacancies import (
    Criterion,
    Employer,
    Engagement,
    RoleType,
    VacancyPublished,
)
from shared.employers import EmployerTerms

TermsOf: TypeAlias = Callable[[Employer], EmployerTerms]
_UNREAD: Final = "unread"
_NO_LACK_OF_A_POOL: Final = {"criteria", "vacancy", "title", "location"}  # it is of many jobs


@dataclass(frozen=True, slots=True)
class HeldField:
    """A field that nobody may guess, and why."""

    field: str
    held: Held


@dataclass(frozen=True, slots=True)
class VacancyReading:
    """An advert: `published` is what would be sent, None while anything is held."""

    fields: Mapping[str, Found[Any]]
    held: tuple[HeldField, ...]
    findings: tuple[Finding, ...]
    papers: Papers
    policies: Policies
    timetable: Timetable | None
    published: VacancyPublished | None


@dataclass(frozen=True, slots=True)
class ProfileReading:
    """A role profile; `missing` is what keeps it from being a vacancy (D11)."""

    fields: Mapping[str, Found[Any]]
    blank: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    findings: tuple[Finding, ...]
    missing: tuple[HeldField, ...]


@dataclass(frozen=True, slots=True)
class PoolReading:
    """A page that invites to register an interest; there is no vacancy in it (P1)."""

    fields: Mapping[str, Found[Any]]
    families: tuple[JobFamily, ...]
    policies: Policies
    missing: tuple[HeldField, ...]


Reading: TypeAlias = VacancyReading | ProfileReading | PoolReading


def read_advert(words: str, settled: Settled, terms_of: TermsOf) -> Reading:
    """Read any text; what it does not say, or says in two ways, is held and never guessed."""
    text = Text.of(words)
    said = tuple(statements(text))
    vacancy = _read_vacancy(text, said, settled, terms_of)
    match kind_of(text, said):
        case Kind.VACANCY:
            return vacancy
        case Kind.ROLE_PROFILE:
            asked = read_requirements(text)
            return ProfileReading(
                fields=_read(vacancy, "employer", "vetting") | read_role_facts(text),
                blank=tuple(blank_labels(text)),
                criteria=asked.criteria,
                findings=asked.findings,
                missing=_missing(vacancy, {"criteria"}),
            )
        case Kind.TALENT_POOL:
            return PoolReading(
                fields=_read(vacancy, "employer") | read_pool_facts(text),
                families=read_families(text),
                policies=vacancy.policies,
                missing=_missing(vacancy, _NO_LACK_OF_A_POOL),
            )


def _read(vacancy: VacancyReading, *names: str) -> dict[str, Found[Any]]:
    return {name: vacancy.fields[name] for name in names if name in vacancy.fields}


def _missing(vacancy: VacancyReading, besides: set[str]) -> tuple[HeldField, ...]:
    """List what a page lacks for a vacancy; what else it says of interviews is no hint there."""
    return tuple(
        HeldField(one.field, replace(one.held, phrases=())) if one.field == "interviews" else one
        for one in vacancy.held
        if one.field not in besides
    )


def _read_vacancy(
    text: Text, said: Sequence[Statement], settled: Settled, terms_of: TermsOf
) -> VacancyReading:
    """Read each field, let what a person has settled go before, then put the vacancy together."""
    employer: Employer | None = settled.employer or _value(read_employer(text))
    terms = terms_of(employer) if employer else None
    requirements, papers = read_requirements(text), read_papers(text)
    title = read_title(text)
    posted_on, closes_at = _days(text, said, settled, terms)
    outcomes: dict[str, Outcome[Any]] = {
        "vacancy": read_reference(text),
        "employer": read_employer(text),
        "title": title,
        "location": read_location(text),
        "role_type": read_role_type(text, settled.title or _value(title) or ""),
        "engagement": read_engagement(text),
        "posted_on": posted_on,
        "closes_at": closes_at,
        "review": _review(text, settled),
        "interviews": read_interviews(text, said),
        "salary": read_salary(text),
        "vetting": read_vetting(text),
        "criteria": requirements.to_publish(settled.criteria),
    } | _given(settled)
    fields = {name: found for name, found in outcomes.items() if isinstance(found, Found)}
    held = [HeldField(name, why) for name, why in outcomes.items() if isinstance(why, Held)]
    timetable, more = _timetable(fields, employer or Employer.MET)
    held += more
    published, more = (None, []) if held else _publish(fields)
    held += more
    findings = (f for found in fields.values() for f in found.findings)
    return VacancyReading(
        fields=fields,
        held=tuple(held),
        findings=(*findings, *requirements.findings, *papers.findings),
        papers=papers,
        policies=read_policies(text),
        timetable=timetable,
        published=published,
    )


def _days(
    text: Text, said: Sequence[Statement], settled: Settled, terms: EmployerTerms | None
) -> tuple[Outcome[date | None], Outcome[datetime]]:
    """Read posting and closing; either may need the other for its year."""
    posting: Outcome[date | None] = _is_given(settled.posted_on) or read_posting(text, said, None)
    default = terms.closing_time if terms else None
    closing: Outcome[datetime] = _closing_given(settled.closes_at) or read_closing(
        text, said, _value(posting), default
    )
    if isinstance(posting, Held) and posting.reason == "no_year" and isinstance(closing, Found):
        posting = read_posting(text, said, london_date(closing.value))
    posted_on = _value(posting)
    if isinstance(closing, Found) and posted_on and london_date(closing.value) < posted_on:
        detail = f"it closes before it is posted, {posted_on}"
        return posting, Held("closes_before_posting", detail, (closing.phrase,))
    return posting, closing


def _review(text: Text, settled: Settled) -> Outcome[Promise]:
    """Read the review's window and what it counts from; a person may have settled either."""
    printed = read_review(text)
    if isinstance(printed, Held):
        if settled.review is None:
            return printed
        detail = "what the weeks count from is not settled: the closing date is assumed"
        printed = Found(Promise(settled.review), findings=(Finding("anchor_assumed", detail),))
    if not settled.review and not settled.review_anchor:
        return printed
    window = settled.review or printed.value.window
    anchor = settled.review_anchor or printed.value.anchor
    given = {"vague_window": settled.review, "anchor_assumed": settled.review_anchor}
    doubts = tuple(doubt for doubt in printed.findings if not given.get(doubt.code))
    phrase = "" if settled.review else printed.phrase
    return Found(Promise(window, anchor), phrase, Source.GIVEN, doubts)


def _given(settled: Settled) -> dict[str, Outcome[Any]]:
    """List what a person has settled and no reader above has taken into account."""
    given: dict[str, object] = {
        "vacancy": settled.vacancy,
        "employer": settled.employer,
        "title": settled.title,
        "location": settled.location,
        "role_type": settled.role_type,
        "engagement": settled.engagement,
        "interviews": Promise(settled.interviews) if settled.interviews else None,
        "salary": settled.salary,
        "vetting": settled.vetting,
    }
    return {
        name: Found(None if value == NO_SALARY and name == "salary" else value, "", Source.GIVEN)
        for name, value in given.items()
        if value is not None
    }


def _is_given(value: Any) -> Found[Any] | None:  # noqa: ANN401 - whatever the field is
    return None if value is None else Found(value, source=Source.GIVEN)


def _closing_given(at: datetime | None) -> Found[datetime] | None:
    if at is None or at.tzinfo:
        return _is_given(at)
    closes_at, findings = instant_of(at.date(), at.time())
    return Found(closes_at, source=Source.GIVEN, findings=findings)


def _timetable(
    fields: Mapping[str, Found[Any]], employer: Employer
) -> tuple[Timetable | None, list[HeldField]]:
    """Count the weeks as the worker will; the words of the advert do not matter to that."""
    if not {"closes_at", "review", "interviews"} <= fields.keys():
        return None, []
    posted_on = fields["posted_on"].value if "posted_on" in fields else None
    draft = VacancyPublished(
        vacancy=_UNREAD,
        employer=employer,
        title=_UNREAD,
        location=_UNREAD,
        role_type=RoleType.POLICE_STAFF,
        engagement=Engagement.PERMANENT,
        posted_on=posted_on,
        closes_at=fields["closes_at"].value,
        review=fields["review"].value.window,
        review_anchor=fields["review"].value.anchor,
        interviews=fields["interviews"].value.window,
    )
    match decisions.schedule(draft):
        case Unusable(reason, detail):
            return None, [HeldField("closes_at", Held(reason, detail))]
        case Timetable() as timetable:
            return timetable, []


def _publish(
    fields: Mapping[str, Found[Any]],
) -> tuple[VacancyPublished | None, list[HeldField]]:
    """Write the event; a value that the contract refuses is held like any other."""
    values = {name: found.value for name, found in fields.items()}
    review: Promise = values.pop("review")
    interviews: Promise = values.pop("interviews")
    try:
        published = VacancyPublished(
            **values,
            review=review.window,
            review_anchor=review.anchor,
            interviews=interviews.window,
        )
    except ValidationError as error:
        return None, [
            HeldField(str(one["loc"][0]), Held("unusable_value", one["msg"]))
            for one in error.errors(include_url=False, include_context=False, include_input=False)
        ]
    return published, []


def _value(outcome: Outcome[Any] | None) -> Any:  # noqa: ANN401 - whatever the field is
    return outcome.value if isinstance(outcome, Found) else None
