"""The text of an advert as the readers see it: lines, passages and sentences, with their places.

For matching the text is folded, one character for one: every dash is `-`, every space ` `. So a
place in it is a place in the original, and a phrase is quoted exactly as it was printed.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

_FOLDED: Final = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | dict.fromkeys("\u2018\u2019\u201b\u2032", "'")
    | dict.fromkeys("\u201c\u201d", '"')
    | dict.fromkeys("\u00a0\u00ad\u200b\u202f\u205f\u3000\ufeff", " ")
    | {chr(code): " " for code in range(0x2000, 0x200B)}
)
_LINE_ENDS: Final = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_MARKDOWN: Final = re.compile(r"\*\*|__|^#+", re.MULTILINE)
_CELL: Final = re.compile(r"[^\n|\t]+")
# `14 - 15 May` is a range and no item of a list.
_BULLET: Final = re.compile(
    r"(?:[-*\u2022\u00b7\u25aa\u25e6\u2023]|\(?\d{1,2}[.)]|\d{1,2} -(?!\s+\d))\s+"
)
_LABEL: Final = re.compile(r"[A-Z][\w /&'()-]{1,40}:")
_SENTENCE_END: Final = re.compile(r"[.!?]\s+(?=[A-Z\"'(])")
_ABBREVIATED: Final = re.compile(
    r"\b(?:[ap]\.m|req|no|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
    r"|mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)$",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(
    r"\b(?:a|after|an|and|at|before|by|for|from|in|is|of|on|or|than|the|to|with|within"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day),?$",
    re.IGNORECASE,
)
_DATE_WORD: Final = re.compile(
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)"
    r"(?:[a-z]*day|[a-z]*ber|uary|ruary|ch|il|ust)?\b",
    re.IGNORECASE,
)
_HAS_LEVEL: Final = re.compile(r"\((?:level\s*\d*|accredited)\s*\)$", re.IGNORECASE)
_WRAPPED: Final = 45
_LONGEST_HEADING: Final = 80
_LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the advert: its folded text, and where it starts."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)

    def part(self, start: int, end: int | None = None) -> "Span":
        """Cut a stretch out of it, without the spaces around."""
        text = self.text[start:end]
        return Span(text.strip(), self.start + start + len(text) - len(text.lstrip()))


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or one cell of a table, that is not blank."""

    span: Span
    follows_blank: bool

    @property
    def text(self) -> str:
        """Its folded text."""
        return self.span.text

    @property
    def is_bullet(self) -> bool:
        """Whether it is an item of a list."""
        return _BULLET.match(self.text) is not None

    @property
    def is_heading(self) -> bool:
        """Whether it may be a heading: short, and no sentence."""
        text = self.text
        return not self.is_bullet and len(text) <= _LONGEST_HEADING and text[-1] not in ".;,!?"

    @property
    def item(self) -> Span:
        """What stands behind the bullet, if there is one."""
        bullet = _BULLET.match(self.text)
        return self.span.part(bullet.end()) if bullet else self.span


@dataclass(frozen=True)
class Text:
    """An advert's text, cut up."""

    original: str
    folded: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Take the text as it comes; what cannot be printed becomes a space."""
        lines = _LINE_ENDS.sub("\n", text)
        original = "".join(
            " " if unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" else c
            for c in lines
        )
        folded = _MARKDOWN.sub(lambda mark: " " * len(mark.group()), original.translate(_FOLDED))
        return cls(original, folded)

    def quote(self, start: int, end: int) -> str:
        """Quote what is printed there, on one line."""
        return " ".join(self.original[start:end].split())

    def phrase(self, span: Span) -> str:
        """Quote a stretch as it is printed."""
        return self.quote(span.start, span.end)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line that is not blank; a cell of a table is a line."""
        lines: list[Line] = []
        end = 0
        for cell in _CELL.finditer(self.folded):
            span = Span(cell.group(), cell.start()).part(0)
            if span.text:
                lines.append(Line(span, self.folded[end : span.start].strip(" \t") != "\n"))
                end = span.end
        return tuple(lines)

    @cached_property
    def passages(self) -> tuple[Line, ...]:
        """The lines, with those put together again that were broken to fit a page."""
        passages: list[Line] = []
        for line in self.lines:
            if passages and _continues(passages[-1], line):
                first = passages[-1]
                span = Span(self.folded[first.span.start : line.span.end], first.span.start)
                passages[-1] = Line(span, first.follows_blank)
            else:
                passages.append(line)
        return tuple(passages)

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """The sentences of all passages; a heading or a label is one too."""
        return tuple(s for passage in self.passages for s in sentences_of(passage.item))


def sentences_of(span: Span) -> Iterator[Span]:
    """Cut at full stops, but not at that of `p.m.` or `Oct.`."""
    start = 0
    for stop in _SENTENCE_END.finditer(span.text):
        if not _ABBREVIATED.search(span.text[max(0, stop.start() - 12) : stop.start()]):
            yield span.part(start, stop.end())
            start = stop.end()
    yield span.part(start)


def _continues(passage: Line, line: Line) -> bool:
    """Tell whether a line goes on where the one before had no more room."""
    is_apart = line.follows_blank or line.is_bullet or _LABEL.match(line.text) is not None
    last = passage.text[passage.text.rfind("\n") + 1 :]
    is_whole = last[-1] in ".:;!?" or _HAS_LEVEL.search(last) is not None
    if is_apart or is_whole or len(passage.text) > _LONGEST:
        return False
    if _GOES_ON.search(last) or (passage.is_bullet and line.text[0].islower()):
        return True
    starts_inside = line.text[0].islower() or line.text[0] in "0123456789\u00a3("
    return len(last) >= _WRAPPED and (starts_inside or _DATE_WORD.match(line.text) is not None)
