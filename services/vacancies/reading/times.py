"""Clock times as people write them: `23:55`, `11.55pm`, `12 noon`, `midday`, `midnight`."""

import re
from dataclasses import dataclass
from datetime import time
from typing import Final

_HALF_DAY: Final = 12
_OFFSET: Final = r"[+-]\d{1,2}(?::?\d{2})?"
_ZONE: Final = (
    rf"(?:\s*\(?(?P<zone>(?:BST|GMT|UTC|Z|W?EST|CES?T|EES?T|E[SD]T)(?:{_OFFSET})?\b"
    r"|[+-](?:0\d|1[0-4]):?[0-5]\d\b)\)?)?"
)
# Behind figures that leave it open, or that it contradicts: `08:00 in the evening`.
_HALF: Final = r"(?:\s+(?:in\s+the|at)\s+(?P<said>morning|afternoon|evening|night)\b)?"
_FORM: Final = re.compile(
    r"(?:(?<![a-z])(?:12(?:[.:]00)?\s*)?(?<![a-z])(?P<word>noon|midday|midnight)\b"
    r"|(?<![\d\u00a3])(?<!\d[:.,])(?:"
    r"(?P<hour>\d{1,2})(?:\s?[.:]?\s?(?P<minute>\d{2}))?\s*(?P<half>[ap])\.?\s?m\b\.?"
    r"|(?P<bare>\d{1,2})\s*o'?\s?clock(?:\s+in\s+the\s+(?P<part>morning|afternoon|evening))?"
    r"|(?P<hour24>\d{1,2})[.:](?P<minute24>\d{2})(?::\d{2})?(?![\d:/%]|\.\d)(?:\s*(?:hrs?|hours)\b)?"
    + _HALF
    + r"|(?P<military>\d{4})\s*h(?:rs?|ours)?\b"
    # Four figures alone: 2026 could be a year.
    r"|(?P<alone>(?:[01]\d|2[1-3])[0-5]\d)(?=\s*(?:[.,;)](?!\d)|$|on\b))))" + _ZONE,
    re.IGNORECASE,
)
# Words for a time of day that no clock shows; the first kind may stand beside one that does.
_LOOSE: Final = re.compile(
    r"(?:close|end)\s+of\s+(?:business|play|work|(?:the\s+)?(?:working\s+|business\s+)?day)\b"
    r"|\bc\.?o\.?[bp]\b",
    re.IGNORECASE,
)
_UNREAD: Final = re.compile(
    r"\b(?:half|quarter|minutes?)[\s-]+(?:past|to)\b|\b(?:past|after)\s+midnight\b"
    r"|\bmidnight\s+(?:between|at\s+the\s+(?:start|beginning))\b"
    r"|\b(?:start|beginning)\s+of\b|\bfirst\s+thing\b|\b(?:lunch|tea)[\s-]?time\b"
    r"|\b[a-z]+\s+o'\s?clock\b"
    r"|(?<!\bin\sthe\s)(?<!\bat\s)\b(?:morning|afternoon|evening|night)\s+o[fn]\b"
    r"|\b(?:at|by)\s+\d{1,2}(?:\s+in\s+the\s+\w+|\s+sharp)?(?=\s*(?:[.,;)](?!\d)|$|on\b))"
    r"|\b\d{1,2}\s?h\s?\d{2}\b",
    re.IGNORECASE,
)
# Four figures alone are a time behind these or behind nothing; `Ref 1534` is another number.
_WORD_BEFORE: Final = re.compile(r"(\w+)\W{0,3}$")
_LEADS_TO_TIME: Final = re.compile(
    r"at|by|before|until|till|than|to|is|date|time|deadline|clos\w+|\w*day", re.IGNORECASE
)
_NEAR: Final = 20
LAST_MINUTE: Final = time(23, 59)


@dataclass(frozen=True, slots=True)
class PrintedTime:
    """A clock time as it stands in a text; None if it cannot be one, or is none.

    `doubt` says what a reader should know: `midnight` is read as the end of the day, for example.
    With no time it says why there is none: `close of business` is no clock time.
    `is_ambiguous` means that nobody can tell morning from evening.
    """

    start: int
    end: int
    at: time | None
    doubt: str = ""
    is_ambiguous: bool = False
    zone: str = ""


