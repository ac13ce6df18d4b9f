"""Senders that die, sleep or are told to stop: no candidate gets a message twice (G12, F8)."""

import asyncio
from contextlib import suppress

import pytest

from services.notifications import gathering, sender, sending_storage
from services.notifications.letters import State
from services.notifications.provider import MailServer, Sent, Unreachable
from services.simulator.mailbox import Fault
from shared.contracts.applications import Stage
from tests.integration.notifications.test_sending import FAILED, NOTIFIED
from tests.support.builders import NOW, stage_changed

STEPS = {
    "before the claim": (sending_storage, "claim_next", "queued"),
    "during the claim": (gathering, "find_letter", "queued"),
    "before the connection": (MailServer, "_open", "unknown"),
    "after the reply": (sending_storage, "record_end", "unknown"),
}


@pytest.mark.parametrize("step", STEPS)
async def test_G12_whoever_dies_at_any_step_makes_nobody_get_a_letter_twice(
    step, post_office, mailbox, monkeypatch, until
):
    module, name, state = STEPS[step]
    await post_office.queue("app-1")
    reached = asyncio.Event()

    async def hang(*_: object, **__: object) -> None:
        reached.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patched:
        patched.setattr(module, name, hang)
        dying = asyncio.create_task(post_office.send_next())
        await asyncio.wait_for(reached.wait(), 60)
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
    await post_office.pass_time(minutes=3)
    await post_office.send_all()
    expected = "sent" if state == "queued" else state
    assert await post_office.states() == {"app-1": expected}
    assert mailbox.taken.total() == (0 if step == "before the connection" else 1)
    assert await post_office.announced() == [NOTIFIED if expected == "sent" else FAILED]


async def test_G12_whoever_dies_while_the_server_takes_the_letter_does_not_send_it_again(
    post_office, mailbox, until
):
    mailbox._choose = lambda _: Fault.SLOW
    await post_office.queue("app-1")
    dying = asyncio.create_task(post_office.send_next())
    await until(lambda: mailbox.taken.total() == 1)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    mailbox.resume.set()
    assert await post_office.send_next() is None  # its lease is not over
    await post_office.pass_time(minutes=3)
    assert await post_office.send_all() == []
    assert await post_office.states() == {"app-1": "unknown"}
    assert mailbox.taken.total() == 1


async def test_F8_a_sender_that_was_given_up_on_may_still_tell_how_it_ended(
    post_office, mailbox, until
):
    mailbox._choose = lambda _: Fault.SLOW
    await post_office.queue("app-1")
    slow = asyncio.create_task(post_office.send_next())
    await until(lambda: mailbox.taken.total() == 1)
    await post_office.pass_time(minutes=3)
    await sender.give_up_abandoned(post_office.database)
    assert await post_office.states() == {"app-1": "unknown"}
    mailbox.resume.set()
    assert await slow == Sent()
    assert await post_office.states() == {"app-1": "sent"}
    assert await post_office.announced() == [FAILED, NOTIFIED]


@pytest.mark.parametrize("step", [(gathering, "find_letter"), (sender, "compose")])
async def test_F8_a_sender_that_slept_since_its_claim_does_not_begin(
    step, post_office, mailbox, monkeypatch
):
    """Whether it slept while it looked the letter over or while it wrote it."""
    await post_office.queue("app-1")
    module, name = step
    times, done = [0.0], getattr(module, name)

    def sleep(*args: object, **words: object) -> object:
        times.append(31.0)
        return done(*args, **words)

    monkeypatch.setattr(sender.clock, "monotonic", lambda: times[-1])
    monkeypatch.setattr(module, name, sleep)
    assert await post_office.send_next() == Unreachable("too late to begin")
    assert mailbox.attempts.total() == 0
    assert await post_office.states() == {"app-1": "queued"}


async def test_the_loop_sends_by_itself_and_finishes_its_letter_when_told_to_stop(
    post_office, mailbox, mail_settings, monkeypatch, until
):
    monkeypatch.setattr(sender, "settings", lambda: mail_settings)
    mailbox._choose = lambda _: Fault.SLOW
    await post_office.queue("app-1", "app-2")
    loop = asyncio.create_task(sender.send_due(post_office.database))
    await until(lambda: mailbox.taken.total() == 1)
    loop.cancel()
    await asyncio.sleep(0)
    mailbox.resume.set()
    with pytest.raises(asyncio.CancelledError):
        await loop
    assert await post_office.states() == {"app-1": "sent", "app-2": "queued"}


async def test_the_loop_ends_although_the_mail_client_swallows_its_cancellation(
    post_office, mail_settings, monkeypatch
):
    """As asyncio.wait_for does before Python 3.12, if it is cancelled just as it ends."""
    is_leaving = asyncio.Event()

    async def leave(_: MailServer) -> None:
        if not is_leaving.is_set():
            is_leaving.set()
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    monkeypatch.setattr(sender, "settings", lambda: mail_settings)
    monkeypatch.setattr(sender, "_STOP_SECONDS", 0.1)
    monkeypatch.setattr(MailServer, "leave", leave)
    loop = asyncio.create_task(sender.send_due(post_office.database))
    await is_leaving.wait()
    loop.cancel()
    done, _ = await asyncio.wait({loop}, timeout=60)
    assert done


async def test_the_loop_waits_for_a_mail_server_that_is_away(
    post_office, mailbox, mail_settings, monkeypatch, until
):
    monkeypatch.setattr(sender, "settings", lambda: mail_settings)
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 8:
            await mailbox.open(mailbox.port)

    monkeypatch.setattr(sender.clock, "pause", pause)
    await mailbox.close()
    await post_office.queue("app-1")
    loop = asyncio.create_task(sender.send_due(post_office.database))
    await until(lambda: mailbox.taken.total() == 1)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    assert pauses[:8] == [0.5, 1, 2, 4, 8, 16, 30, 30]


async def test_G12_an_acknowledgement_put_off_while_another_is_looked_at_is_not_lost(
    post_office, mailbox
):
    """The second says nothing new while the first may have gone, and the first has not."""
    await post_office.receive("app-1")
    stages = (Stage.RECEIVED, Stage.REFUSED, Stage.RECEIVED)
    for sequence, stage in enumerate(stages, start=1):
        await post_office.hearing.hear(stage_changed("app-1", stage, sequence=sequence), now=NOW)
    async with post_office.database.transaction() as tx:
        first, _ = await sending_storage.claim_next(tx)
    await post_office.send_all()
    assert mailbox.attempts.total() == 0
    async with post_office.database.transaction() as tx:
        await sending_storage.record_end(tx, first, State.QUEUED, detail="451")
    await post_office.send_all()
    assert mailbox.taken.total() == 1


async def test_G12_what_a_dead_sender_left_is_given_to_a_person_while_the_mail_server_is_away(
    post_office, mailbox
):
    await post_office.queue("app-1", "app-2")
    async with post_office.database.transaction() as tx:
        await sending_storage.claim_next(tx)
    await post_office.pass_time(minutes=3)
    await mailbox.close()
    assert isinstance(await post_office.send_next(), Unreachable)
    assert await post_office.states() == {"app-1": "unknown", "app-2": "queued"}
    assert await post_office.announced() == [FAILED]
