"""Fields printed as a label and its value: `Location: Lambeth`, or the value on the next line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from operator import attrgetter
from typing import Final

from services.vacancies.reading.text import Line, Span, Text

_ANY_LABEL: Final = re.compile(r"[A-Z][\w /&'()-]{1,40}:(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value, and the words it was read from, label included."""

    value: str
    phrase: str


def labelled(text: Text, label: str, most: int | None = 1) -> Iterator[Labelled]:
    """Find every value that stands behind or under `label`, a regular expression.

    Of a list under it `most` items are values; None if all are.
    """
    pattern = re.compile(rf"(?:{label})\s*(:|\s-\s|$)\s*", re.IGNORECASE)
    for place, line in enumerate(text.lines):
        item = line.item
        name = pattern.match(item.text)
        if name is None:
            continue
        beside = item.part(name.end())
        for value in [beside] if beside.text else _values_under(text.lines, place)[:most]:
            yield Labelled(text.phrase(value), text.quote(item.start, value.end))


def blank_labels(text: Text) -> list[str]:
    """Name the labels under which nothing is printed; nothing is invented for them."""
    return [
        text.phrase(line.span)
        for place, line in enumerate(text.lines)
        if re.fullmatch(r"[A-Z][\w /&'()-]{1,60}:", line.text)
        and not _values_under(text.lines, place)
    ]


def _values_under(lines: tuple[Line, ...], place: int) -> list[Span]:
    """Take the next line, or all items of the list that begins there, unless it is a label."""
    below = lines[place + 1 :]
    if not below or _ANY_LABEL.match(below[0].text):
        return []
    items = [line.item for line in takewhile(attrgetter("is_bullet"), below)]
    return items or [below[0].item]
