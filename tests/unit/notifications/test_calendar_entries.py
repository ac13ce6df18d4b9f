"""The calendar entry that comes with a booking and with its cancellation."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from icalendar import Calendar

from shared.contracts.notifications import MessageKind
from tests.support.build_letters import letter
from tests.unit.notifications.test_rendering import written

INTERVIEWS = (MessageKind.INTERVIEW_BOOKING, MessageKind.INTERVIEW_CANCELLATION)


def calendar_of(message: EmailMessage) -> tuple[EmailMessage, Calendar]:
    (attachment,) = message.iter_attachments()
    assert isinstance(attachment, EmailMessage)
    payload = attachment.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return attachment, Calendar.from_ical(payload.decode())


@pytest.mark.parametrize(
    ("kind", "version", "method", "status"),
    [
        (MessageKind.INTERVIEW_BOOKING, 1, "REQUEST", "CONFIRMED"),
        (MessageKind.INTERVIEW_CANCELLATION, 2, "CANCEL", "CANCELLED"),
        (MessageKind.INTERVIEW_BOOKING, 3, "REQUEST", "CONFIRMED"),
    ],
)
def test_an_interview_comes_with_a_calendar_entry(kind, version, method, status):
    attachment, calendar = calendar_of(written(letter(kind, version)))
    (entry,) = calendar.events
    assert attachment.get_content_type() == "text/calendar"
    assert attachment["Content-Type"].params["method"] == method
    assert attachment.get_filename() == "interview.ics"
    assert calendar["METHOD"] == method
    assert entry["SEQUENCE"] == version - 1
    assert entry["STATUS"] == status
    assert entry.start == datetime(2025, 11, 4, 9, tzinfo=UTC)
    assert entry["SUMMARY"] == "Interview: Quality Technician"
    assert str(entry["ATTENDEE"]) == "mailto:ada@example.org"


def test_a_calendar_entry_claims_no_place_that_is_still_to_be_confirmed():
    [entry] = calendar_of(written(letter(MessageKind.INTERVIEW_BOOKING)))[1].events
    assert entry["LOCATION"] == (
        "We will confirm where to come. Place of work: Belvedere and Hendon"
    )


def test_every_change_of_an_interview_is_about_the_same_calendar_entry():
    uids = {
        str(calendar_of(written(letter(kind, version)))[1].events[0]["UID"])
        for kind in INTERVIEWS
        for version in (1, 2, 3)
    }
    assert len(uids) == 1


@pytest.mark.parametrize("kind", set(MessageKind) - set(INTERVIEWS))
def test_other_letters_have_no_attachment(kind):
    assert list(written(letter(kind)).iter_attachments()) == []