def find_times(text: str) -> list[PrintedTime]:
    """Find every clock time, from left to right, and words that mean one and leave it open."""
    times = [_read(match) for match in _FORM.finditer(text) if not _is_another_number(match)]
    loose = [] if times else [*_LOOSE.finditer(text)]
    unread = [_leave_open(match) for match in (*loose, *_UNREAD.finditer(text))]
    return sorted((*times, *unread), key=lambda printed: printed.start)


def _is_another_number(match: re.Match[str]) -> bool:
    """Tell four figures alone that another word introduces, or other figures."""
    if not match["alone"]:
        return False
    word = _WORD_BEFORE.search(match.string[max(0, match.start() - _NEAR) : match.start()])
    return word is not None and not _LEADS_TO_TIME.fullmatch(word[1])


def _leave_open(match: re.Match[str]) -> PrintedTime:
    said = " ".join(match.group().split())
    return PrintedTime(match.start(), match.end(), None, f"`{said}` is no clock time")


def _read(match: re.Match[str]) -> PrintedTime:
    parts = match.groupdict()
    at, doubt, is_ambiguous = _clock(parts)
    return PrintedTime(
        match.start(), match.end(), at, doubt, is_ambiguous, (parts["zone"] or "").upper()
    )


def _clock(parts: dict[str, str | None]) -> tuple[time | None, str, bool]:
    """Read the parts: the time, what is doubtful about it, whether it could be either half."""
    if word := parts["word"]:
        return _midnight(word) if word.casefold() == "midnight" else (time(12), "", False)
    if parts["bare"]:
        half = {"morning": "a", "afternoon": "p", "evening": "p"}.get(
            (parts["part"] or "").casefold()
        )
        hour = int(parts["bare"])
        return _twelve(hour, 0, half) if half else (_time(hour, 0), "", True)
    if parts["half"]:
        return _twelve(int(parts["hour"] or 0), int(parts["minute"] or 0), parts["half"])
    four = parts["military"] or parts["alone"] or ""
    figures, minute = parts["hour24"] or four[:2], int(parts["minute24"] or four[2:])
    if parts["said"] and 1 <= int(figures) <= _HALF_DAY:
        return _by_part(int(figures), minute, parts["said"].casefold())
    return _twenty_four(figures, minute)


def _by_part(hour: int, minute: int, part: str) -> tuple[time | None, str, bool]:
    """Read figures of twelve hours; a night has an end before midnight and one behind it."""
    if part == "night":
        return _time(hour, minute), "", True
    return _twelve(hour, minute, "a" if part == "morning" else "p")


def _midnight(word: str) -> tuple[time | None, str, bool]:
    return LAST_MINUTE, f"`{word}` is read as the end of that day", False


def _twelve(hour: int, minute: int, half: str) -> tuple[time | None, str, bool]:
    is_afternoon = half.casefold() == "p"
    if hour > _HALF_DAY:  # `23:55pm` can only mean one thing, `14:00am` nothing
        return (_time(hour, minute), "", False) if is_afternoon else (None, "", False)
    if hour == 0 and is_afternoon:  # midday or midnight
        return None, "", False
    if hour in {0, _HALF_DAY} and minute == 0 and not is_afternoon:
        return _midnight(f"{hour}am")
    if hour == _HALF_DAY and minute == 0:
        return time(12), "`12pm` is read midday: is midnight meant?", False
    return _time(hour % _HALF_DAY + (_HALF_DAY if is_afternoon else 0), minute), "", False


def _twenty_four(figures: str, minute: int) -> tuple[time | None, str, bool]:
    hour = int(figures)
    if minute == 0 and hour in {0, 24}:
        return _midnight(f"{figures}:00")
    at = _time(hour, minute)
    if len(figures) == 1 and hour > 0:
        return at, "", True  # `5:00` without am or pm
    if hour in {10, 11, 12}:
        said = "midday" if hour == _HALF_DAY and minute == 0 else "by the 24-hour clock"
        return at, f"`{figures}:{minute:02}` is read {said}: is evening meant?", False
    return at, "", False


def _time(hour: int, minute: int) -> time | None:
    try:
        return time(hour, minute)
    except ValueError:
        return None
