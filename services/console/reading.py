"""A reading of an advert in lines for a terminal, and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from services.console import words
from services.vacancies.decisions import Timetable
from services.vacancies.reading import (
    Finding,
    Found,
    HeldField,
    PoolReading,
    ProfileReading,
    Promise,
    Reading,
    Source,
    VacancyReading,
)
from shared.calendar import LONDON
from shared.contracts.vacancies import ClosingAnchor, Criterion, Salary

_OPTIONS: Final = {
    "vacancy": "--vacancy REF",
    "employer": "--employer met",
    "title": "--title TITLE",
    "location": "--location PLACE",
    "role_type": "--role-type police_staff",
    "engagement": "--engagement permanent",
    "posted_on": "--posted-on 2025-06-07",
    "closes_at": '--closes "2025-10-21 23:55"',
    "review": '--review "1 week" --review-anchor closing_date',
    "interviews": '--interviews "2 to 3 weeks"',
    "salary": "--salary none",
    "vetting": "--vetting LEVEL",
    "missing_level": "--criteria levelled",
}
_ANCHORS: Final = {
    ClosingAnchor.CLOSING_DATE: "the closing date",
    ClosingAnchor.ACTUAL_CLOSE: "the vacancy has closed",
}


def lines(found: Reading) -> Iterator[str]:
    """Write a reading for a person."""
    match found:
        case VacancyReading():
            yield from _vacancy(found)
        case ProfileReading():
            yield from _profile(found)
        case PoolReading():
            yield from _pool(found)


def as_json(found: Reading) -> dict[str, Any]:
    """Write a reading for a program; times are London's, with their offset."""
    match found:
        case VacancyReading():
            return {
                "kind": "vacancy",
                "fields": _fields_as_json(found.fields),
                "held": _held_as_json(found.held),
                "findings": [asdict(finding) for finding in found.findings],
                "documents": {
                    "required": found.papers.documents,
                    "formats": found.papers.formats,
                    "phrase": found.papers.phrase,
                },
                "policies": asdict(found.policies),
                "timetable": _plain(asdict(found.timetable)) if found.timetable else None,
                "event": found.published.model_dump(mode="json") if found.published else None,
            }
        case ProfileReading():
            return {
                "kind": "role_profile",
                "fields": _fields_as_json(found.fields),
                "blank": found.blank,
                "criteria": _plain(found.criteria),
                "findings": [asdict(finding) for finding in found.findings],
                "missing": _missing_as_json(found.missing),
            }
        case PoolReading():
            return {
                "kind": "talent_pool",
                "fields": _fields_as_json(found.fields),
                "families": [
                    asdict(family) | {"needs_clearance": family.needs_clearance}
                    for family in found.families
                ],
                "policies": asdict(found.policies),
                "missing": _missing_as_json(found.missing),
            }


def _vacancy(found: VacancyReading) -> Iterator[str]:
    yield "A vacancy"
    yield from _fields(found.fields)
    if found.papers.documents or found.papers.formats:
        yield f"  {'documents':<12} {', '.join((*found.papers.documents, *found.papers.formats))}"
        yield f'{"":<15}from "{found.papers.phrase}"'
    yield from _quoted("For information:", found.policies.early_departure)
    yield from _quoted("For information:", found.policies.convictions)
    if found.timetable:
        yield "Timetable"
        yield from (f"  {line}" for line in timetable_lines(found.timetable))
    yield from _findings(found.findings)
    yield from _held("Held, to be settled by a person", found.held)


def _profile(found: ProfileReading) -> Iterator[str]:
    yield "A role profile: it describes a role and is no vacancy, so it cannot be published (D11)"
    yield from _fields(found.fields)
    yield from _criteria(found.criteria)
    yield from (f"  printed blank, nothing is assumed: {label}" for label in found.blank)
    yield from _findings(found.findings)
    yield from _missing(found.missing)


def _pool(found: PoolReading) -> Iterator[str]:
    yield "A talent-pool page: there is no vacancy in it, so it cannot be published (P1, D11)"
    yield from _fields(found.fields)
    count = sum(len(family.titles) for family in found.families)
    yield f"  {count} job titles in {len(found.families)} families"
    for family in found.families:
        clearance = " (clearance needed)" if family.needs_clearance else ""
        yield f"    {family.name}{clearance}: {', '.join(family.titles)}"
    policies = found.policies
    yield from _quoted("Engagement (P4):", policies.engagement)
    yield from _quoted("Qualifications (P5):", policies.qualifications)
    yield from _quoted("Early departure, as information (P6):", policies.early_departure)
    yield from _quoted("Convictions, as information (P6):", policies.convictions)
    yield from _missing(found.missing)


