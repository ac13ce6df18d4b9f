"""What an advert says of its days: which date and clock time belongs to closing, posting, ...

A date or time belongs to the nearest cue before it in its sentence, else to the first behind it,
else to a label on a line above, as long as nothing else is said below that. A closing date that
is only counted from is no cue.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from services.vacancies.reading.dates import WEEKDAY, PrintedDate, find_dates
from services.vacancies.reading.text import Span, Text
from services.vacancies.reading.times import PrintedTime, find_times


class Topic(StrEnum):
    """What a date is about: a lookalike is a last day for something else than applying."""

    CLOSING = "closing"
    FOR_SOME = "for_some"
    LOOKALIKE = "lookalike"
    POSTING = "posting"
    INTERVIEW = "interview"
    OTHER = "other"


_UNTIL: Final = r"(?:by|before|until|till|on or before|up to|no later than|not later than)"
_CLOSING: Final = (
    r"(?:closing|expiry|(?:advert|vacancy|application)\s+end)\s+(?:date|time|day)"
    r"(?:\s*(?:and|&|/)\s*time)?"
    r"|(?:application\s+)?deadline|clos(?:es|ing|e)\b(?!\s+(?:protection|to\b|of\b))|expires?\b"
    r"|last\s+(?:day|date|chance)\s+(?:to\s+apply|for\s+appl\w+)"
    rf"|open\s+(?:for\s+applications\s+)?{_UNTIL}|(?:extended|re-?opened)\s+(?:to|until|till)\b"
    rf"|(?:apply|applying)\b(?:[^\S\n]+\w+){{0,4}}?\s+{_UNTIL}\b"
    r"|(?:applications?|forms?|cvs?)\b(?:\s+\w+){0,5}?"
    r"\s+(?:submitted|received|returned|made|sent|in|us|uploaded|accepted|completed|welcome)"
    rf"(?:\s+\w+){{0,4}}?\s+{_UNTIL}\b"
    rf"|(?:submit|send|return|complete|get|upload)\b(?:\s+\w+){{0,6}}?\s+{_UNTIL}\b"
)
_POSTING: Final = (
    r"(?:date\s+)?(?:posted|published|advertised)(?:\s+(?:on|date))?|posting\s+date"
    r"|date\s+of\s+(?:advert\w*|posting)|advert\w*\s+date"
    r"|(?:applications?\s+|vacancy\s+)?open(?:s|ed|ing)?(?:\s+(?:date|on|from|for\s+appl\w+)|(?=:))"
    r"|live\s+from"
)
_OTHER: Final = (
    r"open\s+(?:day|evening)|webinar|session|start(?:s|ing|ed)?\b|commenc\w+|begins?\b|contract"
    r"|fixed[- ]term|temporary|secondment|amended|updated|induction|training|review\w*|sift\w*"
    r"|shortlist\w*|vetting|effective|end\s+date|tests?\b|references?\b|office|pension|briefings?\b"
)
_CUE: Final = re.compile(
    rf"\b(?:(?P<closing>{_CLOSING})|(?P<posting>{_POSTING})|(?P<interview>interview\w*|assessment\w*)"
    rf"|(?P<other>{_OTHER}))",
    re.IGNORECASE,
)
_COUNTED_FROM: Final = re.compile(
    r"(?:after|following|from|since|before|once|when)\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)
# A day before which nobody may apply opens the vacancy; whatever else is denied is no closing.
_DENIED: Final = re.compile(
    r"(?:\b(?:not|never|cannot|no)\b|n['\u2019]t\b).*\b(?:before|until|till)$",
    re.IGNORECASE | re.DOTALL,
)
# Closings of internal applicants or of external ones; of both together it is everybody's.
_BOTH: Final = re.compile(
    r"\binternal\W+(?:and|or)?\W*external|\bexternal\W+(?:and|or)?\W*internal", re.IGNORECASE
)
_SOME: Final = re.compile(
    r"\b(?:internal|external|redeploy\w*|at[- ]risk|(?:existing|serving|current)\s+"
    r"(?:staff|employees|officers|pcsos|members|colleagues))\b",
    re.IGNORECASE,
)
_ELSE: Final = (
    r"quer(?:y|ies)|questions?|briefings?|webinars?|adjustments?|book(?:ing)?|places?|events?"
    r"|sessions?|references?|vetting|regist(?:er|rations?)|expressions?|short-?list\w*|sift\w*"
    r"|interviews?|assessments?|tests?|familiari[sz]ation|visits?|pre-?application|feedback|appeals?"
)
_APPLYING: Final = (
    r"(?:\w+\s+){0,3}?(?:appl\w+|this|receipt|submi\w+|completed|candidates?|everyone|forms?|cvs?"
    r"|(?:the|our)\s+(?:role|post|position|vacancy|job|advert\w*|campaign))\b"
)
_BEFORE_CUE: Final = re.compile(
    rf"\b(?:early|priority|{_ELSE})\s+(?:applications?\s+)?$"
    r"|\b(?:offers?|licen[cs]es?|certificates?|contracts?|clearances?|passports?|visas?)\s+$"
    r"|\bwe\s+(?:will|shall|aim\s+to|hope\s+to|expect\s+to)\s+$"
    r"|\b(?:if|about|on)\s+(?:your?|an?|any|the)\s+$"
    r"|\b(?:encourag\w+|recommend\w*|advis\w+|suggest\w*|ideally|prefer\w*)\b[^.;]*$",
    re.IGNORECASE,
)
# What closes or has a deadline of its own: `payroll deadline`, `the office closes at 5pm`.
_OWN: Final = re.compile(
    r"\b(?!(?:the|a|an|this|our|its?|is|was|been|first|date|by|of|to|and|that|which|we"
    r"|will|now|also|final|strict|absolute|new|extended|applications?|closing|submissions?|vacanc(?:y|ies)|advert\w*|jobs?"
    r"|campaign|recruitment|firm|roles?|posts?|positions?|window|competition|opportunity)\b)"
    r"[a-z]+,?\s+$",
    re.IGNORECASE,
)
# A contract may be extended to a day as well as an advert.
_EXTENDED: Final = re.compile(r"extended|re-?opened", re.IGNORECASE)
_NO_ADVERT: Final = re.compile(
    r"(?!.*\b(?:advert\w*|vacancy|campaign|clos\w+|deadline|applications?)\b)"
    r".*\b(?:contracts?|fixed|terms?|secondments?|appointments?|funding|cover|hours"
    r"|(?:may|might|could|can)\s+(?:\w+\s+)?be)\b",
    re.IGNORECASE | re.DOTALL,
)
_VERB: Final = re.compile(r"published|opened", re.IGNORECASE)
_OWNED: Final = re.compile(r"deadline|closes?", re.IGNORECASE)
# Between `apply` and `by` these begin something else: `you may apply if you joined before`.
_OTHER_DEED: Final = re.compile(
    r"^apply\w*\b.*\b(?:if|must|have|has|who|when|unless|again)\b"
    r"|\b(?:reviewed|assessed|acknowledged|decided)\b",
    re.IGNORECASE | re.DOTALL,
)
_BEHIND_CUE: Final = re.compile(
    rf"\s*(?:for|to)\s+(?:(?!{_APPLYING})[a-z]|[^\d.;]*?\b(?:{_ELSE})\b)"
    r"|.*\b(?:priorit\w+|preference|guarantee\w*|be\s+(?:offered|given|entered)"
    r"|(?:first|early)\s+(?:consideration|round|tranche|cohort|batch|wave)"
    r"|(?:be|are)\s+(?!(?:\w+\s+)?(?:clos|end|withdr|remov|taken))(?:\w+\s+){0,2}"
    r"(?:first(?!\s+come)|early|earlier|sooner))\b",
    re.IGNORECASE | re.DOTALL,
)
_SIFTED_FIRST: Final = re.compile(
    r"\b(?:sift|review|short-?list|interview)\w*\s+(?:first|early|earlier|sooner)\b", re.IGNORECASE
)
_SUBMITS: Final = re.compile(r"(?:submit|send|return|complete|get|upload)\b", re.IGNORECASE)
_AN_APPLICATION: Final = re.compile(
    r"\b(?:appl\w+|forms?|cvs?|statements?|it|them|us|documents?|papers|everything|this)\b"
    r"|^\w+\s+(?:\w+\s+)?(?:by|before|until|till|up|no|not|on)\b",
    re.IGNORECASE,
)
_SAYS_IT: Final = re.compile(r"\s*(?:(?:of|is|was|has|to|now|will|on|at)\b|[:(-])", re.IGNORECASE)
_NEAR: Final = 40
_FILLER: Final = re.compile(
    rf"(?:\W|\b(?:{WEEKDAY}|at|by|on|in|of|or|the|before|until|till|up|to|no|not|later|than|is|now"
    r"|date|time|uk|british|summer|local|london|sharp|prompt(?:ly)?|strictly|latest|end|morning"
    r"|afternoon|evening|night)\b)*",
    re.IGNORECASE,
)
_LABEL_ONLY: Final = re.compile(r"\W*(?:(?:the|job|advert|vacancy|application)\s+)?")


@dataclass(frozen=True, slots=True)
class Statement:
    """Dates and times that a sentence gives for one topic, and the stretch that says so."""

    topic: Topic
    span: Span
    dates: tuple[PrintedDate, ...]
    times: tuple[PrintedTime, ...]


@dataclass(frozen=True, slots=True)
class _Cue:
    topic: Topic
    start: int
    end: int


def statements(text: Text) -> Iterator[Statement]:
    """Find everything that the advert says of days and times."""
    above: tuple[_Cue, Span] | None = None
    for sentence in text.sentences:
        cues = _cues(sentence.text)
        dates = find_dates(sentence.text)
        times = find_times(_without(sentence.text, dates))
        if not dates and not times:
            above = (cues[0], sentence) if _is_label(sentence.text, cues) else None
        elif cues:
            yield from _by_topic(sentence, cues, dates, times)
            above = None
        elif above and (own := _times_under_label(sentence.text, dates, times)) is not None:
            cue, label = above
            whole = Span(text.folded[label.start : sentence.end], label.start)
            yield Statement(cue.topic, whole, tuple(dates), own)
        else:
            above = None


def mentions(text: Text, *topics: Topic) -> list[str]:
    """Quote the sentences that speak of the topics at all."""
    return [
        text.phrase(sentence)
        for sentence in text.sentences
        if any(cue.topic in topics for cue in _cues(sentence.text))
    ]


def _cues(sentence: str) -> list[_Cue]:
    cues = []
    matches = list(_CUE.finditer(sentence))
    ends = [*(match.start() for match in matches), len(sentence)][1:]
    plain = _plain_closing(sentence) if matches else Topic.CLOSING
    for match, end in zip(matches, ends, strict=True):
        topic = Topic(match.lastgroup or Topic.OTHER)
        before = sentence[max(0, match.start() - _NEAR) : match.start()]
        if topic is Topic.CLOSING:
            topic = _closing_of(before, match.group(), sentence[match.end() : end], plain)
        if _EXTENDED.match(match.group()) and _NO_ADVERT.match(sentence, 0, match.start()):
            topic = Topic.OTHER
        if topic is Topic.POSTING and _VERB.match(match.group()) and _OWN.search(before):
            topic = Topic.OTHER
        is_counted_from = (
            topic is Topic.CLOSING
            and _COUNTED_FROM.search(before)
            and not _SAYS_IT.match(sentence, match.end())
        )
        if not is_counted_from:
            cues.append(_Cue(topic, match.start(), match.end()))
    return cues


def _plain_closing(sentence: str) -> Topic:
    """Tell whose closing a sentence speaks of, as far as all of it together says."""
    if _SIFTED_FIRST.search(sentence):
        return Topic.LOOKALIKE
    is_for_some = _SOME.search(sentence) and not _BOTH.search(sentence)
    return Topic.FOR_SOME if is_for_some else Topic.CLOSING


def _closing_of(before: str, cue: str, behind: str, plain: Topic) -> Topic:
    """Tell everybody's closing from that of some, and from what only looks like one."""
    if _DENIED.search(before + cue):
        return Topic.OTHER
    is_not_applying = (
        re.search(rf"\b(?:{_ELSE})\b", cue, re.IGNORECASE)
        or (_SUBMITS.match(cue) and not _AN_APPLICATION.search(cue))
        or (_OWNED.fullmatch(cue) and _OWN.search(before))
        or _OTHER_DEED.search(cue)
    )
    if is_not_applying or _BEHIND_CUE.match(behind) or _BEFORE_CUE.search(before):
        return Topic.LOOKALIKE
    return plain


