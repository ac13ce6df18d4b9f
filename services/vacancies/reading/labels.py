"""Fields printed as a label and its value: `Location: Lambeth`, or the value on the next line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.vacancies.reading.text import Line, Span, Text

_ANY_LABEL: Final = re.compile(r"[A-Z][\w /&'()-]{1,40}:(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value, and the words it was read from, label included."""

    value: str
    phrase: str


def labelled(text: Text, label: str) -> Iterator[Labelled]:
    """Find every value that stands behind or under `label`, a regular expression."""
    pattern = re.compile(rf"(?:{label})\s*(:|\s-\s|$)\s*", re.IGNORECASE)
    for place, line in enumerate(text.lines):
        item = line.item
        name = pattern.match(item.text)
        if name is None:
            continue
        value: Span | None = item.part(name.end())
        if value is not None and not value.text:
            value = _value_under(text.lines, place)
        if value is not None:
            yield Labelled(text.phrase(value), text.quote(item.start, value.end))


def blank_labels(text: Text) -> list[str]:
    """Name the labels under which nothing is printed; nothing is invented for them."""
    return [
        text.phrase(line.span)
        for place, line in enumerate(text.lines)
        if re.fullmatch(r"[A-Z][\w /&'()-]{1,60}:", line.text)
        and _value_under(text.lines, place) is None
    ]


def _value_under(lines: tuple[Line, ...], place: int) -> Span | None:
    """Take the next line, unless that is another label."""
    if place + 1 == len(lines) or _ANY_LABEL.match(lines[place + 1].text):
        return None
    return lines[place + 1].item
