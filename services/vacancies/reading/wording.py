"""Fields that are words: title (D10), location, reference, employer, engagement, role, vetting."""

import re
from collections.abc import Iterator
from typing import Final

from services.vacancies.reading.labels import labelled
from services.vacancies.reading.result import (
    NOT_PRINTED,
    Finding,
    Found,
    Held,
    Outcome,
    Source,
)
from services.vacancies.reading.text import Text
from shared.contracts.vacancies import Employer, Engagement, RoleType

_LOCATION: Final = (
    r"(?:work(?:ing|place)?\s+|job\s+|office\s+)?(?:location|base)(?:\(s\)|s)?|place\s+of\s+work"
    r"|workplace|based(?:\s+(?:at|in))?|where"
)
_PLACE: Final = r"[A-Z](?:(?!\s+(?:and|but)\s+[a-z])[\w' -])*"
_BASED_AT: Final = re.compile(
    r"\b(?:[Yy]ou\s+will\s+be|[Yy]ou'll\s+be|(?:role|post|position)\s+is)\s+"
    rf"(?:based|located)\s+(?:at|in)\s+(?P<place>{_PLACE}(?:,\s+{_PLACE})*)"
)
_REFERENCE: Final = (
    r"(?:(?:vacancy|job|advert|post)\s+)?(?:ref(?:erence)?\.?|id)(?:\s+(?:no\.?|number|code))?"
    r"|(?:vacancy|requisition)\s+(?:id|no\.?|number)"
)
_ENGAGEMENT: Final = (
    r"(?:(?:type|length)\s+of\s+)?(?:contract|employment|engagement|appointment|post|job)"
    r"\s*(?:type|basis|length|term|duration)?|tenure|basis|duration"
)
_STATUS: Final = r"status|(?:role|staff|employee|job|post)\s+(?:type|group|category)"
_VETTING: Final = (
    r"(?:security\s+|level\s+of\s+)?(?:vetting|clearance)(?:\s+(?:level|required|req\.?))?"
)
_EMPLOYERS: Final = {
    Employer.MET: re.compile(
        r"(?i:\bmetropolitan\s+police)|\bMet\s+Police|\b[Tt]he\s+Met\b|\bMPS\b|\bmetpolice\w*"
    ),
    Employer.KENT_ESSEX: re.compile(r"(?i:\b(?:kent|essex)\s+police)\b|\bKent\s+and\s+Essex\b"),
}
_KINDS: Final = re.compile(
    r"\b(?:(?P<permanent>permanent)|(?P<interim>interim)"
    r"|(?P<temporary>temporary|fixed[- ]term|FTC|secondment"
    r"|(?:maternity|paternity|adoption|parental)\s+(?:leave\s+)?cover))\b",
    re.IGNORECASE,
)
# Behind the label of an engagement: nothing but a length, or words that speak of one.
_MONTHS: Final = (
    r"(?:\d{1,2}|one|two|three|four|five|six|nine|twelve|eighteen)[\s-]+(?:months?|years?)\b"
)
_LENGTH: Final = re.compile(
    rf"(?:for\s+|up\s+to\s+)?(?P<temporary>{_MONTHS})(?:\s+contract)?\W*", re.IGNORECASE
)
_LIMITED: Final = re.compile(
    r"(?!.*\b(?:experience|history|probation\w*|service|qualif\w+|resid\w+)\b)"
    rf".*\b(?:{_MONTHS}|until\b(?!\s+(?:\d{{1,2}}\s*(?:[.:]\d|[ap]\.?m)|noon|mid)))",
    re.IGNORECASE,
)
_SAYS_KIND: Final = re.compile(
    rf"{_KINDS.pattern}(?:[ ,]+(?!posts|roles)[\w()-]+){{0,4}}?[ ]+"
    r"(?:role|post|position|contract|vacancy|basis|appointment|opportunity)\b"
    rf"|\b(?:role|post|position|contract|vacancy|appointment)\s+is\s+(?:an?\s+)?"
    + re.sub(r"\?P<\w+>", "?:", _KINDS.pattern),
    re.IGNORECASE,
)
_OFFICER: Final = re.compile(
    r"\bpolice\s+(?:officer|constable)\b(?!s)|\b(?:detective|special)?\s*constable\b"
    r"|\b(?:detective|police)\s+(?:sergeant|inspector|superintendent)\b",
    re.IGNORECASE,
)
_STAFF: Final = re.compile(
    r"\bpolice\s+staff\s+(?:role|post|position|vacancy|job|member)\b", re.IGNORECASE
)
_RULE: Final = re.compile(r"early\s+departure|re-?join|eligible", re.IGNORECASE)
_NEEDS_VETTING: Final = re.compile(
    r"\b(?:(?:recruitment|management|enhanced|developed|security\s+check|counter[- ]terrorist\s+"
    r"check|non-police\s+personnel|RV|MV|SC|DV|eDV|CTC|NPPV\s?\d?)\b[\w /()-]{0,30}?"
    r"\b(?:vetting|clearance|cleared)\b)(?:\s+\((?:RV|MV|SC|DV|CTC)\))?",
    re.IGNORECASE,
)