def _is_label(sentence: str, cues: Sequence[_Cue]) -> bool:
    if not cues:
        return False
    rest = _LABEL_ONLY.sub("", sentence[: cues[0].start]) + sentence[cues[0].end :]
    return not re.search(r"\w", rest)


def _times_under_label(
    sentence: str, dates: Sequence[PrintedDate], times: Sequence[PrintedTime]
) -> tuple[PrintedTime, ...] | None:
    """Take the times of a line below a label; None if the line speaks of something else.

    A time that other words part from its date may be that of something else.
    """
    rest = _without(sentence, (*dates, *times))
    if not dates:
        return tuple(times) if _FILLER.fullmatch(rest) else None
    before = rest[: dates[0].start]
    if ":" in before and not _FILLER.fullmatch(before):
        return None
    joined = tuple(
        t
        for t in times
        if any(_FILLER.fullmatch(rest, min(t.end, d.end), max(t.start, d.start)) for d in dates)
    )
    doubt = "other words part the clock time from the date: is it for something else?"
    return joined or tuple(replace(t, at=None, doubt=doubt) for t in times)


def _by_topic(
    sentence: Span,
    cues: Sequence[_Cue],
    dates: Sequence[PrintedDate],
    times: Sequence[PrintedTime],
) -> Iterator[Statement]:
    """Give every date and time to its cue."""
    for topic in Topic:
        own_dates = tuple(d for d in dates if _cue_of(d.start, cues).topic is topic)
        own_times = tuple(t for t in times if _cue_of(t.start, cues).topic is topic)
        places: list[PrintedDate | PrintedTime] = [*own_dates, *own_times]
        if places:
            marks = [_cue_of(place.start, cues) for place in places]
            start = min(mark.start for mark in (*marks, *places))
            end = max(mark.end for mark in (*marks, *places))
            yield Statement(topic, sentence.part(start, end), own_dates, own_times)


def _cue_of(place: int, cues: Sequence[_Cue]) -> _Cue:
    return next((cue for cue in reversed(cues) if cue.start <= place), cues[0])


def _without(sentence: str, places: Sequence[PrintedDate | PrintedTime]) -> str:
    """Blank dates out, so that 21.10.2025 is not also ten past nine in the evening."""
    for printed in places:
        gap = " " * (printed.end - printed.start)
        sentence = sentence[: printed.start] + gap + sentence[printed.end :]
    return sentence
