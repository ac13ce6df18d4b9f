"""Sending against a real mail server that misbehaves: every message at most once (G12)."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from services.notifications import sender
from services.notifications.decisions import Ignored
from services.notifications.hours import SETTLING
from services.notifications.provider import (
    Deferred,
    MailServer,
    Refused,
    Sent,
    Unknown,
    Unreachable,
)
from services.simulator.mailbox import Fault
from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind
from shared.settings import StartTls
from tests.support.builders import NOW, interview_booked, stage_changed
from tests.support.encrypted import encrypted

NOTIFIED = ("candidate.notified.v1", "app-1")
FAILED = ("notification.failed.v1", "app-1")


async def test_a_letter_is_sent_recorded_and_announced(post_office, mailbox):
    await post_office.receive("app-1")
    await post_office.hearing.hear(stage_changed("app-1"), now=NOW)
    assert await post_office.send_all() == [Sent()]
    (letter,) = mailbox.letters
    message = message_from_bytes(letter.read_bytes(), policy=policy.default)
    assert letter.name == "000001-we-have-received-your-application-app-1@example.org.eml"
    assert "My CV.pdf, 20 KB" in message.get_body(("plain",)).get_content()
    assert await post_office.states() == {"app-1": "sent"}
    assert await post_office.announced() == [NOTIFIED]


async def test_a_booking_is_sent_with_what_was_booked(post_office, mailbox):
    await post_office.receive("app-1")
    await post_office.hearing.hear(interview_booked("app-1"), now=NOW - SETTLING)
    await post_office.owner.execute("update messaging.clock set clock_offset = $1 - now()", NOW)
    assert await post_office.send_all() == [Sent()]
    message = message_from_bytes(mailbox.letters[0].read_bytes(), policy=policy.default)
    assert "- Time: 9am to 9:45am" in message.get_body(("plain",)).get_content()
    assert [part.get_filename() for part in message.iter_attachments()] == ["interview.ics"]


async def test_a_problem_with_documents_names_the_file(post_office, mailbox):
    await post_office.receive("app-1")
    await post_office.owner.execute(
        "insert into documents.verdict values ('app-1', 1, 'met-000', 'faulty', $1, $2)",
        '[{"code": "password_locked", "document": 1}, {"code": "cv_missing", "document": null}]',
        NOW,
    )
    changed = stage_changed("app-1", Stage.DOCUMENTS_NEEDED, sequence=2)
    await post_office.hearing.hear(stage_changed("app-1"), changed, now=NOW)
    assert await post_office.send_all() == [Sent(), Sent()]
    message = message_from_bytes(mailbox.letters[1].read_bytes(), policy=policy.default)
    text = message.get_body(("plain",)).get_content()
    assert "- Your documents: There is no CV." in text
    assert "- Personal Statement.docx: It is locked with a password" in text


async def test_a_rejection_gives_the_working_of_the_rule(post_office, mailbox):
    await post_office.owner.execute("update messaging.clock set clock_offset = $1 - now()", NOW)
    await post_office.owner.execute(
        """
        insert into eligibility.verdict (application, vacancy, outcome, reasons, working,
            submitted_on, eligible_from, rules_version, facts, checked_at)
        values ('app-1', 'met-000', 'rejected', '{early_departure}', 'You left the Met on ...',
            '2025-10-20', '2026-11-22', 'test', '{}', $1)
        """,
        NOW,
    )
    await post_office.hearing.hear(stage_changed("app-1", Stage.NOT_ELIGIBLE), now=NOW)
    await post_office.owner.execute("delete from notifications.message")
    await post_office.queue("app-1", kind=MessageKind.NOT_ELIGIBLE)
    assert await post_office.send_all() == [Sent()]
    message = message_from_bytes(mailbox.letters[0].read_bytes(), policy=policy.default)
    text = message.get_body(("plain",)).get_content()
    assert "You left the Met on ..." in text
    assert "Sunday 22 November 2026" in text


async def test_a_letter_is_not_sent_before_its_time(post_office, mailbox):
    await post_office.queue("app-1", kind=MessageKind.WITHDRAWAL, after=timedelta(hours=1))
    assert await post_office.send_next() is None
    await post_office.owner.execute("update messaging.clock set clock_offset = '61 minutes'")
    assert await post_office.send_next() == Sent()


async def test_a_burst_uses_one_connection(post_office, mailbox):
    await post_office.queue(*[f"app-{n}" for n in range(5)])
    assert await post_office.send_all() == [Sent()] * 5
    assert len(mailbox._connections) == 1


async def test_two_senders_share_the_work_and_send_nothing_twice(
    post_office, mailbox, mail_settings
):
    await post_office.queue(*[f"app-{n}" for n in range(20)])
    other = MailServer(mail_settings)

    async def send(server: MailServer) -> int:
        count = 0
        while await sender.send_next(post_office.database, server) is not None:
            count += 1
        return count

    counts = await asyncio.gather(send(post_office.server), send(other))
    await other.leave()
    assert sum(counts) == 20
    assert min(counts) > 0
    assert len(mailbox.taken) == mailbox.taken.total() == 20


@pytest.mark.parametrize("fault", [Fault.BUSY_451, Fault.CLOSING_421])
async def test_F45_a_letter_put_off_is_sent_later_and_once(fault, post_office, mailbox):
    mailbox._choose = lambda _: fault if not mailbox.attempts.total() > 1 else None
    await post_office.queue("app-1")
    assert await post_office.send_all() == [Deferred(fault[-3:])]
    assert await post_office.states() == {"app-1": "queued"}
    assert await post_office.send_next() is None  # not at once
    await post_office.pass_time(minutes=10)
    assert await post_office.send_all() == [Sent()]
    assert mailbox.taken.total() == 1
    assert await post_office.announced() == [NOTIFIED]


async def test_a_letter_put_off_for_days_is_given_to_a_person(post_office, mailbox):
    mailbox._choose = lambda _: Fault.BUSY_451
    await post_office.queue("app-1")
    await post_office.pass_time(days=6)  # it waited here, for its hour or for the mail server
    assert await post_office.send_all() == [Deferred("451")]
    assert await post_office.states() == {"app-1": "queued"}
    await post_office.put_off_for(days=6)
    await post_office.send_all()
    assert await post_office.states() == {"app-1": "refused"}
    assert await post_office.announced() == [FAILED]


async def test_G10_an_outage_does_not_count_as_putting_a_letter_off(post_office, mailbox):
    """Of the second letter nobody learns while the first is tried."""
    mailbox._choose = lambda _: Fault.BUSY_451
    await post_office.queue("app-1", "app-2")
    assert await post_office.send_all() == [Deferred("451"), Deferred("451")]
    await post_office.put_off_for(days=3)
    await mailbox.close()
    assert isinstance(await post_office.send_next(), Unreachable)
    await post_office.pass_time(days=3)
    await mailbox.open(mailbox.port)
    assert await post_office.send_all() == [Deferred("451"), Deferred("451")]
    assert await post_office.states() == {"app-1": "queued", "app-2": "queued"}


async def test_G12_an_outage_forgets_no_day_on_which_a_letter_was_put_off(post_office, mailbox):
    mailbox._choose = lambda _: Fault.BUSY_451
    await post_office.queue("app-1")
    assert await post_office.send_all() == [Deferred("451")]
    await post_office.put_off_for(days=6)
    await mailbox.close()
    assert isinstance(await post_office.send_next(), Unreachable)
    await mailbox.open(mailbox.port)
    await post_office.send_all()
    assert await post_office.states() == {"app-1": "refused"}
    assert await post_office.announced() == [FAILED]


async def test_F46_a_refused_letter_is_told_and_the_others_go_on(post_office, mailbox):
    mailbox._choose = lambda letter: Fault.FULL_552 if "app-1@" in letter["To"] else None
    await post_office.queue("app-1", "app-2")
    assert await post_office.send_all() == [Refused("552"), Sent()]
    await post_office.pass_time(days=1)
    assert await post_office.send_next() is None
    assert await post_office.states() == {"app-1": "refused", "app-2": "sent"}
    assert FAILED in await post_office.announced()


@pytest.mark.parametrize(
    ("fault", "taken"), [(Fault.CUT_BEFORE_TAKING, 0), (Fault.CUT_AFTER_TAKING, 1)]
)
async def test_F47_a_letter_of_unknown_end_is_listed_and_never_sent_again(
    fault, taken, post_office, mailbox
):
    mailbox._choose = lambda _: fault
    await post_office.queue("app-1")
    (end,) = await post_office.send_all()
    assert isinstance(end, Unknown)
    await post_office.pass_time(days=1)
    assert await post_office.send_next() is None
    assert await post_office.states() == {"app-1": "unknown"}
    assert await post_office.announced() == [FAILED]
    assert mailbox.taken.total() == taken


async def test_a_connection_cut_after_the_reply_loses_no_letter(post_office, mailbox, until):
    mailbox._choose = lambda _: Fault.CUT_AFTER_REPLY if not mailbox.taken else None
    await post_office.queue("app-1", "app-2")
    assert await post_office.send_next() == Sent()
    await until(lambda: not post_office.server._connection.is_connected)
    ends = await post_office.send_all()
    assert isinstance(ends[0], Unreachable)
    assert ends[1] == Sent()
    assert await post_office.states() == {"app-1": "sent", "app-2": "sent"}
    assert mailbox.taken.total() == 2


async def test_G10_while_the_mail_server_is_away_letters_wait_and_count_no_failure(
    post_office, mailbox
):
    await post_office.queue("app-1")
    await mailbox.close()
    for _ in range(3):
        assert isinstance(await post_office.send_next(), Unreachable)
    assert await post_office.states() == {"app-1": "queued"}
    await mailbox.open(mailbox.port)
    assert await post_office.send_next() == Sent()
    assert await post_office.announced() == [NOTIFIED]


@pytest.mark.parametrize("asked", [StartTls.YES, StartTls.IMPLICIT])
async def test_without_the_encryption_that_is_asked_for_nothing_is_sent(
    asked, post_office, mailbox, mail_settings
):
    post_office.server = MailServer(replace(mail_settings, smtp_starttls=asked))
    await post_office.queue("app-1")
    assert isinstance(await post_office.send_next(), Unreachable)
    assert not mailbox.attempts


@pytest.mark.parametrize("asked", [StartTls.YES, StartTls.IMPLICIT])
async def test_a_letter_goes_encrypted_to_a_server_that_proves_its_name_and_to_no_other(
    asked, post_office, mailbox, mail_settings, monkeypatch
):
    async with encrypted(mailbox, asked) as (port, certificate):
        there = replace(mail_settings, smtp_port=port, smtp_starttls=asked)
        post_office.server = MailServer(there)
        await post_office.queue("app-1")
        assert isinstance(await post_office.send_next(), Unreachable)
        assert not mailbox.attempts
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert await post_office.send_next() == Sent()
        await post_office.server.leave()
    assert mailbox.taken.total() == 1


async def test_what_is_no_longer_true_is_not_sent(post_office, mailbox):
    await post_office.queue("app-1", kind=MessageKind.INVITATION)
    withdrawn = stage_changed("app-1", Stage.WITHDRAWN, sequence=2)
    await post_office.hearing.hear(withdrawn, now=NOW)
    ends = await post_office.send_all()
    expected = [Ignored("untrue at withdrawn"), Sent(), Sent()]
    assert sorted(map(repr, ends)) == sorted(map(repr, expected))
    assert [path.name[7:23] for path in mailbox.letters] == [
        "we-have-received",
        "you-have-withdra",
    ]


async def test_a_letter_that_cannot_be_written_does_not_hold_up_the_others(post_office, mailbox):
    await post_office.hearing.hear(stage_changed("app-1", Stage.INTERVIEW_BOOKED), now=NOW)
    await post_office.owner.execute("delete from notifications.message")
    await post_office.queue("app-1", kind=MessageKind.INTERVIEW_BOOKING)  # without an hour
    await post_office.queue("app-2")
    assert await post_office.send_all() == [Deferred("not composed"), Sent()]


async def test_a_letter_that_cannot_be_judged_does_not_hold_up_the_others(
    post_office, mailbox, monkeypatch
):
    def why_not(letter, _):
        assert letter.claim.application != "app-1", "whatever it is, it is this letter's alone"

    monkeypatch.setattr(sender, "why_not", why_not)
    await post_office.queue("app-1", "app-2")
    assert await post_office.send_all() == [Deferred("not composed"), Sent()]


async def test_a_letter_to_somebody_unknown_is_given_to_a_person(post_office):
    await post_office.hearing.hear(stage_changed("app-1"), now=NOW)
    assert await post_office.send_all() == [Refused("no contact")]
    assert await post_office.announced() == [FAILED]
