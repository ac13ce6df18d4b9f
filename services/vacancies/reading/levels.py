"""Lists whose items have a level, and the items in them that lack it (K11 to K13)."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from services.vacancies.reading.text import Line, Span
from shared.contracts.vacancies import CriterionKind

_LEVELLED: Final = re.compile(
    r"(?P<name>.{2,80}?)\s*(?P<sign>[(:-])\s*(?:level\s*(?P<level>\d{1,2})?|(?P<accredited>accredited))\s*"
    r"(?:\)[.;,]?)?$",
    re.IGNORECASE | re.DOTALL,
)
_SCALES: Final = (
    (CriterionKind.TECHNICAL, re.compile(r"technical\s+(?:skills?|knowledge)", re.IGNORECASE)),
    (CriterionKind.VALUE, re.compile(r"values\b", re.IGNORECASE)),
    (CriterionKind.COMPETENCY, re.compile(r"(?:competenc|behaviour)\w+", re.IGNORECASE)),
)
# `How to apply`, `Pay and benefits`, `Location: Lambeth`; but `Customer contact` may be an item.
_PART: Final = re.compile(
    r"(?:about|our|what|why|who|when|where|how\s+(?:we|you)|to\s+apply)\b"
    r"|(?:(?:and|of|to|the|this|your?|we|us|will|need(?:ed)?|for|how|now|next|further|additional|more"
    r"|key|main|job|role|post|posted|person|staff|employee|work(?:ing)?|contract|type|title|grade"
    r"|reference|department|dates?|details|apply(?:ing)?|applications?|process|steps|closing|contact"
    r"|interviews?|vetting|level|location|hours|offer|pay|salary|pension|benefits?|perks|purpose|duties"
    r"|responsibilities|information|diversity|equality|inclusion|reasonable|adjustments?"
    r"|essential|desirable|necessary|minimum|required|requirements?|criteria|specification"
    r"|knowledge|skills?|experience|qualifications?)\b[\s&,/()-]*)+(?::|$)",
    re.IGNORECASE,
)
# `Vetting: Level 2` is a fact of the post and no criterion; but `Vetting (Level 2)` may be one.
_OF_THE_POST: Final = r"grade|band|rank|salary|pay|contract|vetting|clearance|nppv|location|level"
_FACT: Final = re.compile(
    rf"(?=.*\b(?:{_OF_THE_POST})\b)(?:\b(?:{_OF_THE_POST}|type|scale|police|non|personnel|staff"
    r"|security|role|post|job|work|required|requirements?|minimum|of|the)\b\W*)+",
    re.IGNORECASE | re.DOTALL,
)
_FEW_WORDS: Final = 3  # of a heading, where a sentence has more
WISHED: Final = re.compile(
    r"\b(?:desirable|preferred|nice\s+to\s+have|advantage\w*)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Item:
    """Something that should have a level; `level` is None where none is printed."""

    kind: CriterionKind
    name: Span
    level: str | None = None
    is_wished: bool = False


def has_level(passage: Line) -> bool:
    """Tell an item with its level, or with the place for one: `Driving (Level 3)`."""
    found = _LEVELLED.match(passage.item.text)
    return found is not None and (found["sign"] == "(" or not is_fact(found["name"]))


def is_fact(label: str) -> bool:
    """Tell the name of a fact of the post: `Grade`, `Vetting level`."""
    return _FACT.fullmatch(label) is not None


def scales_of(
    passages: Sequence[Line], sections: Mapping[int, CriterionKind]
) -> dict[int, CriterionKind]:
    """Find the headings of lists with levels, and what each lists.

    `sections` are headings of other words that have items with a level under them.
    Technical skills in a list of bullets are like other skills (K14) where no level is printed.
    """
    scales = {}
    is_levelled = any(map(has_level, passages))
    for place, passage in enumerate(passages):
        if place in sections:
            named = (kind for kind, name in _SCALES if name.search(passage.text))
            scales[place] = next(named, sections[place])
            continue
        kind = next((kind for kind, name in _SCALES if name.match(passage.text)), None)
        if kind is None or not passage.is_heading or has_level(passage):
            continue
        first = next((p for p in passages[place + 1 :] if p.is_bullet or _is_bare(p)), None)
        if is_levelled or kind is not CriterionKind.TECHNICAL or not (first and first.is_bullet):
            scales[place] = kind
    return scales


def read_levels(
    passages: Sequence[Line], scales: dict[int, CriterionKind], taken: Collection[int]
) -> Iterator[Item]:
    """Read each list of items with levels, leaving out the passages that are `taken`."""
    scale = CriterionKind.COMPETENCY
    cuts = [
        place
        for place, passage in enumerate(passages)
        if place in scales or (place + 1 in taken and _is_another_part(passage))
    ]
    for start, end in pairwise([0, *cuts, len(passages)]):
        scale = scales.get(start, scale)
        heading = start if start in scales else None
        is_wished = heading is not None and _is_wished(passages, heading)
        run = [place for place in range(start, end) if place not in taken]
        for passage in _items(passages, run, heading):
            yield replace(_item(passage, scale), is_wished=is_wished)


def _items(passages: Sequence[Line], run: Sequence[int], heading: int | None) -> Iterator[Line]:
    """Read on from the heading, or where the first level is, to another part of the advert.

    Before the last level whatever may be an item is one; behind it, what looks like those before.
    """
    levelled = {place for place in run if has_level(passages[place])}
    first, last = min(levelled, default=len(passages)), max(levelled, default=-1)
    has_bullets = any(passages[place].is_bullet for place in levelled)
    begin = _begin(passages, first) if heading is None else heading + 1
    before = heading
    for place in run:
        passage = passages[place]
        is_behind = place > last
        if place < begin:
            continue
        if is_behind and _is_another_part(passage):
            return
        is_in_bullets = before is not None and passages[before].is_bullet
        if passage.is_bullet:
            is_item = has_bullets or is_in_bullets or before == heading
        else:
            is_like = before == place - 1 or _is_described(passages, place)
            is_item = _is_bare(passage) and (not is_behind or (is_like and not is_in_bullets))
        if is_item or place in levelled:
            yield passage
            before = place


def _begin(passages: Sequence[Line], first: int) -> int:
    """Find where a list without a heading begins: a bullet may lack its level above the first."""
    begin = first
    while (
        0 < begin < len(passages) and passages[begin].is_bullet and passages[begin - 1].is_bullet
    ):
        begin -= 1
    return begin


def _item(passage: Line, scale: CriterionKind) -> Item:
    found = _LEVELLED.match(passage.item.text)
    if found is None or not has_level(passage):
        return Item(scale, passage.item)
    kind = CriterionKind.VALUE if found["accredited"] else scale
    name = passage.item.part(0, found.end("name"))
    return Item(kind, name, found["level"] or found["accredited"])


def _is_wished(passages: Sequence[Line], heading: int) -> bool:
    """Tell by its heading, or by a short one just above that, what is not essential."""
    above = passages[max(0, heading - 1)]
    is_short = above.is_heading and len(above.text.split()) <= _FEW_WORDS
    named = [passages[heading], *([above] if is_short else [])]
    return any(not has_level(one) and WISHED.search(one.text) for one in named)


def _is_described(passages: Sequence[Line], place: int) -> bool:
    return place + 1 < len(passages) and not passages[place + 1].is_heading


def _is_bare(passage: Line) -> bool:
    return passage.is_heading and not passage.text.endswith(":")


def _is_another_part(passage: Line) -> bool:
    is_fact_of_the_post = _LEVELLED.match(passage.text) and not has_level(passage)
    return passage.is_heading and bool(is_fact_of_the_post or _PART.match(passage.text))
