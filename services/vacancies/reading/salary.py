"""The salary lines of an advert and their sum; a figure that does not add up is held (A1)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from services.vacancies.reading.result import NOT_PRINTED, Finding, Found, Held, Outcome
from services.vacancies.reading.text import Span, Text
from shared.contracts.vacancies import Salary

_POUNDS: Final = (
    r"(?:\u00a3|GBP)\s?(?P<pounds>\d{1,3}(?:,\d{3})+|\d{1,7})(?:\.00)?"
    r"(?![\d.,]*\d|\s*[km]\b|[^\S\n]\d{3}\b)"
)
_GAP: Final = r"(?:[^\u00a3.;\n\d]|\n(?!\s*\n))"
_ALLOWANCE: Final = r"\s+(?:allowance|weighting)"
_A: Final = r"(?:of\s+|as\s+|is\s+|for\s+)?(?:the\s+|an?\s+)?"
# Each part is printed behind its name, or before it: `£40,366 basic salary`.
_FORMS: Final = {
    "starting": (
        rf"\bstart(?:ing|s)?\b{_GAP}{{0,40}}?{_POUNDS}",
        rf"{_POUNDS}\s+(?:starting|to\s+start)\b",
    ),
    "allowances": (
        rf"\b(?:allowances|total\s+allowance){_GAP}{{0,40}}?{_POUNDS}",
        rf"{_POUNDS}\s+(?:of|in)\s+allowances\b",
    ),
    "basic": (rf"\bbasic\b{_GAP}{{0,30}}?{_POUNDS}", rf"{_POUNDS}\s+{_A}basic\b"),
    "top_of_scale": (
        rf"\b(?:top|maximum|max|rising\s+to){_GAP}{{0,40}}?{_POUNDS}",
        rf"{_POUNDS}\s+(?:at|is)\s+the\s+(?:top|maximum)\b",
    ),
    "location_allowance": (
        rf"\b(?:location|london){_ALLOWANCE}{_GAP}{{0,30}}?{_POUNDS}",
        rf"{_POUNDS}\s+{_A}(?:location|london){_ALLOWANCE}",
    ),
    "non_pensionable_allowance": (
        rf"\bnon[- ]?pensionable{_GAP}{{0,40}}?{_POUNDS}",
        rf"{_POUNDS}\s+{_A}non[- ]?pensionable\b",
    ),
}
_PATTERNS: Final = tuple(
    (part, re.compile(form, re.IGNORECASE)) for part, forms in _FORMS.items() for form in forms
)
_TOP_OF: Final = re.compile(r"\b(?:top|scale|max\w*)\b[^.;\u00a3\n]*$", re.IGNORECASE)
_PERIOD: Final = r"(?:month|week|fortnight|hour|day|shift)"
# What a figure is for, if that is no year: behind it, or before its name.
_BEHIND: Final = re.compile(
    r"(?:\s*\(?(?P<short>p\.?(?:c\.?)?m|p\.?[hwd]|monthly|weekly|hourly|daily|pro[- ]rata)\b"
    r"|[^\u00a3.;,\n\d]{0,30}?(?:\b(?:a|an|per|each|every)\s+|/\s?)(?:calendar\s+)?"
    rf"(?:year|annum|(?P<period>{_PERIOD})\b))",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(
    r"\b(?:monthly|weekly|hourly|daily)\b[^\u00a3.;,\n\d]{0,40}$", re.IGNORECASE
)
_UP_TO: Final = re.compile(r"\b(?:up\s+to|circa|around|about|approx\w*|c)\W*$", re.IGNORECASE)
_MONEY: Final = re.compile(r"(?:\u00a3|GBP)")
# An allowance with a figure that is not read as one would be missing from the sum; one that we do
# not know, unless a starting figure says that it is not part of it.
_NAMED: Final = re.compile(
    rf"\b(?:(?P<known>(?:location|london){_ALLOWANCE}|non[- ]?pensionable)"
    rf"|allowance\b|weighting\b){_GAP}{{0,30}}?"
    r"(?P<figure>\u00a3\s?\d|(?<![\d,])\d{1,3},\d{3})",
    re.IGNORECASE,
)
_UNREAD: Final = re.compile(
    r"\b(?:salary|pay|wage|basic)\b[^\n]{0,60}(?:\u00a3|GBP)\s?\d[\d,.]*", re.IGNORECASE
)
_LIMIT: Final = 1_000_000


def read_salary(text: Text) -> Outcome[Salary | None]:
    """Read the parts and check their sum (A1); a figure with parts missing is left out."""
    parts: dict[str, set[int]] = {}
    spans: list[Span] = []
    doubts: list[str] = []
    for part, span, pounds in _parts(text.folded):
        parts.setdefault(part, set()).add(pounds)
        spans.append(span)
        doubts += _doubts(text.folded, part, span)
    spans.sort(key=lambda span: span.start)
    phrases = tuple(dict.fromkeys(text.phrase(span) for span in spans))
    if twice := [part for part, found in parts.items() if len(found) > 1]:
        detail = f"two figures are printed for {', '.join(map(_words, twice))}"
        return Held("two_salaries", detail, phrases)
    if doubts:
        return Held("salary_not_by_the_year", doubts[0], phrases)
    found = {part: pounds.pop() for part, pounds in parts.items()}
    if wrong := _wrong(found):
        return Held("salary_does_not_add_up", wrong, phrases)
    is_left = _is_any_left(text.folded, spans, has_total="starting" in found)
    salary = None if is_left else _salary(found)
    if salary is None and (found or _UNREAD.search(text.folded)):
        quoted = _UNREAD.search(text.folded)
        said = "; ".join(phrases) or (text.quote(*quoted.span()) if quoted else "")
        missing = ", ".join(_words(p) for p in _FORMS if p not in found and p != "allowances")
        detail = f"the salary is left out: not printed as such: {missing}"
        return replace(NOT_PRINTED, findings=(Finding("salary_incomplete", detail, said),))
    return Found(salary, "; ".join(phrases)) if salary else NOT_PRINTED


def salary_of(words: str) -> Salary | None:
    """Read `43294=40366+1928+1000/42071` as an option gives it; None if it does not add up."""
    match = re.fullmatch(r"(\d+)=(\d+)\+(\d+)\+(\d+)/(\d+)", words.replace(",", "").strip())
    if match is None:
        return None
    starting, basic, location, other, top = map(int, match.groups())
    found = {
        "starting": starting, "basic": basic, "top_of_scale": top,
        "location_allowance": location, "non_pensionable_allowance": other,
    }  # fmt: skip
    return None if _wrong(found) else Salary(**found)


def _parts(folded: str) -> Iterator[tuple[str, Span, int]]:
    """Find every named amount; one that two names claim belongs to the nearer."""
    claims: dict[int, list[tuple[int, str, Span, int]]] = {}
    for part, form in _PATTERNS:
        for match in form.finditer(folded):
            if _is_anothers(part, match):
                continue
            span = Span(match.group(), match.start())
            pounds = int(match["pounds"].replace(",", ""))
            claims.setdefault(match.start("pounds"), []).append(
                (len(span.text), part, span, pounds)
            )
    for rivals in claims.values():
        _, part, span, pounds = min(rivals, key=lambda rival: rival[0])
        yield part, span, pounds


def _is_anothers(part: str, match: re.Match[str]) -> bool:
    """Tell a figure that the name belongs to only by accident of its place."""
    before = match.string[max(0, match.start() - 40) : match.start()]
    is_behind_name = match.start("pounds") > match.start() + len("GBP ")
    if is_behind_name:  # `top of the scale, basic £42,071`
        return part == "basic" and _TOP_OF.search(before) is not None
    # A figure alone on its line belongs to the label above.
    return "\n" in match.group() and before[-1:] in {"", "\n"}


def _doubts(folded: str, part: str, span: Span) -> Iterator[str]:
    """Say what makes a figure another than so many pounds a year."""
    money = _MONEY.search(span.text)
    start = span.start + (money.start() if money else 0)
    end = re.compile(r"\D*[\d,.]*\d").match(folded, start)
    behind = _BEHIND.match(folded, end.end()) if end else None
    before = folded[max(0, start - 60) : start]
    is_period = behind is not None and (behind["short"] or behind["period"])
    if is_period or _BEFORE.search(before):
        yield f"the {_words(part)} is not printed by the year"
    if part != "top_of_scale" and _UP_TO.search(before):
        yield f"the {_words(part)} is no certain figure"


def _is_any_left(folded: str, spans: list[Span], *, has_total: bool) -> bool:
    """Tell whether a figure of an allowance is printed that no part has taken."""
    figures = (
        named.start("figure")
        for named in _NAMED.finditer(folded)
        if named["known"] or not has_total
    )
    return any(not any(s.start <= place < s.end for s in spans) for place in figures)


def _wrong(found: Mapping[str, int]) -> str:
    """Say what does not add up, if anything (A1)."""
    if found and max(found.values()) > _LIMIT:
        return "a figure is larger than any salary"
    split = [found[p] for p in ("location_allowance", "non_pensionable_allowance") if p in found]
    total = found.get("allowances", sum(split))
    if split and sum(split) != total:
        return f"the allowances are {_sum(split)}, not {total:,}"
    if "basic" not in found:
        return ""
    basic = found["basic"]
    starting = found.get("starting", basic + total)
    if starting != basic + total:
        return f"basic and allowances are {_sum([basic, *(split or [total])])}, not {starting:,}"
    top = found.get("top_of_scale", basic)
    return f"the basic {basic:,} exceeds the top of the scale {top:,}" if basic > top else ""


def _salary(found: Mapping[str, int]) -> Salary | None:
    """Put the figure together if its parts are printed; an allowance that is not is none."""
    location = found.get("location_allowance", 0)
    other = found.get("non_pensionable_allowance", 0)
    is_whole = {"basic", "top_of_scale"} <= found.keys()
    if not is_whole or found.get("allowances", location + other) != location + other:
        return None
    return Salary(
        starting=found["basic"] + location + other,
        basic=found["basic"],
        top_of_scale=found["top_of_scale"],
        location_allowance=location,
        non_pensionable_allowance=other,
    )


def _sum(parts: list[int]) -> str:
    added = " + ".join(f"{part:,}" for part in parts)
    return added if len(parts) == 1 else f"{added} = {sum(parts):,}"


def _words(part: str) -> str:
    return part.replace("_", " ")
