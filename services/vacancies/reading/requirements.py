"""What an advert asks for: criteria where printed, none invented (K6 to K15), and documents."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.vacancies.reading.levels import (
    WISHED,
    has_level,
    is_fact,
    read_levels,
    scales_of,
)
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
_LEVEL_ALONE: Final = re.compile(r"level\s*\d{1,2}|accredited", re.IGNORECASE)
_WITH_LEVELS: Final = {CriterionKind.TECHNICAL, CriterionKind.VALUE, CriterionKind.COMPETENCY}
_MISSING_LEVEL: Final = "missing_level"
_LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something asked for, its kind, and the words that ask."""

    kind: CriterionKind
    text: str
    is_essential: bool
    level: str | None = None

    @property
    def lacks_level(self) -> bool:
        """Whether its like have a level, and for it none is printed."""
        return self.kind in _WITH_LEVELS and self.level is None


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
        without = tuple(item.text for item in self.items if item.lacks_level)
        if not without:
            return Found(self.criteria)
        if settled != LEVELLED:
            detail = "no level is printed (K13): print it, unless this is no criterion"
            return Held(_MISSING_LEVEL, detail, without)
        others = tuple(item for item in self.items if not item.lacks_level)
        return Found(replace(self, items=others).criteria, source=Source.GIVEN)


def read_requirements(text: Text) -> Requirements:
    """Collect criteria, duties that sound like one (K8), and items with levels (K11 to K13)."""
    scales = scales_of(text.passages, _levelled_sections(text.passages))
    printed = [*_sections(text, scales), *_duties(text)]
    taken = {place for place, _ in printed}
    levelled = tuple(read_levels(text.passages, scales, taken))
    items = [item for _, item in printed]
    for one in levelled:
        words = _shortened(text.phrase(one.name))
        items.append(Requirement(one.kind, words, not one.is_wished, one.level))
    starts = {one.name.start for one in levelled}
    read = taken | {place for place, p in enumerate(text.passages) if p.item.start in starts}
    unread = (text.phrase(line.span) for line in _unread(text.passages, scales, read))
    seen: dict[tuple[object, ...], Requirement] = {}
    for item in items:
        seen.setdefault((item.text.casefold(), item.level, item.lacks_level), item)
    different = tuple(seen.values())
    return Requirements(different, tuple(_findings(different, dict.fromkeys(unread))))


def _findings(items: Sequence[Requirement], unread: Collection[str]) -> Iterator[Finding]:
    for item in items:
        if item.lacks_level:
            yield Finding(_MISSING_LEVEL, "no level is printed (K13)", item.text)
    for item in items:
        if item.kind is CriterionKind.DUTY:
            detail = "a duty of the job, no test of entry (K8)"
            yield Finding("duty_no_criterion", detail, item.text)
    unsaid = [i for i in items if not i.is_essential and i.kind is not CriterionKind.DUTY]
    if unsaid:
        detail = f"{len(unsaid)} criteria are not, or not said to be, essential"
        yield Finding("not_essential", detail, unsaid[0].text)
    for phrase in unread:
        detail = "no criterion is read here: print each as an item of a list"
        yield Finding("unread_criteria", detail, phrase)


def _levelled_sections(passages: Sequence[Line]) -> dict[int, CriterionKind]:
    """Find the headings under which an item has its level, and the kind if they name none."""
    sections = {}
    is_levelled = False
    for place, passage in reversed([*enumerate(passages)]):
        if not passage.is_heading:
            is_levelled |= has_level(passage) and not _QUALIFIED.search(passage.text)
            continue
        kind = _kind(passage)
        if kind is None and WISHED.search(passage.text) and not has_level(passage):
            kind = CriterionKind.EXPERIENCE
        if is_levelled and kind is CriterionKind.KNOWLEDGE:
            sections[place] = CriterionKind.TECHNICAL
        elif is_levelled and kind is CriterionKind.EXPERIENCE:
            sections[place] = CriterionKind.COMPETENCY
        is_levelled = False
    return sections


def _unread(
    passages: Sequence[Line], scales: Collection[int], read: Collection[int]
) -> Iterator[Line]:
    """Find the headings of criteria under which nothing is `read`, and the levels alone."""
    waiting: list[Line] = []
    is_apart = False
    for place, passage in enumerate(passages):
        if place in read:
            waiting = []
        elif not passage.is_heading:
            is_apart = True
        elif place in scales or _names_criteria(passage.text.partition(":")[0]):
            if is_apart:
                yield from waiting
                waiting = []
            waiting.append(passage)
            is_apart = False
        elif not passage.text.endswith(":"):
            yield from waiting
            waiting = []
            if _LEVEL_ALONE.fullmatch(passage.text) and not is_fact(
                passages[max(0, place - 1)].text
            ):
                yield passage
    yield from waiting


def _sections(text: Text, scales: Collection[int]) -> Iterator[tuple[int, Requirement]]:
    """Read the lists under a heading that asks for something, and each sentence with `must`."""
    kind: CriterionKind | None = None
    is_essential = intro_is_essential = False
    for place, passage in enumerate(text.passages):
        span = passage.item
        if passage.is_heading:
            kind = _kind(passage)
            is_another_part = kind is None and not span.text.endswith(":")
            if is_another_part or WISHED.search(span.text):
                intro_is_essential = False
            is_essential = _is_needed(span.text, intro_is_essential)
            if place in scales:
                kind = None
        elif _asks(span.text):
            intro_is_essential = True
            is_essential = is_essential or kind is not None
        elif passage.is_bullet and kind:
            yield place, _requirement(text, span, kind, is_essential)
        elif _MUST.search(span.text):
            yield from ((place, must) for must in _musts(text, span, kind))


def _musts(text: Text, span: Span, kind: CriterionKind | None) -> Iterator[Requirement]:
    """Take the whole paragraph under a heading of criteria, else only the sentence."""
    if kind:
        yield _requirement(text, span, kind, is_essential=True)
        return
    for sentence in sentences_of(span):
        if _MUST.search(sentence.text):
            yield _requirement(text, sentence, CriterionKind.EXPERIENCE, is_essential=True)


def _duties(text: Text) -> Iterator[tuple[int, Requirement]]:
    """Find duties that name a status to be kept: printed as a duty, so no test of entry (K8)."""
    is_inside = False
    for place, passage in enumerate(text.passages):
        if passage.is_heading:
            is_inside = _DUTIES.search(passage.text) is not None
        elif is_inside and passage.is_bullet and _STATUS_KEPT.search(passage.text):
            words = _shortened(text.phrase(passage.item))
            yield place, Requirement(CriterionKind.DUTY, words, is_essential=False)


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
    if WISHED.search(heading):
        return False
    return by_introduction or _NEEDED.search(heading) is not None


def _names_criteria(label: str) -> bool:
    return _SECTION.search(label) is not None and not is_fact(label)


def _kind(heading: Line) -> CriterionKind | None:
    """Tell which kind of criteria a heading opens, if any."""
    if not _SECTION.search(heading.text) or has_level(heading):
        return None
    named = _KIND.search(heading.text)
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
