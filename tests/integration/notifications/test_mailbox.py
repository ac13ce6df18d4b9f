"""The pretend mail server of demos and tests."""

from email.message import EmailMessage

import aiosmtplib
import pytest

from services.simulator.mailbox import Fault, Mailbox
from tests.faults.chaos.facts import read_letter


def letter(subject: str = "Your interview is booked: Quality Technician") -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = "<1@example.org>"
    message["Subject"] = subject
    message.set_content("Hello")
    return message


async def post(mailbox: Mailbox, message: EmailMessage, to: str = "ada@example.org") -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=mailbox.port) as client:
        await client.sendmail("no-reply@example.org", [to], message.as_bytes())


async def test_a_letter_becomes_a_file_named_after_its_subject_and_recipient(tmp_path):
    async with Mailbox(tmp_path / "new") as mailbox:
        await post(mailbox, letter())
    assert [path.name for path in mailbox.letters] == [
        "000001-your-interview-is-booked-ada@example.org.eml"
    ]


async def test_a_letter_says_to_whom_it_was_handed_whatever_it_says_itself(tmp_path):
    async with Mailbox(tmp_path) as mailbox:
        await post(mailbox, letter(), "bob@example.org")
    assert read_letter(mailbox.letters[0]).delivered_to == "bob@example.org"


async def test_a_recipient_cannot_choose_another_folder(tmp_path):
    async with Mailbox(tmp_path) as mailbox:
        await post(mailbox, letter("../.."), "a/../../b@example.org")
    assert [path.name for path in mailbox.letters] == [
        "000001-no-subject-a_.._.._b@example.org.eml"
    ]


async def test_a_reopened_mailbox_knows_the_letters_it_holds(tmp_path):
    for _ in range(2):
        async with Mailbox(tmp_path) as mailbox:
            await post(mailbox, letter())
    assert mailbox.taken == {"<1@example.org>": 2}
    assert mailbox.letters[1].name.startswith("000002-")


async def test_the_ten_thousandth_letter_comes_after_all_before_it(tmp_path):
    async with Mailbox(tmp_path) as mailbox:
        mailbox.taken["<the others>"] = 9_998
        for subject in ("The one before", "One more"):
            await post(mailbox, letter(subject))
    assert ["before" in path.name for path in mailbox.letters] == [True, False]


@pytest.mark.parametrize("fault", [Fault.BUSY_451, Fault.FULL_552, Fault.CUT_BEFORE_TAKING])
async def test_a_letter_the_server_fails_on_is_not_taken(fault, tmp_path):
    async with Mailbox(tmp_path, choose=lambda _: fault) as mailbox:
        with pytest.raises(aiosmtplib.SMTPException):
            await post(mailbox, letter())
    assert mailbox.letters == []
    assert mailbox.attempts == {"<1@example.org>": 1}