def timetable_lines(timetable: Timetable) -> Iterator[str]:
    """Write every promised date with its weekday, every instant with clock time and zone."""
    opens = words.zoned(timetable.opens_at) if timetable.opens_at else "as soon as it is published"
    yield f"opens               {opens}"
    yield f"closes              {words.zoned(timetable.closes_at)}"
    yield f"last accepted       {words.zoned(timetable.last_accepted_at, seconds=True)}"
    yield f"review promised     {words.promised(timetable.review_promised_on)}"
    yield f"  latest            {words.promised(timetable.review_latest_on)}"
    yield f"review opens        {words.zoned(timetable.review_opens_at)}"
    yield f"interviews begin    not before {words.promised(timetable.interviews_promised_on)}"
    yield f"  latest            {words.promised(timetable.interviews_latest_on)}"


def _fields(fields: Mapping[str, Found[Any]]) -> Iterator[str]:
    for name, one in fields.items():
        if name == "criteria":
            yield from _criteria(one.value)
            continue
        mark = f" ({one.source})" if one.source in {Source.GIVEN, Source.ASSUMED} else ""
        yield f"  {name:<12} {_value(name, one.value)}{mark}"
        if one.phrase:
            yield f'{"":<15}from "{one.phrase}"'


def _value(name: str, value: object) -> str:  # noqa: PLR0911 - a case for each kind of value
    match value:
        case None:
            return "(not printed)"
        case datetime():
            return words.zoned(value)
        case Promise():
            after = _ANCHORS[value.anchor] if name == "review" else "the review"
            return f"{words.weeks(value.window)} after {after}"
        case Salary():
            return (
                f"\u00a3{value.starting:,} = {value.basic:,} basic + {value.location_allowance:,} "
                f"location + {value.non_pensionable_allowance:,} non-pensionable; "
                f"top of the scale \u00a3{value.top_of_scale:,} basic, "
                f"\u00a3{value.at_the_top_of_the_scale:,} in all"
            )
        case date():
            return words.day(value)
        case tuple():
            return ", ".join(value)
        case _:
            return words.plain(str(value))


def _criteria(criteria: Sequence[Criterion]) -> Iterator[str]:
    yield f"  {'criteria':<12} {len(criteria) or '(none read, none invented)'}"
    for one in criteria:
        level = f" [level {one.level}]" if one.level else ""
        wish = "" if one.is_essential else " (not essential)"
        yield f"    {one.key}{level}{wish}: {one.text}"


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    if findings:
        yield "To look at"
    for one in findings:
        yield f"  {one.code}: {one.detail}" + (f' - "{one.phrase}"' if one.phrase else "")


def _held(heading: str, held: Sequence[HeldField]) -> Iterator[str]:
    if held:
        yield heading
    for one in held:
        option = _option(one)
        yield f"  {one.field}: {one.held.detail} ({one.held.reason})"
        yield from (f'    "{phrase}"' for phrase in one.held.phrases)
        yield f"    settle it with {option}" if option else "    change the advert"


def _missing(missing: Sequence[HeldField]) -> Iterator[str]:
    """Say what such a page lacks; no option makes a vacancy of it."""
    if missing:
        yield "What it lacks for a vacancy; nothing settles it here, an advert is needed"
    yield from (f"  {one.field}: {one.held.detail} ({one.held.reason})" for one in missing)


def _fields_as_json(fields: Mapping[str, Found[Any]]) -> dict[str, Any]:
    found = {
        name: {"value": _plain(one.value), "phrase": one.phrase, "source": one.source}
        for name, one in fields.items()
    }
    if "interviews" in found:
        found["interviews"]["value"]["anchor"] = "review"
    return found


def _missing_as_json(missing: Sequence[HeldField]) -> list[dict[str, Any]]:
    return [{"field": one.field} | asdict(one.held) for one in missing]


def _held_as_json(held: Sequence[HeldField]) -> list[dict[str, Any]]:
    return [{"field": one.field, "option": _option(one)} | asdict(one.held) for one in held]


def _option(one: HeldField) -> str | None:
    """Name the option that settles it, if there is one."""
    return _OPTIONS.get(one.field) or _OPTIONS.get(one.held.reason)


def _quoted(heading: str, sentences: Sequence[str]) -> Iterator[str]:
    yield from (f'  {heading} "{sentence}"' for sentence in sentences)


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON has a form for
    plain: Any
    match value:
        case Promise():
            plain = value.window.model_dump() | {"anchor": value.anchor}
        case datetime():
            plain = value.astimezone(LONDON).isoformat()
        case dict():
            plain = {name: _plain(one) for name, one in value.items()}
        case tuple():
            plain = [_plain(one) for one in value]
        case Salary():
            plain = value.model_dump() | {
                "allowances": value.allowances,
                "at_the_top_of_the_scale": value.at_the_top_of_the_scale,
            }
        case Criterion():
            plain = value.model_dump(mode="json")
        case None:
            plain = None
        case _:
            plain = str(value)
    return plain
