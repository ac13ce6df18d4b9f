"""Windows as printed: `1 to 2 weeks after the closing date`, `a fortnight after the review`.

What is counted, review or interviews, is the nearest such word before the window, else behind it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.vacancies.reading.result import Finding, Found, Held, Outcome
from services.vacancies.reading.statements import Statement, Topic, mentions
from services.vacancies.reading.text import Text
from shared.contracts.vacancies import ClosingAnchor, Window

_WORDS: Final = (
    "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_NUMBER: Final = rf"(?:\d{{1,3}}|{'|'.join(_WORDS)}|an?)"
_REVIEW: Final = r"review\w*|sift\w*|short-?\s?list\w*"
_WINDOW: Final = re.compile(
    r"\b(?:(?P<vague>within|up\s+to|not?\s+(?:later|longer|more)\s+than"
    r"|not?\s+(?:less|fewer|earlier|sooner)\s+than|(?:less|fewer)\s+than|at\s+most"
    r"|(?:a\s+)?maximum(?:\s+of)?|at\s+least|more\s+than|over"
    r"|about|around|approximately|roughly|circa)\s+)?"
    rf"(?<![\d.,/;-])(?<!half\s)(?P<low>{_NUMBER})\s*(?:weeks?\s*)?"
    rf"(?:(?:-to-|-|to|and|or)\s*(?P<high>{_NUMBER})\s*)?"
    r"(?P<kind>working\s+|business\s+|calendar\s+|full\s+)?"
    r"(?P<unit>week|wk|fortnight|day|month)s?'?\b(?:'\s*time)?"
    r"\s+(?P<from>after|from|of|following|once|later)\b\s*"
    r"(?P<anchor>(?:(?!\b(?:and|interviews?)\b|,)[^.;]){0,80})",
    re.IGNORECASE,
)
_SUBJECT: Final = re.compile(
    rf"\b(?:(?P<interviews>interview\w*)|(?P<review>{_REVIEW}))", re.IGNORECASE
)
_ACTUAL: Final = re.compile(
    r"\b(?:vacancy|advert|post|campaign|job|role)\s+(?:has\s+|is\s+|was\s+)?(?:closed|closes)\b"
    r"|\bclosure\b|\bactual\w*\s+clos|\bclosing\s+of\s+(?:the|this)\s+(?:vacancy|advert)",
    re.IGNORECASE,
)
_CLOSING: Final = re.compile(r"\bclos(?:ing|e|es|ed)\b|\bdeadline\b", re.IGNORECASE)
_AFTER_REVIEW: Final = re.compile(rf"\b(?:{_REVIEW})", re.IGNORECASE)
_WEEK: Final = 7
_MOST: Final = 52
_AT_LEAST: Final = re.compile(r"at\s+least|not?\s|more|over", re.IGNORECASE)
_WITHIN: Final = re.compile(
    r"within|up\s|not?\s+(?:later|longer|more)|less|fewer|at\s+most|(?:a\s+)?max", re.IGNORECASE
)
# When somebody hears of it is not when it begins, unless the sentence says that too.
_NEWS: Final = re.compile(r"\b(?:heard?|assume|contacted|notified|informed)\b", re.IGNORECASE)
_BEGINNING: Final = (
    r"\b(?:start|begin|commenc|open|held|take\s+place|follows?\b"
    r"|(?:be|to|we|will)\s+(?:review|sift|short-?list))"
)
_BEGINS: Final = re.compile(_BEGINNING, re.IGNORECASE)
# What the weeks lead to is said by the nearest of these; so is a bound that stands before another.
_DEED: Final = re.compile(
    r"\b(?P<other>(?:ends?|ended|ending|finish\w*|conclu\w+|runs?(?!\s+from)|lasts?|until|till"
    r"|complet\w+(?!\s+(?:\w+\s+)?(?:applications?|forms?|cvs?)\b)|takes?(?!\s+place)"
    r"|at\s+least|than)\b|(?:(?:not|cannot|never)\b|\w+n't\b)(?:\s+\w+){0,2})"
    rf"|{_BEGINNING}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Promise:
    """A window, and for the review what its weeks count from (C7)."""

    window: Window
    anchor: ClosingAnchor = ClosingAnchor.CLOSING_DATE


@dataclass(frozen=True, slots=True)
class _Printed:
    subject: str
    window: Window | None
    anchor: str
    phrase: str
    is_plain: bool
    findings: tuple[Finding, ...]


def read_review(text: Text) -> Outcome[Promise]:
    """Read when the review begins, and whether that counts from the date or the closing (C7)."""
    found = _of(text, "review", _CLOSING)
    agreed = _agree(found, "review", "no review window is printed")
    if isinstance(agreed, Held):
        return agreed
    window, findings = agreed.value, agreed.findings
    anchors = {_anchor(printed.anchor) for printed in found}
    if len(anchors) > 1:
        phrases = tuple(printed.phrase for printed in found)
        return Held("two_anchors", "the review counts from two different things", phrases)
    anchor = anchors.pop()
    if anchor is None:
        if found[0].anchor.strip():
            detail = "the review counts from something other than the closing"
            return Held("unknown_anchor", detail, (found[0].phrase,))
        detail = "what the weeks count from is not printed: the closing date is assumed"
        findings += (Finding("anchor_assumed", detail, found[0].phrase),)
        anchor = ClosingAnchor.CLOSING_DATE
    return Found(Promise(window, anchor), agreed.phrase, findings=findings)


def read_interviews(text: Text, said: Sequence[Statement]) -> Outcome[Promise]:
    """Read when interviews begin, in weeks after the review; other counts are held."""
    found = _of(text, "interviews", _AFTER_REVIEW)
    fixed = [text.phrase(s.span) for s in said if s.topic is Topic.INTERVIEW and s.dates]
    if not found and fixed:
        detail = "interviews are printed as days, not as weeks after the review"
        return Held("interview_days", detail, tuple(fixed))
    agreed = _agree(found, "interview", "no interview window is printed")
    if isinstance(agreed, Held):
        return replace(
            agreed, phrases=agreed.phrases or tuple(mentions(text, Topic.INTERVIEW)[:3])
        )
    findings = agreed.findings
    if fixed:
        detail = "interviews are also printed as days: the weeks are taken"
        findings += (Finding("interview_days", detail, "; ".join(fixed)),)
    anchors = [printed.anchor for printed in found]
    if any(_CLOSING.search(a) and not _AFTER_REVIEW.search(a) for a in anchors):
        detail = "interviews count from the closing, not from the review"
        return Held("unknown_anchor", detail, (agreed.phrase,))
    if not any(_AFTER_REVIEW.search(a) for a in anchors):
        detail = "what the weeks count from is not printed: the review is assumed"
        findings += (Finding("anchor_assumed", detail, agreed.phrase),)
    return Found(Promise(agreed.value), agreed.phrase, findings=findings)


def window_of(words: str) -> Window:
    """Read `1 to 2 weeks`, as an option gives it; raises ValueError for what is no window."""
    match = _WINDOW.match(f"{Text.of(words).folded.strip()} after")
    window = _window(match) if match else None
    if window is None:
        raise ValueError(words)
    return window


def _of(text: Text, subject: str, anchor: re.Pattern[str]) -> list[_Printed]:
    """Take the windows of a subject: those that count from where they should, else all."""
    found = [printed for printed in _windows(text) if printed.subject == subject]
    return [printed for printed in found if anchor.search(printed.anchor)] or found


def _agree(found: Sequence[_Printed], name: str, missing: str) -> Outcome[Window]:
    phrases = tuple(dict.fromkeys(printed.phrase for printed in found))
    if not found:
        return Held(f"no_{name}_window", missing)
    if unclear := tuple(printed.phrase for printed in found if not printed.is_plain):
        detail = "the weeks that are printed are not plainly those until it begins"
        return Held("unread_window", detail, unclear)
    windows = {printed.window for printed in found}
    if None in windows:
        detail = "the window is not in whole calendar weeks"
        return Held("not_in_weeks", detail, phrases)
    if len(windows) > 1:
        return Held(f"two_{name}_windows", "two different windows are printed", phrases)
    [window] = windows
    assert window
    findings = tuple(f for printed in found for f in printed.findings)
    return Found(window, "; ".join(phrases), findings=findings)


def _anchor(printed: str) -> ClosingAnchor | None:
    if _ACTUAL.search(printed):
        return ClosingAnchor.ACTUAL_CLOSE
    return ClosingAnchor.CLOSING_DATE if _CLOSING.search(printed) else None


def _windows(text: Text) -> Iterator[_Printed]:
    for sentence in text.sentences:
        is_news = _NEWS.search(sentence.text) and not _BEGINS.search(sentence.text)
        named = [] if is_news else list(_SUBJECT.finditer(sentence.text))
        end = 0
        for match in _WINDOW.finditer(sentence.text) if named else ():
            subject = _subject(named, match)
            if subject:
                is_plain = _is_plain(sentence.text, end, match.start(), subject)
                place = sentence.part(match.start(), match.end()) if is_plain else sentence
                phrase = text.phrase(place).rstrip(".")
                yield _Printed(
                    subject.lastgroup or "", _window(match), match["anchor"], phrase, is_plain,
                    _doubts(match, phrase),
                )  # fmt: skip
                end = match.end()


def _subject(named: Sequence[re.Match[str]], match: re.Match[str]) -> re.Match[str] | None:
    """Take the nearest word before the window, else the first behind what it counts from."""
    anchor = _CLOSING.search(match["anchor"]) or _AFTER_REVIEW.search(match["anchor"])
    behind = match.start("anchor") + (anchor.end() if anchor else 0)
    before = [word for word in named if word.start() < match.start()]
    after = (word for word in named if word.start() >= behind)
    return before[-1] if before else next(after, None)


def _is_plain(sentence: str, begin: int, end: int, subject: re.Match[str]) -> bool:
    """Tell the weeks until it begins from those until it ends, or is not yet begun."""
    if subject.start() < end:
        deed = next(reversed([*_DEED.finditer(sentence, begin, end)]), None)
    else:
        deed = _DEED.search(sentence, subject.end())
    return deed is None or deed["other"] is None


def _window(match: re.Match[str]) -> Window | None:
    """Read the numbers as whole calendar weeks; None where they are none."""
    low, high = _count(match["low"]), _count(match["high"] or match["low"])
    unit = match["unit"].casefold()
    kind = (match["kind"] or "").casefold()
    if unit == "month" or kind.startswith(("working", "business")):
        return None
    if unit == "day":
        if low % _WEEK or high % _WEEK:
            return None
        low, high = low // _WEEK, high // _WEEK
    if unit == "fortnight":
        low, high = 2 * low, 2 * high
    if _WITHIN.match(match["vague"] or "") and not match["high"]:
        low = 0
    return Window(min_weeks=low, max_weeks=high) if low <= high <= _MOST else None


def _doubts(match: re.Match[str], phrase: str) -> tuple[Finding, ...]:
    vague = match["vague"] or ""
    if not vague or _WITHIN.match(vague):
        return ()
    detail = "no latest day is promised" if _AT_LEAST.match(vague) else f"`{vague}` is no promise"
    return (Finding("vague_window", detail, phrase),)


def _count(number: str) -> int:
    word = number.casefold()
    if word.isdigit():
        return int(word)
    return _WORDS.index(word) + 1 if word in _WORDS else 1
