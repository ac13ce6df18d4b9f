"""A person finds the letters that did not go, and sends them again: `./muster letters` (G12)."""

import asyncio
import json

import pytest

from services.console import __main__ as console
from services.console import timeline
from services.notifications import sending_storage
from services.notifications.decisions import Ignored
from services.notifications.hours import SETTLING
from services.notifications.letters import Claim, State
from services.notifications.provider import Deferred, Refused, Sent
from services.simulator.mailbox import Fault
from services.vacancies.worker import SERVICE as VACANCIES
from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind
from shared.settings import settings
from tests.support.at_once import until_waiting_or_done
from tests.support.builders import (
    NOW,
    VACANCY,
    stage_changed,
    vacancy_published,
    vacancy_timetabled,
)
from tests.support.hearing import Hearing

AGAIN = ("send-again", "app-1", "--kind", "acknowledgement")


@pytest.fixture
def letters(database, monkeypatch, capsys):
    """The command on this database, its words on one line."""
    monkeypatch.setenv("DATABASE_URL", database.owner)
    monkeypatch.setattr("signal.signal", lambda *_: None)  # threads may not set handlers
    settings.cache_clear()

    async def run(*words: str) -> tuple[int, str]:
        code = await asyncio.to_thread(console.main, ["letters", *words])
        said = capsys.readouterr()
        text = said.out + said.err
        assert "--json" in words or max(map(len, text.splitlines())) <= 80
        return code, text if "--json" in words else " ".join(text.split())

    yield run
    settings.cache_clear()


async def fail(post_office, mailbox, fault: Fault, *applications: str) -> None:
    """Let the mail server fail on the first letter to each of these."""
    await post_office.owner.execute("update messaging.clock set clock_offset = $1 - now()", NOW)
    await post_office.queue(*applications)
    mailbox._choose = lambda _: fault
    await post_office.send_all()
    mailbox._choose = lambda _: None


async def test_G12_a_refused_letter_is_listed_with_its_cause_and_goes_again_with_its_own_id(
    post_office, mailbox, letters
):
    await fail(post_office, mailbox, Fault.FULL_552, "app-1")
    [message_id] = mailbox.attempts
    code, said = await letters("list")
    assert code == 0
    assert said == (
        "app-1 acknowledgement number 1: refused, the mail server answered 552; "
        f"since Mon 20 Oct 2025 13:00 Message-ID {message_id} 1 letter"
    )
    code, said = await letters(*AGAIN)
    assert (code, "Queued again: app-1 acknowledgement number 1" in said) == (0, True)
    assert "twice" not in said
    assert await post_office.send_all() == [Sent()]
    assert list(mailbox.attempts.values()) == [2]
    assert list(mailbox.taken.values()) == [1]
    assert await letters("list") == (0, "0 letters")
    code, said = await letters("list", "--application", "app-1")
    assert said.startswith("app-1 acknowledgement number 1: is sent; since Mon 20 Oct 2025")
    assert f"Message-ID {message_id} 1 letter" in said
    events = await timeline.load_events(post_office.owner, "app-1")
    assert [line.text for line in timeline.lines(events)] == [
        "mail not sent: acknowledgement (refused)",
        "mail: acknowledgement",
    ]


async def test_G12_whoever_sends_a_letter_of_unknown_end_again_is_told_that_it_may_arrive_twice(
    post_office, mailbox, letters
):
    await fail(post_office, mailbox, Fault.CUT_AFTER_TAKING, "app-1")
    _, said = await letters("list")
    assert "unknown, the connection ended (SMTPServerDisconnected)" in said
    code, said = await letters(*AGAIN)
    assert (code, "It may arrive twice" in said) == (0, True)
    assert await post_office.send_all() == [Sent()]
    assert list(mailbox.taken.values()) == [2]  # under one id, by which a mail client joins them


async def test_G12_who_sent_it_before_cannot_say_any_more_how_it_ended(
    post_office, mailbox, letters
):
    await fail(post_office, mailbox, Fault.CUT_BEFORE_TAKING, "app-1")
    await letters(*AGAIN)
    first = Claim("app-1", VACANCY, MessageKind.ACKNOWLEDGEMENT, 1, attempt=1)
    async with post_office.database.transaction() as tx:
        assert await sending_storage.record_end(tx, first, State.SENT) is None
        assert await sending_storage.claim_next(tx) is not None
        assert await sending_storage.record_end(tx, first, State.SENT) is None


async def test_a_program_gets_every_letter_without_name_or_address(post_office, mailbox, letters):
    await fail(post_office, mailbox, Fault.FULL_552, "app-1", "app-2")
    code, said = await letters("list", "--json")
    assert (code, "example.org" in said, "Ada" in said) == (0, False, False)
    first, second = json.loads(said)
    assert {first.pop("message_id"), second["message_id"]} == mailbox.attempts.keys()
    assert first.pop("since").startswith("2025-10-20T12:00")
    assert first == {
        "application": "app-1", "vacancy": VACANCY, "kind": "acknowledgement", "number": 1,
        "state": "refused", "why": "the mail server answered 552",
    }  # fmt: skip
    assert second["application"] == "app-2"