def read_location(text: Text) -> Outcome[str]:
    """Read where the post is; two different places are held."""
    found = [(value.value, value.phrase) for value in labelled(text, _LOCATION, most=None)]
    for sentence in text.sentences:
        if not found and (match := _BASED_AT.search(sentence.text)):
            found.append((text.phrase(sentence.part(match.start("place"), match.end("place"))),
                          text.phrase(sentence.part(match.start(), match.end()))))  # fmt: skip
    return _only(found, "location")


def read_reference(text: Text) -> Outcome[str]:
    """Read the vacancy's reference; few adverts print one."""
    found = [(value.value.casefold(), value.phrase) for value in labelled(text, _REFERENCE)]
    return _only(found, "reference")


def read_employer(text: Text) -> Outcome[Employer]:
    """Read whose vacancy it is; two employers are a question for a person (E15)."""
    found = {
        employer: text.quote(*match.span())
        for employer, name in _EMPLOYERS.items()
        if (match := name.search(text.folded))
    }
    if len(found) > 1:
        return Held("two_employers", "two employers are named", tuple(found.values()))
    if not found:
        return Held("no_employer", "no employer that we know is named")
    [(employer, phrase)] = found.items()
    return Found(employer, phrase)


def read_engagement(text: Text) -> Outcome[Engagement]:
    """Read how the post is held (E18); permanent where nothing is printed, and flagged."""
    found: dict[Engagement, str] = {}
    findings: tuple[Finding, ...] = ()
    for kind, phrase in _engagements(text):
        found.setdefault(Engagement(kind.lastgroup or ""), phrase)
        if not kind.group().casefold().startswith(("permanent", "temporary", "interim")):
            detail = f"`{kind.group()}` is taken as temporary"
            findings = (Finding("fixed_term", detail, phrase),)
    if len(found) > 1:
        phrases = tuple(dict.fromkeys(found.values()))
        return Held("two_engagements", f"{' and '.join(found)} are printed", phrases)
    if found:
        [(engagement, phrase)] = found.items()
        return Found(engagement, phrase, findings=findings)
    terms = (value for value in labelled(text, _ENGAGEMENT) if _LIMITED.match(value.value))
    if term := next(terms, None):
        detail = "a length or an end is printed, and not whether the post is temporary"
        return Held("unread_engagement", detail, (term.phrase,))
    detail = "how the post is held is not printed: permanent is assumed"
    assumed = Finding("engagement_assumed", detail)
    return Found(Engagement.PERMANENT, source=Source.ASSUMED, findings=(assumed,))


def read_role_type(text: Text, title: str) -> Found[RoleType]:
    """Read whether the role is police staff or police officer; staff where nothing is said."""
    for value in labelled(text, _STATUS):
        if re.search(r"police\s+staff|\bstaff\b", value.value, re.IGNORECASE):
            return Found(RoleType.POLICE_STAFF, value.phrase)
        if _OFFICER.search(value.value):
            return Found(RoleType.POLICE_OFFICER, value.phrase)
    for sentence in text.sentences:
        match = _STAFF.search(sentence.text)
        if match and not _RULE.search(sentence.text):
            phrase = text.phrase(sentence.part(match.start(), match.end()))
            return Found(RoleType.POLICE_STAFF, phrase)
    if _OFFICER.search(title) and not re.search(r"\bstaff\b", title, re.IGNORECASE):
        return Found(RoleType.POLICE_OFFICER, title)
    detail = "staff or officer is not printed: police staff is assumed"
    assumed = Finding("role_type_assumed", detail)
    return Found(RoleType.POLICE_STAFF, source=Source.ASSUMED, findings=(assumed,))


def read_vetting(text: Text) -> Outcome[str | None]:
    """Read the vetting level as printed (K4); nothing where none is."""
    found = [(value.value, value.phrase) for value in labelled(text, _VETTING)]
    for sentence in text.sentences:
        if not found and (match := _NEEDS_VETTING.search(sentence.text)):
            phrase = text.phrase(sentence.part(match.start(), match.end()))
            found.append((phrase, phrase))
    return _only(found, "vetting") if found else NOT_PRINTED


def _engagements(text: Text) -> Iterator[tuple[re.Match[str], str]]:
    """Find every kind that is named, with the words around it."""
    for value in labelled(text, _ENGAGEMENT):
        length = _LENGTH.fullmatch(value.value)
        for kind in [length] if length else _KINDS.finditer(value.value):
            yield kind, value.phrase
    for line in text.lines:
        if alone := _KINDS.fullmatch(line.text):
            yield alone, text.phrase(line.span)
    for sentence in text.sentences:
        if not _RULE.search(sentence.text):
            for said in _SAYS_KIND.finditer(sentence.text):
                phrase = text.phrase(sentence.part(said.start(), said.end()))
                for kind in _KINDS.finditer(said.group()):
                    yield kind, phrase


def _only(found: list[tuple[str, str]], name: str) -> Outcome[str]:
    """Take the value if it is printed once, or twice alike."""
    if not found:
        return Held(f"no_{name}", f"no {name} is printed")
    if len({" ".join(re.findall(r"\w+", value.casefold())) for value, _ in found}) > 1:
        phrases = tuple(phrase for _, phrase in found)
        return Held(f"two_{name}s", f"two different values are printed for {name}", phrases)
    return Found(*found[0])
