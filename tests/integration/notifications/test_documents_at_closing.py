"""Letters about documents that are faulty at closing say what was found in those that count."""

import json
from datetime import datetime, timedelta

import pytest

from services.notifications.hours import SETTLING
from services.simulator.mailbox import Fault
from shared.contracts.applications import Stage
from tests.support.builders import LAST_ACCEPTED_AT, NOW, VACANCY, stage_changed
from tests.support.way import text


def checking(version: int = 1, sequence: int = 2):
    return stage_changed(
        "app-1", Stage.WITH_A_PERSON, sequence=sequence, documents_version=version
    )


CHECKING = checking()


async def judge(post_office, version: int, *findings: tuple[str, int | None]) -> None:
    """Enter a verdict, as documents does."""
    found = [{"code": code, "document": document} for code, document in findings]
    await post_office.owner.execute(
        "insert into documents.verdict values ('app-1', $1, $2, 'faulty', $3, $4)",
        version,
        VACANCY,
        json.dumps(found),
        NOW,
    )


async def replace(post_office, version: int, *files: str, minute: int | None = None) -> None:
    """Enter further documents, as intake does: sent in this minute, by default its number."""
    await post_office.owner.execute(
        "insert into intake.document_set values ('app-1', $1, $2, $2, 'hash')",
        version,
        NOW + timedelta(minutes=minute or version),
    )
    for position, file in enumerate(files):
        await post_office.owner.execute(
            "insert into intake.document values ('app-1', $1, $2, 'key', $3, 20000, 'cv', $4)",
            version,
            position,
            "b" * 64,
            file,
        )


@pytest.fixture
async def office(post_office):
    """A post office a minute after the closing, with one application."""
    await set_clock(post_office, LAST_ACCEPTED_AT + timedelta(minutes=1))
    await post_office.receive("app-1")
    return post_office


async def set_clock(post_office, at: datetime) -> None:
    await post_office.owner.execute("update messaging.clock set clock_offset = $1 - now()", at)


async def told(office, mailbox) -> str:
    await office.send_all()
    return text(mailbox)


async def test_C5_whoever_is_checked_only_after_the_closing_hears_what_was_found(office, mailbox):
    await judge(office, 1, ("damaged", 0))
    await office.hearing.hear(stage_changed("app-1"), CHECKING, now=NOW)
    said = await told(office, mailbox)
    assert "A person is checking your application" in said
    assert "- My CV.pdf: It is damaged, so we cannot open it." in said
    assert "A computer will not turn you down because of your answers as they are now." in said


async def test_C5_what_was_found_is_that_of_the_last_documents(office, mailbox):
    await judge(office, 1, ("damaged", 0))
    await replace(office, 2, "cv.pdf", "statement.txt")
    await judge(office, 2, ("wrong_format", 1))
    await office.hearing.hear(stage_changed("app-1"), checking(version=2), now=NOW)
    said = await told(office, mailbox)
    assert "- statement.txt: It is not a PDF or a Word file." in said
    assert "damaged" not in said


async def test_D8_nothing_is_said_after_the_closing_of_documents_that_are_not_used(
    office, mailbox
):
    """A correction refers somebody whose earlier documents count."""
    await replace(office, 2, "cv.pdf", "statement.txt")
    await judge(office, 2, ("wrong_format", 1))
    await office.hearing.hear(stage_changed("app-1"), checking(version=1), now=NOW)
    said = await told(office, mailbox)
    assert "A person is checking your application" in said
    assert "What we found" not in said


async def test_C5_D8_the_last_documents_are_those_sent_last_not_those_that_came_last(
    office, mailbox
):
    """A worker of an older release has not said which count."""
    await replace(office, 2, "cv.pdf", "statement.txt", minute=5)
    await judge(office, 2, ("wrong_format", 1))
    await replace(office, 3, "older.pdf", minute=4)
    await judge(office, 3, ("damaged", 0))
    await office.hearing.hear(stage_changed("app-1"), checking(version=0), now=NOW)
    said = await told(office, mailbox)
    assert "- statement.txt: It is not a PDF or a Word file." in said
    assert "damaged" not in said


async def test_C5_whoever_sent_no_file_at_all_hears_what_is_missing(office, mailbox):
    await replace(office, 2)
    await judge(office, 2, ("cv_missing", None))
    await office.hearing.hear(stage_changed("app-1"), checking(version=2), now=NOW)
    assert "- Your documents: There is no CV." in await told(office, mailbox)


@pytest.mark.parametrize("version", [1, 2])
async def test_D2_nothing_is_said_of_documents_that_are_in_order_but_for_advice(
    office, mailbox, version
):
    """The check is about something else, such as a date of leaving."""
    await judge(office, 1, ("near_copy_of_cv" if version == 1 else "damaged", 1))
    if version > 1:
        await replace(office, version, "cv.pdf", "statement.pdf")
    await office.hearing.hear(stage_changed("app-1"), checking(version), now=NOW)
    said = await told(office, mailbox)
    assert "A person is checking your application" in said
    assert "What we found" not in said


@pytest.mark.parametrize(("answer", "is_said"), [("accept", False), ("return", True)])
async def test_C5_nothing_is_said_of_faults_that_a_person_has_accepted(
    office, mailbox, answer, is_said
):
    """The check goes on about something else, such as a date of leaving."""
    await judge(office, 1, ("label_unclear", 0))
    await office.owner.execute(
        "insert into documents.answer values ('app-1', 1, $1, 'recruiter-4', $2, 'It is a CV.')",
        answer,
        NOW,
    )
    await office.hearing.hear(stage_changed("app-1"), CHECKING, now=NOW)
    assert ("What we found" in await told(office, mailbox)) is is_said


