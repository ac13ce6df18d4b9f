"""The job title: as labelled, as the heading, or as the body names it; two are a finding (D10)."""

import re
from collections.abc import Iterator
from typing import Final

from services.vacancies.reading.labels import labelled
from services.vacancies.reading.result import Finding, Found, Held, Outcome
from services.vacancies.reading.text import Text

_LABEL: Final = (
    r"(?:job|role|post|position|vacancy)\s+title|title|position|vacancy|job|role|post(?:ition)?"
)
_ROLE: Final = (
    r"\b(?:head|manager|officer|technician|advis[eo]r|administrator|assistant|director|lead(?:er)?"
    r"|analyst|engineer|co-?ordinator|specialist|support|investigator|supervisor|executive"
    r"|designer|developer|accountant|controller|planner|trainer|inspector|clerk|mechanic|driver"
    r"|librarian|buyer|partner|consultant|architect|scientist|examiner|operator|handler|caseworker"
    r"|constable|sergeant|receptionist|secretary|surveyor|solicitor|lawyer|writer|editor|chef"
    r"|nurse|practitioner|apprentice|agent|dispatcher|instructor|researcher|custodian)\b"
)
_WORD: Final = r"[A-Z][\w'&/]*"
_TITLE: Final = (
    rf"(?P<title>{_WORD}(?:(?:,?\s+(?:(?:of|for|and|in|the|to|-)\s+|&\s+){{0,2}}){_WORD}){{0,7}})"
)
_SEEKS: Final = r"(?:looking\s+for|seeking|recruit(?:ing)?|appoint(?:ing)?|hir(?:e|ing)|need)"
_OUR: Final = r"(?:an?\s+|our\s+next\s+|our\s+new\s+)(?:new\s+)?"
_ENDS: Final = r"(?=[,.;]|\s+(?:to|who|with|for)\b)"
_DOES: Final = r"(?:part|responsible|accountable|member|expected)"
_BODY: Final = tuple(
    re.compile(form)
    for form in (
        rf"\b[Aa]s\s+(?:an?|our|the)\s+(?:new\s+)?{_TITLE},?\s+you\b",
        rf"\b{_SEEKS}\s+{_OUR}{_TITLE}{_ENDS}",
        rf"^The\s+{_TITLE}\s+(?:is|will\s+be)\s+(?:an?\s+)?(?:key\s+)?{_DOES}\b",
        rf"^The\s+{_TITLE}\s+(?:will|leads|manages|reports|provides|supports)\b",
        rf"\b(?:role|post|position|job)\s+of\s+(?:an?\s+|the\s+)?{_TITLE}",
        rf"\b[Jj]oin\s+(?:us|our\s+team|the\s+team)\s+as\s+(?:an?\s+|our\s+)?{_TITLE}",
    )
)
_NO_TITLE: Final = re.compile(
    r"(?:line|hiring|recruiting)\s+manager|post\s*holder|recruit(?:ment|er)\b|candidate"
    r"|about\b|how\s+to|job\s+descrip|role\s+profile|salary|location|clos(?:ing|es)|posted"
    r"|welcome|apply|vacanc(?:y|ies)|police\s+staff$|(?:metropolitan|kent|essex)\s+police"
    r"|key\s+resp|main\s+(?:purpose|resp)|benefits|overview|summary|advert",
    re.IGNORECASE,
)
_EMPLOYER: Final = re.compile(
    r"(?:the\s+)?(?:metropolitan|kent|essex)\b.{0,30}\bpolice", re.IGNORECASE
)
_LONGEST: Final = 100


def read_title(text: Text) -> Outcome[str]:
    """Read the advertised title, and flag any other that the advert uses (D10)."""
    heading = _heading(text)
    found = list(_titles(text, heading)) or ([(heading, heading)] if heading else [])
    if not found:
        return Held("no_title", "no job title is printed")
    title, phrase = found[0]
    others = {
        _key(other): Finding("two_titles", f"the advert also says `{other}` (D10)", words)
        for other, words in found[1:]
        if not _is_same(title, other)
    }
    return Found(title, phrase, findings=tuple(others.values()))


def _titles(text: Text, heading: str) -> Iterator[tuple[str, str]]:
    """Find every title with its words, the advertised one first."""
    for value in labelled(text, _LABEL):
        if len(value.value) <= _LONGEST and not re.search(r"[.!?]$|\bpermanent\b", value.value):
            yield value.value, value.phrase
    if heading and re.search(_ROLE, heading, re.IGNORECASE):
        yield heading, heading
    for sentence in text.sentences:
        for form in _BODY:
            match = form.search(sentence.text)
            if match and re.search(_ROLE, match["title"], re.IGNORECASE):
                title = text.phrase(sentence.part(match.start("title"), match.end("title")))
                if not _NO_TITLE.search(title):
                    yield title, text.phrase(sentence.part(match.start(), match.end()))


def _heading(text: Text) -> str:
    """Take the first line that is not the employer's name, if it can be a title."""
    first = next((line.span for line in text.lines if not _EMPLOYER.match(line.text)), None)
    if first is None:
        return ""
    is_title = (
        len(first.text) <= _LONGEST
        and first.text[0].isupper()
        and not re.search(r"[.:!?;]$|:\s|\d{4}|\u00a3", first.text)
        and not _NO_TITLE.search(first.text)
    )
    return text.phrase(first) if is_title else ""


def _is_same(title: str, other: str) -> bool:
    """Take the short form of a title for the title itself."""
    one, two = set(_key(title).split()), set(_key(other).split())
    return one <= two or two <= one


def _key(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))
