"""Letters as e-mail: plain text and HTML that say the same, and a calendar entry where it helps.

No I/O but reading the templates, which belong to the code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Final, Self
from uuid import UUID, uuid5

from icalendar import Calendar, Event, vCalAddress
from icalendar.enums import STATUS
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.notifications import decisions, wording
from services.notifications.letters import Claim, Interview, Letter, Problem
from shared.calendar import london_date
from shared.contracts.applications import Stage
from shared.contracts.envelope import NAMESPACE
from shared.contracts.notifications import MessageKind
from shared.employers import EarlyDepartureTerms, terms_of
from shared.settings import Settings

_METHODS: Final = {
    MessageKind.INTERVIEW_BOOKING: "REQUEST",
    MessageKind.INTERVIEW_CANCELLATION: "CANCEL",
}


_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    # The default would escape only names that end in .html, so nothing here.
    autoescape=select_autoescape(enabled_extensions=("html.j2",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters |= {
    "clock_time": wording.clock_time,
    "day": wording.day,
    "file_name": wording.file_name,
    "first_interviews": wording.first_interviews,
    "london_date": london_date,
    "moment": wording.moment,
    "size": wording.size,
    "working_day": wording.working_day,
}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes, and where candidates can act."""

    sender: Address
    site_url: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Read the letterhead from the settings."""
        name, address = parseaddr(settings.mail_from)
        return cls(Address(name, addr_spec=address), settings.site_url)


def compose(letter: Letter, letterhead: Letterhead, *, now: datetime) -> EmailMessage:
    """Write the whole e-mail; the same message has the same Message-ID whenever it is written."""
    facts = _facts(letter, letterhead, now)
    text = _TEMPLATES.get_template(f"{letter.claim.kind}.txt.j2")
    html = _TEMPLATES.get_template(f"{letter.claim.kind}.html.j2")
    subject = "".join(text.blocks["subject"](text.new_context(facts)))

    message = EmailMessage()
    message["Message-ID"] = message_id(letter.claim, letterhead)
    message["Date"] = now
    message["From"] = letterhead.sender
    message["To"] = _address(letter.contact.email)
    message["Subject"] = subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.render(facts), cte="quoted-printable")
    message.add_alternative(
        html.render(facts, subject=subject), subtype="html", cte="quoted-printable"
    )
    if letter.interview is not None:
        _attach_calendar(message, letter, letter.interview, letterhead, now)
    return message


def message_id(claim: Claim, letterhead: Letterhead) -> str:
    """Derive the Message-ID, by which a mail server can be asked whether it took a letter."""
    return f"<{_id_of(claim)}@{letterhead.sender.domain}>"


def _facts(letter: Letter, letterhead: Letterhead, now: datetime) -> dict[str, Any]:
    terms = terms_of(letter.timetable.employer)
    today = london_date(now)
    is_closed = now > letter.timetable.last_accepted_at
    told = letter.told or letter.timetable
    return {
        "letter": letter,
        "name": wording.greeting(letter.contact.name),
        "reference": letter.claim.application,
        "contact": letter.contact,
        "vacancy": letter.timetable,
        "employer": terms.name,
        "changes": wording.changes(told, letter.timetable, is_closed=is_closed),
        "has_moved_closing": told.closes_at != letter.timetable.closes_at,
        "expected_by": _expected_by(letter, today),
        "problems": [_in_words(problem) for problem in letter.problems],
        "explanation": letter.explanation,
        "is_open_then": not is_closed and _is_open_then(letter),
        "interview": letter.interview,
        "is_closed": is_closed,
        "is_late_arrival": letter.contact.received_at > letter.timetable.last_accepted_at,
        "challenge": letter.challenge,
        "replaces_an_answer": letter.has_told_what_it_takes_back,
        "has_withdrawn": letter.stage is Stage.WITHDRAWN,
        "may_go_back": letter.stage is Stage.NOT_ELIGIBLE,
        "has_review_ahead": today <= letter.timetable.review_latest_on,
        "has_interviews_ahead": today < letter.timetable.interviews_promised_on,
        "bar_years": (terms.early_departure or EarlyDepartureTerms()).years,
        "challenge_by": today + timedelta(days=terms.challenge_days),
        "challenge_working_days": terms.challenge_working_days,
        "site_url": letterhead.site_url,
    }


def _expected_by(letter: Letter, today: date) -> date | None:
    """Name the day by which a late review is expected, if that is not past too (W4)."""
    if letter.claim.kind is not MessageKind.REVIEW_LATE:
        return None
    expected_by = decisions.review_expected_by(letter.timetable)
    return expected_by if expected_by and today <= expected_by else None


def _is_open_then(letter: Letter) -> bool:
    """Whether the bar ends before the vacancy closes (E16)."""
    first = letter.explanation.eligible_from if letter.explanation else None
    return first is not None and first <= london_date(letter.timetable.closes_at)


def _address(email: str) -> Address:
    """Take the two parts as they are; parsing would fail on dots that only a server may judge."""
    username, _, domain = email.rpartition("@")
    return Address(username=username, domain=domain)


def _in_words(problem: Problem) -> Mapping[str, str]:
    wrong, remedy = wording.FINDINGS[problem.code]
    about = wording.file_name(problem.file.name) if problem.file else "Your documents"
    return {"about": about, "wrong": wrong, "remedy": remedy}


def _id_of(claim: Claim) -> UUID:
    return uuid5(NAMESPACE, f"message {claim.application} {claim.kind} {claim.version}")


def _place_of(interview: Interview) -> str | None:
    """Name the place of work, which may be several: where to come is not known here."""
    place = interview.location
    return f"We will confirm where to come. Place of work: {place}" if place else None


def _attach_calendar(
    message: EmailMessage,
    letter: Letter,
    interview: Interview,
    letterhead: Letterhead,
    now: datetime,
) -> None:
    """Attach the interview as a calendar entry: one UID for life, SEQUENCE up by each change."""
    method = _METHODS[letter.claim.kind]
    organizer = vCalAddress(f"mailto:{letterhead.sender.addr_spec}")
    organizer.params["CN"] = terms_of(letter.timetable.employer).name
    uid = f"{uuid5(NAMESPACE, f'interview {letter.claim.application}')}@{letterhead.sender.domain}"
    entry = Event.new(
        uid=uid,
        sequence=letter.claim.version - 1,
        stamp=now,
        start=interview.starts_at,
        end=interview.ends_at,
        summary=f"Interview: {letter.timetable.title}",
        location=_place_of(interview),
        organizer=organizer,
        attendees=[vCalAddress(f"mailto:{letter.contact.email}")],
        status=STATUS.CANCELLED if method == "CANCEL" else STATUS.CONFIRMED,
    )
    calendar = Calendar.new(
        method=method, prodid="-//Muster//Interviews//EN", uid=uid, subcomponents=[entry]
    )
    message.add_attachment(
        calendar.to_ical(),
        maintype="text",
        subtype="calendar",
        filename="interview.ics",
        params={"method": method, "charset": "utf-8"},
    )