@pytest.mark.parametrize(
    ("minute", "words"),
    [
        (5, "We will use the documents that you sent before, which are in order."),
        (-90, "are now in order."),
    ],
)
async def test_D8_whose_earlier_documents_count_at_closing_is_told_that_these_do(
    office, mailbox, minute, words
):
    """What is earlier is said by when it was sent: an older version may have the higher number."""
    await replace(office, 2, "cv.pdf", minute=minute)
    problem = stage_changed("app-1", Stage.DOCUMENTS_NEEDED, sequence=2, documents_version=2)
    closed = stage_changed(
        "app-1", Stage.READY_FOR_REVIEW, sequence=3, previous=Stage.DOCUMENTS_NEEDED
    )
    await office.hearing.hear(stage_changed("app-1"), problem, closed, now=NOW)
    said = await told(office, mailbox)
    assert words in said


async def test_D8_faults_found_seconds_after_a_referral_are_told_while_they_can_be_mended(
    office, mailbox
):
    await set_clock(office, NOW)
    await office.hearing.hear(stage_changed("app-1"), CHECKING, now=NOW)
    await office.send_all()
    await judge(office, 1, ("damaged", 0))
    await set_clock(office, NOW + SETTLING)
    said = await told(office, mailbox)
    assert "- My CV.pdf: It is damaged, so we cannot open it." in said


async def test_D8_faults_found_long_after_the_news_of_the_documents_are_told_in_a_second_letter(
    office, mailbox
):
    """The scanner or the store was behind; of documents in order there is no second letter."""
    await set_clock(office, NOW + SETTLING)
    await office.hearing.hear(stage_changed("app-1"), CHECKING, now=NOW)
    assert "What we found" not in await told(office, mailbox)
    await judge(office, 1, ("damaged", 0))
    await office.hearing.hear(checking(sequence=3), now=NOW)
    assert "- My CV.pdf: It is damaged, so we cannot open it." in await told(office, mailbox)
    await replace(office, 2, "better.pdf")
    await office.hearing.hear(checking(version=2, sequence=4), now=NOW)
    await office.send_all()
    assert len(mailbox.letters) == 3


async def test_C5_faults_found_after_a_check_was_told_are_told_although_their_letter_was_put_off(
    office, mailbox
):
    """The problem's own letter is left to that of the next check, which must not be left out."""
    await office.hearing.hear(stage_changed("app-1"), CHECKING, now=NOW)
    await office.send_all()
    await judge(office, 1, ("damaged", 0))
    mailbox._choose = lambda _: Fault.BUSY_451
    problem = stage_changed("app-1", Stage.DOCUMENTS_NEEDED, sequence=3)
    await office.hearing.hear(problem, now=NOW)
    await office.send_all()
    mailbox._choose = lambda _: None
    await office.hearing.hear(checking(sequence=4), now=NOW)
    await office.pass_time(minutes=10)
    said = await told(office, mailbox)
    assert "- My CV.pdf: It is damaged, so we cannot open it." in said
    assert len(mailbox.letters) == 3


@pytest.mark.parametrize("between", [[], [Stage.RECEIVED]])
@pytest.mark.parametrize(
    ("finding", "letters"), [(("damaged", 0), 3), (("near_copy_of_cv", 1), 2), (None, 2)]
)
async def test_D8_who_errs_again_in_what_a_check_asked_to_be_put_right_is_told_of_that(
    office, mailbox, between, *, finding, letters
):
    """Whether a person checks the documents or the date of leaving, which goes on meanwhile."""
    await judge(office, 1, ("label_unclear", 0))
    await office.hearing.hear(stage_changed("app-1"), CHECKING, now=NOW)
    await office.send_all()
    await replace(office, 2, "better.pdf", "statement.pdf")
    if finding:
        await judge(office, 2, finding)
    stages = [*between, Stage.WITH_A_PERSON]
    for sequence, stage in enumerate(stages, start=3):
        change = stage_changed("app-1", stage, sequence=sequence, documents_version=2)
        await office.hearing.hear(change, now=NOW)
    said = await told(office, mailbox)
    assert len(mailbox.letters) == letters
    if finding == ("damaged", 0):
        assert "What we found in your documents - better.pdf: It is damaged" in said


async def test_D8_a_check_that_goes_on_or_begins_again_with_the_same_faults_is_told_once(
    office, mailbox
):
    await judge(office, 1, ("label_unclear", 0))
    received = stage_changed("app-1", sequence=3)
    for change in (stage_changed("app-1"), CHECKING, received, checking(sequence=4)):
        await office.hearing.hear(change, now=NOW)
        await office.send_all()
    assert len(mailbox.letters) == 2


async def test_D8_who_broke_what_was_mended_hears_at_closing_that_the_mended_documents_count(
    office, mailbox
):
    await replace(office, 2, "cv.pdf")
    await replace(office, 3, "worse.pdf")
    sequence, stages = 1, ((Stage.DOCUMENTS_NEEDED, 1), (Stage.READY_FOR_REVIEW, 2))
    for stage, documents in (*stages, (Stage.DOCUMENTS_NEEDED, 3), (Stage.READY_FOR_REVIEW, 2)):
        sequence += 1
        change = stage_changed("app-1", stage, sequence=sequence, documents_version=documents)
        await office.hearing.hear(change, now=NOW)
        said = await told(office, mailbox)
    assert "We will use the documents that you sent before, which are in order." in said
