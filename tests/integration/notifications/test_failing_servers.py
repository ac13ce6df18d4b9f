"""G12: a mail server that fails in every way it can, in the middle of a burst of letters."""

from email.message import EmailMessage

import pytest

from services.notifications import provider
from services.notifications.decisions import Ignored
from services.simulator.mailbox import Fault, Mailbox
from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind
from tests.support.builders import NOW, stage_changed
from tests.support.post_office import PostOffice

PEOPLE = [f"app-{number}" for number in range(20)]
# What becomes of the letters that meet the fault once; all others are sent.
ENDS = {
    Fault.BUSY_451: "sent",
    Fault.CLOSING_421: "sent",
    Fault.FULL_552: "refused",
    Fault.CUT_BEFORE_TAKING: "unknown",
    Fault.CUT_AFTER_TAKING: "unknown",
    Fault.CUT_AFTER_REPLY: "sent",
    Fault.SLOW: "unknown",
}
TAKEN = {Fault.CUT_AFTER_TAKING, Fault.SLOW}


def test_every_fault_has_its_end():
    assert set(ENDS) == set(Fault)


@pytest.mark.parametrize("fault", Fault)
async def test_G12_however_the_mail_server_fails_no_letter_is_sent_twice_and_none_is_lost(
    fault: Fault, post_office: PostOffice, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost means: neither at the server, nor refused by it, nor listed as of unknown end."""

    def choose(letter: EmailMessage) -> Fault | None:
        is_first = mailbox.attempts[str(letter["Message-ID"])] == 1
        return fault if is_first and str(letter["To"]).split("@")[0] in unlucky else None

    unlucky = PEOPLE[::2]
    if fault is Fault.SLOW:  # it answers never: two are waited for, and the others not hurried
        unlucky = unlucky[:2]
        monkeypatch.setattr(provider, "_SUBMISSION_SECONDS", 3)
    mailbox._choose = choose
    await post_office.queue(*PEOPLE)
    for _ in range(3):
        await post_office.send_all()
        await post_office.pass_time(minutes=10)
    expected = {one: ENDS[fault] if one in unlucky else "sent" for one in PEOPLE}
    assert await post_office.states() == expected
    assert set(mailbox.taken.values()) == {1}
    sent = [one for one, state in expected.items() if state == "sent"]
    unknown = [one for one, state in expected.items() if state == "unknown"]
    assert len(mailbox.taken) == len(sent) + (len(unknown) if fault in TAKEN else 0)
    announced = await post_office.announced()
    assert sorted(announced) == sorted(
        ("candidate.notified.v1" if one in sent else "notification.failed.v1", one)
        for one in PEOPLE
    )


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (None, "sent"),
        (Fault.BUSY_451, "queued"),
        (Fault.FULL_552, "refused"),
        (Fault.CUT_BEFORE_TAKING, "unknown"),
    ],
)
async def test_G10_a_letter_claimed_through_days_of_an_outage_still_ends(
    fault: Fault | None, state: str, post_office: PostOffice, mailbox: Mailbox
) -> None:
    mailbox._choose = lambda _: fault
    await post_office.queue("app-1")
    await post_office.owner.execute("update notifications.message set attempts = 1500")
    assert await post_office.send_next() is not None
    assert await post_office.states() == {"app-1": state}


async def test_G10_a_letter_overtaken_in_days_of_an_outage_holds_up_no_other(
    post_office: PostOffice, mailbox: Mailbox
) -> None:
    await post_office.queue("app-1", kind=MessageKind.INVITATION)
    await post_office.owner.execute("update notifications.message set attempts = 1500")
    await post_office.hearing.hear(stage_changed("app-1", Stage.WITHDRAWN), now=NOW)
    assert Ignored("untrue at withdrawn") in await post_office.send_all()