async def test_letters_of_one_vacancy_are_listed_alone(post_office, mailbox, letters, database):
    await fail(post_office, mailbox, Fault.FULL_552, "app-1")
    vacancies = Hearing(VACANCIES, await database.service("vacancies"))
    await vacancies.hear(vacancy_published(), vacancy_published(vacancy="other"), now=NOW)
    assert "1 letter" in (await letters("list", "--vacancy", VACANCY))[1]
    assert "0 letters" in (await letters("list", "--vacancy", "other"))[1]
    code, said = await letters("list", "--vacancy", "another")
    assert (code, "There is no vacancy another." in said) == (1, True)


async def test_what_has_become_untrue_meanwhile_does_not_go_again(post_office, mailbox, letters):
    await post_office.hearing.hear(stage_changed("app-1", Stage.INVITED), now=NOW - SETTLING)
    await fail(post_office, mailbox, Fault.FULL_552, "app-1")
    assert "app-1 invitation number 1: refused" in (await letters("list"))[1]
    await letters("send-again", "app-1", "--kind", "invitation")
    withdrawn = stage_changed("app-1", Stage.WITHDRAWN, sequence=2)
    await post_office.hearing.hear(withdrawn, now=NOW)
    assert Ignored("untrue at withdrawn") in await post_office.send_all()
    assert "invitation" not in (await letters("list"))[1]
    _, said = await letters("send-again", "app-1", "--kind", "invitation")
    assert "app-1 invitation number 1 is overtaken, untrue at withdrawn" in said


async def test_a_dry_run_queues_nothing(post_office, mailbox, letters):
    await fail(post_office, mailbox, Fault.FULL_552, "app-1")
    code, said = await letters(*AGAIN, "--dry-run")
    assert (code, "Would be queued again: app-1" in said) == (0, True)
    assert await post_office.states() == {"app-1": "refused"}


async def test_a_letter_put_off_for_days_is_put_off_for_days_again(post_office, mailbox, letters):
    mailbox._choose = lambda _: Fault.BUSY_451
    await post_office.queue("app-1")
    await post_office.send_all()
    await post_office.put_off_for(days=6)
    await post_office.send_all()
    assert await post_office.states() == {"app-1": "refused"}
    assert "refused, the mail server answered 451" in (await letters("list"))[1]
    await letters(*AGAIN)
    assert await post_office.send_all() == [Deferred("451")]
    assert await post_office.states() == {"app-1": "queued"}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("app-1", "--kind", "acknowledgement"), 1, "Nothing is changed: app-1 ackn"),
        (("app-1", "--kind", "invitation"), 1, "app-1 has no letter invitation"),
        (("nobody", "--kind", "invitation"), 1, "There is no application nobody."),
        (("app-2", "--kind", "challenge_received"), 2, "Say which with --number: app-2 challenge"),
        (("app-2", "--kind", "challenge_received", "--number", "2"), 0, "Queued again: app-2"),
    ],
)
async def test_a_letter_that_cannot_go_again_is_refused_with_a_reason(
    post_office, letters, words, code, says
):
    await post_office.queue("app-1")
    await post_office.send_all()
    await post_office.queue("app-2", kind=MessageKind.CHALLENGE_RECEIVED)
    await post_office.owner.execute(
        """
        insert into notifications.message
            (application, vacancy, kind, version, planned_at, send_after)
        select application, vacancy, kind, 2, planned_at, send_after
        from notifications.message where application = 'app-2';
        update notifications.message set state = 'refused', detail = '550'
        where application = 'app-2';
        """
    )
    found, said = await letters("send-again", *words)
    assert (found, says in said) == (code, True)


async def test_G12_E20_a_letter_that_names_another_vacancy_is_given_to_a_person(
    post_office, mailbox, letters
):
    """A challenge that names another may be opened before its application is judged."""
    await post_office.hearing.hear(vacancy_timetabled(vacancy="met-another"), now=NOW)
    await post_office.queue("app-1")
    await post_office.owner.execute("update notifications.message set vacancy = 'met-another'")
    assert await post_office.send_all() == [Refused("wrong vacancy")]
    assert mailbox.attempts.total() == 0
    _, said = await letters("list")
    assert "refused, its application is for another vacancy: tell the candidate" in said


async def test_G12_a_letter_that_went_a_moment_ago_is_not_said_to_be_queued_again(
    post_office, mailbox, letters, database
):
    await fail(post_office, mailbox, Fault.CUT_AFTER_TAKING, "app-1")
    async with post_office.database.transaction() as tx:
        claim = Claim("app-1", VACANCY, MessageKind.ACKNOWLEDGEMENT, 1, attempt=1)
        await sending_storage.record_end(tx, claim, State.SENT)
        command = asyncio.create_task(letters(*AGAIN))
        await until_waiting_or_done(database, [command])
    code, said = await command
    assert (code, "Nothing is changed: app-1 acknowledgement number 1 is sent" in said) == (
        1,
        True,
    )
