"""Plain words for times, sizes, names and findings (GOV.UK style), safe to put into a letter."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from shared.calendar import (
    LONDON,
    BankHolidaysUnknownError,
    london_date,
    on_or_next_working_day,
    weeks_after,
)
from shared.contracts.checks import FindingCode
from shared.contracts.vacancies import VacancyTimetabled

_PURPOSE: Final = "In it, explain your interest in the role and why you are suitable."

# What is wrong, and exactly what to do about it (D1 to D8).
FINDINGS: Final = {
    FindingCode.CV_MISSING: ("There is no CV.", "Upload one CV."),
    FindingCode.STATEMENT_MISSING: (
        "There is no personal statement.",
        f"Upload one personal statement. {_PURPOSE}",
    ),
    FindingCode.SECOND_CV: ("There are two CVs.", "Upload only one CV."),
    FindingCode.SECOND_STATEMENT: (
        "There are two personal statements.",
        "Upload only one personal statement.",
    ),
    FindingCode.COPY_OF_CV: (
        "It is a copy of your CV.",
        f"Upload a personal statement instead. {_PURPOSE}",
    ),
    FindingCode.NEAR_COPY_OF_CV: (
        "Most of it is the same as your CV.",
        f"You may keep it, but we advise you to upload another one. {_PURPOSE}",
    ),
    FindingCode.WRONG_FORMAT: (
        "It is not a PDF or a Word file.",
        "Save it as a PDF or as a Word document (.docx or .doc) and upload that.",
    ),
    FindingCode.PASSWORD_LOCKED: (
        "It is locked with a password, so we cannot open it.",
        "Remove the password and upload it again.",
    ),
    FindingCode.EMPTY: ("It is empty.", "Check the file on your device and upload it again."),
    FindingCode.DAMAGED: (
        "It is damaged, so we cannot open it.",
        "Save it again as a new PDF or Word document and upload that.",
    ),
    FindingCode.TRUNCATED: (
        "The end of the file is missing, so we cannot open it.",
        "Open it on your device, save it again and upload that.",
    ),
    FindingCode.MACROS: (
        "It contains macros, which are small programs and not safe to open.",
        "Save it as a PDF, or as a Word document without macros (.docx), and upload that.",
    ),
    FindingCode.TWO_FORMATS: (
        "It is two kinds of file in one, which is not safe to open.",
        "Save it as a new PDF and upload that.",
    ),
    FindingCode.BOMB: (
        "It unpacks to far more than a document needs, which is not safe to open.",
        "Save it as a new PDF with only your text in it and upload that.",
    ),
    FindingCode.INFECTED: (
        "Our virus scanner found something harmful in it.",
        "Check your device for viruses, save your text as a new PDF and upload that.",
    ),
    FindingCode.UNSAFE_CONTENT: (
        "It contains something that is not safe to open, such as a script or another file.",
        "Save it as a new PDF with only your text in it and upload that.",
    ),
    FindingCode.TOO_LARGE: (
        "It is too large.",
        "Make it smaller, for example by taking out pictures, and upload it again.",
    ),
    FindingCode.NO_TEXT: (
        "We cannot find any text in it. It may be a scan or a photograph.",
        "Upload a version with text that can be selected, such as the original document.",
    ),
    FindingCode.LABEL_UNCLEAR: (
        "We cannot tell whether it is your CV or your personal statement.",
        "Put “CV” or “Personal Statement” in the name of the file and upload it again.",
    ),
    FindingCode.COMBINED: (
        "It seems to be your CV and your personal statement in one file.",
        "Upload your CV and your personal statement as two files.",
    ),
    FindingCode.NOT_AS_SENT: (
        "It did not reach us as you sent it. This is not your fault.",
        "Upload it again.",
    ),
    FindingCode.NOT_INSPECTED: (
        "We could not check it. This is not your fault.",
        "Upload it again.",
    ),
    FindingCode.NOT_SCANNED: (
        "We could not check it for viruses. This is not your fault.",
        "If it is a large file, a smaller version may help. If not, you do not need to change it.",
    ),
}

_LONGEST_GREETING: Final = 60
_LONGEST_FILE_NAME: Final = 100
_MOST_MARKS: Final = 4
_JOINERS: Final = {"\u200c", "\u200d"}  # Persian and emoji need them
_INVISIBLE: Final = {"Cc", "Cf", "Cs"}
_UNLINKED: Final = "\u2060"  # word joiner: invisible, and a mail client sees no address
# A mail client makes links of these, and we would be sending somebody else's message (C13).
_LINK: Final = re.compile(r"://|www\.|@|[^\W_]{2,}\.[^\W\d_]{2,}", re.IGNORECASE)
_PHONE_NUMBER: Final = re.compile(r"(\d[\s().+-]*){5}")


def day(value: date) -> str:
    """Write a date: Tuesday 21 October 2025."""
    return f"{value:%A} {value.day} {value:%B} {value.year}"


def working_day(value: date) -> date:
    """Tell on which day work that is due on a date is done, as far as bank holidays are known."""
    try:
        return on_or_next_working_day(value)
    except BankHolidaysUnknownError:
        return value


def first_interviews(vacancy: VacancyTimetabled) -> date:
    """Find the first day on which interviews can be: so many weeks after the review opens (W8)."""
    after_review = weeks_after(london_date(vacancy.review_opens_at), vacancy.interviews.min_weeks)
    return working_day(max(vacancy.interviews_promised_on, after_review))


def clock_time(instant: datetime) -> str:
    """Write a London clock time: 11:55pm, 9am, midday, midnight."""
    local = instant.astimezone(LONDON)
    if local.hour % 12 == local.minute == 0:
        return "midday" if local.hour else "midnight"
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"  # noqa: PLR2004


def moment(instant: datetime) -> str:
    """Write a London time and date: 11:55pm on Tuesday 21 October 2025.

    Midnight is a day's first minute, which many take for its last.
    """
    time = clock_time(instant)
    which = "at the start of" if time == "midnight" else "on"
    return f"{time} {which} {day(instant.astimezone(LONDON).date())}"


def changes(told: VacancyTimetabled, new: VacancyTimetabled, *, is_closed: bool) -> list[str]:
    """Set what is new of a vacancy against what somebody was told, a sentence each (W12)."""
    close = "closed" if is_closed else "now close"
    said = (
        (f"Applications {close} at", moment(told.closes_at), moment(new.closes_at)),
        ("The hiring manager will not review applications before", _review(told), _review(new)),
        *_latest(told, new),
        (
            "Interviews will not start before",
            day(told.interviews_promised_on),
            day(new.interviews_promised_on),
        ),
        ("The role is now called", told.title, new.title),
        ("The place of work is now", told.location, new.location),
    )
    return [f"{what} {now}, instead of {before}." for what, before, now in said if before != now]


def _latest(told: VacancyTimetabled, new: VacancyTimetabled) -> Iterator[tuple[str, str, str]]:
    """Name the ends of two ranges of days; one day alone that moves is one change, not two."""
    if any(t.review_latest_on != t.review_promised_on for t in (told, new)):
        yield "The review should start by", day(told.review_latest_on), day(new.review_latest_on)


def _review(timetable: VacancyTimetabled) -> str:
    """Write the promised day and, where that is none to work on, the day on which work starts."""
    works_on = timetable.review_opens_at.astimezone(LONDON).date()
    promised = day(timetable.review_promised_on)
    if works_on == timetable.review_promised_on:
        return promised
    return f"{promised} (the review can start on {day(works_on)})"


def size(count: int) -> str:
    """Write a number of bytes as people read it: 20 KB."""
    if count < 1000:  # noqa: PLR2004
        return f"{count} bytes" if count != 1 else "1 byte"
    kilobytes = count / 1000
    return f"{kilobytes:.0f} KB" if kilobytes < 999.5 else f"{kilobytes / 1000:.1f} MB"  # noqa: PLR2004


def greeting(name: str) -> str:
    """Make a name fit for "Hello", or return nothing where "Hello" alone is safer (C7 to C13)."""
    clean = _cut(_visible(name), _LONGEST_GREETING)
    if _LINK.search(unicodedata.normalize("NFKC", clean)) or _PHONE_NUMBER.search(clean):
        return ""
    return _isolated(clean)


def file_name(name: str) -> str:
    """Show a file's name as one line of text, never as a link or turned around (B29, B30)."""
    clean = _cut(_visible(name), _LONGEST_FILE_NAME) or "a file without a name"
    for link in ("://", "www.", "@"):
        clean = clean.replace(link, _UNLINKED.join(link))
    return _isolated(clean)


def _visible(text: str) -> str:
    """Drop control and direction characters, put all white space to one space, thin out marks."""
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if category.startswith("Z") or character in "\t\r\n\x0b\x0c\x85":
            kept.append(" ")
        elif character in _JOINERS or (category not in _INVISIBLE and marks <= _MOST_MARKS):
            kept.append(character)
    one_line = " ".join("".join(kept).split())
    return one_line if one_line.strip("".join(_JOINERS)) else ""


def _cut(text: str, longest: int) -> str:
    """Shorten a text without tearing a letter from its marks."""
    if len(text) <= longest:
        return text
    end = longest
    while end > 0 and (unicodedata.category(text[end]) in {"Mn", "Me"} or text[end] in _JOINERS):
        end -= 1
    return f"{text[:end].rstrip()}…"


def _isolated(text: str) -> str:
    """Keep a right-to-left text from turning the words around it (A37)."""
    if any(unicodedata.bidirectional(character) in {"R", "AL", "AN"} for character in text):
        return f"\u2068{text}\u2069"
    return text
