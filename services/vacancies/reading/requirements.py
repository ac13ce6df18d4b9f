"""What an advert asks for: criteria where printed, none invented (K6 to K15), and documents."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from services.vacancies.reading.result import Finding, Found, Held, Outcome, Source
from services.vacancies.reading.settled import LEVELLED
from services.vacancies.reading.text import Line, Span, Text, sentences_of
from shared.contracts.vacancies import Criterion, CriterionKind

_KIND: Final = re.compile(
    r"\b(?:(?P<qualification>qualifications?|certificat\w+)|(?P<experience>experience)"
    r"|(?P<knowledge>knowledge|skills?))\b",
    re.IGNORECASE,
)
_SECTION: Final = re.compile(
    rf"{_KIND.pattern}|\b(?:criteria|requirements?|person\s+specification|essential|desirable"
    r"|you(?:'ll|\s+will)?\s+need)\b",
    re.IGNORECASE,
)
_NEEDED: Final = re.compile(
    r"\b(?:essential|necessary|required|requirements?|minimum|must|needs?)\b", re.IGNORECASE
)
_WISHED: Final = re.compile(
    r"\b(?:desirable|preferred|nice\s+to\s+have|advantage\w*)\b", re.IGNORECASE
)
_MUST: Final = re.compile(
    r"\b(?:you|applicants?|candidates?|(?:the\s+)?(?:post\s?holder|successful\s+candidate))\s+"
    r"must\s+(?:also\s+)?(?:hold|have|possess|be|demonstrate)\b(?!\s+(?:submit|receiv|sent))",
    re.IGNORECASE,
)
_QUALIFIED: Final = re.compile(
    r"\b(?:qualif\w+|certificat\w+|apprenticeship|NVQ|degree|diploma|licen[cs]e|GCSEs?|BTEC"
    r"|A[- ]levels?|chartered|accredit\w+)\b",
    re.IGNORECASE,
)
_DUTIES: Final = re.compile(
    r"\b(?:responsibilities|duties|what\s+you(?:'ll|\s+will)\s+do)\b", re.IGNORECASE
)
_STATUS_KEPT: Final = re.compile(
    r"\b(?:maintain|hold|keep|retain)\w*\b[^.;,]{0,40}"
    r"\b(?:status|licen[cs]e|certificat\w+|accreditation|registration)\b",
    re.IGNORECASE,
)
_LEVELLED: Final = re.compile(
    r"(?P<name>.{2,80}?)\s*[(:-]\s*(?:level\s*(?P<level>\d{1,2})?|(?P<accredited>accredited))\s*\)?$",
    re.IGNORECASE,
)
_SCALES: Final = (
    (CriterionKind.TECHNICAL, re.compile(r"technical\s+(?:skills?|knowledge)", re.IGNORECASE)),
    (CriterionKind.VALUE, re.compile(r"values\b", re.IGNORECASE)),
    (CriterionKind.COMPETENCY, re.compile(r"(?:competenc|behaviour)\w+", re.IGNORECASE)),
)
# After such a heading come no more items with levels: `How to apply`, `What we offer`.
_ANOTHER_PART: Final = re.compile(
    r"^(?:about|how|our|what|why|who|when|where)\b|\b(?:apply|applying|offer|benefits?|salary|pay"
    r"|pension|hours|location|closing|interviews?|vetting|responsibilities|duties|purpose|experience"
    r"|qualifications?|next\s+steps|(?:further|additional)\s+information|contact"
    r"|diversity|reasonable\s+adjustments?)\b",
    re.IGNORECASE,
)
_MISSING_LEVEL: Final = "missing_level"
_LONGEST_HEADING: Final = 80
_PROSE: Final = 80
_LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something asked for, its kind, and the words that ask."""

    kind: CriterionKind
    text: str
    is_essential: bool
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Requirements:
    """Everything asked for in the order of printing, and what to look at."""

    items: tuple[Requirement, ...]
    findings: tuple[Finding, ...]

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Number them by their kind: `experience-1`."""
        counts: dict[CriterionKind, int] = {}
        criteria = []
        for item in self.items:
            counts[item.kind] = counts.get(item.kind, 0) + 1
            criteria.append(
                Criterion(
                    key=f"{item.kind}-{counts[item.kind]}",
                    kind=item.kind,
                    text=item.text,
                    is_essential=item.is_essential,
                    level=item.level,
                )
            )
        return tuple(criteria)

    def to_publish(self, settled: str | None) -> Outcome[tuple[Criterion, ...]]:
        """Return the criteria, unless a level is missing: that is the advert's mistake (K13).

        A person may settle that only what is LEVELLED is a criterion.
        """
        without = tuple(f.phrase for f in self.findings if f.code == _MISSING_LEVEL)
        if not without:
            return Found(self.criteria)
        if settled != LEVELLED:
            detail = "no level is printed (K13): print it, unless this is no criterion"
            return Held(_MISSING_LEVEL, detail, without)
        others = tuple(item for item in self.items if item.text not in without)
        return Found(replace(self, items=others).criteria, source=Source.GIVEN)


def read_requirements(text: Text) -> Requirements:
    """Collect criteria, duties that sound like one (K8), and items with levels (K11 to K13)."""
    printed = [*_sections(text), *_duties(text)]
    levelled, findings = _levelled(text)
    seen: dict[str, Requirement] = {}
    for item in [*printed, *levelled]:
        seen.setdefault(item.text.casefold(), item)
    unsaid = [i for i in printed if not i.is_essential and i.kind is not CriterionKind.DUTY]
    duties = [i for i in printed if i.kind is CriterionKind.DUTY]
    more = [
        Finding("duty_no_criterion", "a duty of the job, no test of entry (K8)", duty.text)
        for duty in duties
    ]
    if unsaid:
        detail = f"{len(unsaid)} criteria are not, or not said to be, essential"
        more.append(Finding("not_essential", detail, unsaid[0].text))
    return Requirements(tuple(seen.values()), (*findings, *more))


def _sections(text: Text) -> Iterator[Requirement]:
    """Read the lists under a heading that asks for something, and each sentence with `must`."""
    kind: CriterionKind | None = None
    is_essential = intro_is_essential = False
    for passage in text.passages:
        span = passage.item
        if _is_heading(passage):
            kind = _kind(span.text)
            is_another_part = kind is None and not span.text.endswith(":")
            if is_another_part or _WISHED.search(span.text):
                intro_is_essential = False
            is_essential = _is_needed(span.text, intro_is_essential)
        elif _asks(span.text):
            intro_is_essential = True
            is_essential = is_essential or kind is not None
        elif passage.is_bullet and kind:
            yield _requirement(text, span, kind, is_essential)
        elif _MUST.search(span.text):
            yield from _musts(text, span, kind)


def _musts(text: Text, span: Span, kind: CriterionKind | None) -> Iterator[Requirement]:
    """Take the whole paragraph under a heading of criteria, else only the sentence."""
    if kind:
        yield _requirement(text, span, kind, is_essential=True)
        return
    for sentence in sentences_of(span):
        if _MUST.search(sentence.text):
            yield _requirement(text, sentence, CriterionKind.EXPERIENCE, is_essential=True)


def _duties(text: Text) -> Iterator[Requirement]:
    """Find duties that name a status to be kept: printed as a duty, so no test of entry (K8)."""
    is_inside = False
    for passage in text.passages:
        if _is_heading(passage):
            is_inside = _DUTIES.search(passage.text) is not None
        elif is_inside and passage.is_bullet and _STATUS_KEPT.search(passage.text):
            words = _shortened(text.phrase(passage.item))
            yield Requirement(CriterionKind.DUTY, words, is_essential=False)


def _levelled(text: Text) -> tuple[list[Requirement], list[Finding]]:
    """Read items with a level; one without is a finding, and its level is not invented (K13)."""
    items: list[Requirement] = []
    findings: list[Finding] = []
    scale: CriterionKind | None = None
    is_among = False
    for place, line in enumerate(text.lines):
        found = _LEVELLED.match(line.item.text)
        opened = next((kind for kind, name in _SCALES if name.match(line.item.text)), None)
        if opened and _is_heading(line) and not found:
            scale, is_among = opened, True
        elif not found and _begins_another_part(text.lines, place):
            is_among = False
        elif found or (is_among and _lacks_level(text.lines, place)):
            is_among = True
            end = found.end("name") if found else None
            name = text.phrase(line.item.part(0, end))
            accredited = found["accredited"] if found else None
            level = (found["level"] or accredited) if found else None
            kind = scale or CriterionKind.COMPETENCY
            if accredited:
                kind = CriterionKind.VALUE
            items.append(Requirement(kind, name, is_essential=True, level=level))
            if level is None:
                findings.append(Finding(_MISSING_LEVEL, "no level is printed (K13)", name))
    return items, findings


def _begins_another_part(lines: tuple[Line, ...], place: int) -> bool:
    """Tell `How to apply` from an item that sounds like it, among others that have levels."""
    line = lines[place]
    if not _is_heading(line) or not _ANOTHER_PART.search(line.text):
        return False
    following = next((other for other in lines[place + 1 :] if _is_heading(other)), None)
    return following is None or not _LEVELLED.match(following.item.text)


def _lacks_level(lines: tuple[Line, ...], place: int) -> bool:
    """Tell a bare heading, with its paragraph below."""
    is_followed = place + 1 < len(lines) and len(lines[place + 1].text) > _PROSE
    line = lines[place]
    return is_followed and _is_heading(line) and line.text[-1] not in ":,;"


def _is_heading(line: Line) -> bool:
    text = line.text
    return not line.is_bullet and len(text) <= _LONGEST_HEADING and text[-1] not in ".;,!?"


def _asks(sentence: str) -> bool:
    """Tell an introduction: `you will need the following skills`."""
    return (
        _SECTION.search(sentence) is not None
        and re.search(
            r"\byou(?:'ll|\s+will|\s+must)?\s+(?:need|have|be\s+able)\b.*\bfollowing\b"
            r"|\bfollowing\b.*\b(?:essential|required|needed)\b|\bessential\b.*:$"
            r"|\bneed\s+the\s+following\b",
            sentence,
            re.IGNORECASE,
        )
        is not None
    )


def _is_needed(heading: str, by_introduction: bool) -> bool:  # noqa: FBT001 - of the heading above
    if _WISHED.search(heading):
        return False
    return by_introduction or _NEEDED.search(heading) is not None


def _kind(heading: str) -> CriterionKind | None:
    """Tell which kind of criteria a heading opens, if any."""
    if not _SECTION.search(heading) or _LEVELLED.match(heading):
        return None
    named = _KIND.search(heading)
    return CriterionKind(named.lastgroup or "") if named else CriterionKind.EXPERIENCE


def _requirement(
    text: Text,
    span: Span,
    kind: CriterionKind,
    is_essential: bool,  # noqa: FBT001 - one call above
) -> Requirement:
    """Take an item as printed; one that leads with a qualification is a qualification (K7)."""
    lead = span.text.partition(" - ")[0]
    if lead == span.text:
        lead = next(sentences_of(span)).text
    if _QUALIFIED.search(lead):
        kind = CriterionKind.QUALIFICATION
    return Requirement(kind, _shortened(text.phrase(span)), is_essential)


def _shortened(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}\u2026"
