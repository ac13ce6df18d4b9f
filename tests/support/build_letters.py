"""A letter of every kind, with defaults, and what a reader sees of it."""

from datetime import UTC, date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from services.notifications.letters import (
    Challenge,
    Claim,
    Contact,
    Explanation,
    File,
    Interview,
    Letter,
    Problem,
)
from services.notifications.rendering import Letterhead, compose
from shared.contracts.applications import Stage
from shared.contracts.checks import FindingCode
from shared.contracts.notifications import MessageKind
from tests.support.build_vacancies import vacancy_timetabled
from tests.support.story import APPLICATION, INTERVIEW_AT, LAST_ACCEPTED_AT, NOW, VACANCY

LETTERHEAD = Letterhead(
    Address("Recruitment", addr_spec="no-reply@police.example"), "https://careers.example"
)
SENT_AT = datetime(2025, 10, 20, 9, 14, tzinfo=UTC)
AFTER_CLOSING = LAST_ACCEPTED_AT + timedelta(hours=1)
WORKING = (
    "You left the Met on 21 November 2021 under an early departure scheme with compensation. "
    "Five years from that day end on 21 November 2026. "
    "You applied on 20 October 2025, before they had ended. "
    "You can apply from 22 November 2026."
)
CV = File("My CV.pdf", 20_480, "a" * 64)
STATEMENT = File("Personal Statement.pages", 1_234_567, "b" * 64)


def _challenge(reason: str | None) -> Challenge:
    return Challenge(SENT_AT + timedelta(days=2), date(2025, 11, 5), is_late=False, reason=reason)


_INTERVIEW = Interview(INTERVIEW_AT, INTERVIEW_AT + timedelta(minutes=45), "Belvedere and Hendon")
_FACTS: dict[MessageKind, dict[str, Any]] = {
    MessageKind.ACKNOWLEDGEMENT: {"files": (CV, STATEMENT), "stage": Stage.RECEIVED},
    MessageKind.DOCUMENTS_PROBLEM: {
        "files": (CV, STATEMENT),
        "problems": (
            Problem(FindingCode.STATEMENT_MISSING, None),
            Problem(FindingCode.WRONG_FORMAT, STATEMENT),
        ),
    },
    MessageKind.NOT_ELIGIBLE: {
        "explanation": Explanation(WORKING, date(2025, 10, 20), date(2026, 11, 22))
    },
    MessageKind.CHALLENGE_RECEIVED: {"challenge": _challenge(None), "stage": Stage.NOT_ELIGIBLE},
    MessageKind.CHALLENGE_UPHELD: {"challenge": _challenge("Nobody paid you any compensation.")},
    MessageKind.CHALLENGE_DISMISSED: {
        "challenge": _challenge("Your letter of release names the compensation.")
    },
    MessageKind.CLOSING_MOVED: {
        "told": vacancy_timetabled(),
        "timetable": vacancy_timetabled(
            version=2,
            closes_at=datetime(2025, 10, 31, 23, 55, tzinfo=UTC),
            review_promised_on=date(2025, 11, 7),
            review_opens_at=datetime(2025, 11, 7, 9, tzinfo=UTC),
            review_latest_on=date(2025, 11, 7),
            interviews_promised_on=date(2025, 11, 14),
        ),
    },
    MessageKind.REJECTION_CORRECTED: {
        "explanation": Explanation(
            "You left the Met on 1 May 2015.", date(2025, 10, 20), None, is_rejection=False
        )
    },
    MessageKind.INTERVIEW_BOOKING: {"interview": _INTERVIEW},
    MessageKind.INTERVIEW_CANCELLATION: {"interview": _INTERVIEW},
}


def contact(**changes: Any) -> Contact:
    defaults: dict[str, Any] = {
        "name": "Ada O'Neill",
        "email": "ada@example.org",
        "submitted_at": SENT_AT,
        "received_at": SENT_AT + timedelta(minutes=1),
    }
    return Contact(**defaults | changes)


def letter(kind: MessageKind, version: int = 1, **changes: Any) -> Letter:
    defaults: dict[str, Any] = {
        "claim": Claim(APPLICATION, VACANCY, kind, version, attempt=1),
        "stage": None,
        "contact": contact(),
        "timetable": vacancy_timetabled(),
    }
    return Letter(**defaults | _FACTS.get(kind, {}) | changes)


def written(letter: Letter, now: datetime = NOW) -> EmailMessage:
    return compose(letter, LETTERHEAD, now=now)


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return body.get_content()


def html_of(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body is not None
    return body.get_content()


def both_forms(letter: Letter, now: datetime = NOW) -> list[str]:
    """The text and the HTML, each with its words on one line."""
    message = written(letter, now)
    return [" ".join(body.split()) for body in (text_of(message), html_of(message))]
