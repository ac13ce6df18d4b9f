"""Every letter comes as text and as HTML, and both say the same, whatever they are about."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from services.notifications.letters import Explanation, Letter
from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind
from tests.support.build_letters import (
    AFTER_CLOSING,
    SENT_AT,
    WORKING,
    contact,
    html_of,
    letter,
    text_of,
    written,
)
from tests.support.build_vacancies import vacancy_timetabled
from tests.support.story import LAST_ACCEPTED_AT, NOW

PROBLEMS = letter(MessageKind.DOCUMENTS_PROBLEM).problems
CHALLENGE = letter(MessageKind.CHALLENGE_RECEIVED).challenge
assert CHALLENGE is not None
OPEN_THEN = Explanation(WORKING, SENT_AT.date(), date(2025, 10, 21))
BY_A_PERSON = replace(OPEN_THEN, is_by_person=True)
VARIANTS: dict[str, Letter] = {
    "it was told late": letter(MessageKind.ACKNOWLEDGEMENT, has_told_what_it_takes_back=True),
    "it is checked already": letter(MessageKind.ACKNOWLEDGEMENT, stage=Stage.READY_FOR_REVIEW),
    "it is sent again after the end": letter(
        MessageKind.ACKNOWLEDGEMENT, stage=Stage.NOT_SUCCESSFUL
    ),
    "it arrived late": letter(
        MessageKind.ACKNOWLEDGEMENT,
        contact=contact(received_at=LAST_ACCEPTED_AT + timedelta(seconds=1)),
    ),
    "it has no files": letter(MessageKind.ACKNOWLEDGEMENT, files=()),
    "the review may start in a range of days": letter(
        MessageKind.ACKNOWLEDGEMENT,
        timetable=vacancy_timetabled(
            review_promised_on=date(2025, 10, 25), review_latest_on=date(2025, 12, 25)
        ),
    ),
    "the problem is not known": letter(MessageKind.DOCUMENTS_PROBLEM, problems=()),
    "a person checks documents": letter(MessageKind.PERSON_IS_CHECKING, problems=PROBLEMS),
    "a rejection is checked again": letter(MessageKind.PERSON_IS_CHECKING, was_told_rejected=True),
    "a rejection is taken back by the end of a check": letter(
        MessageKind.PERSON_HAS_CHECKED, was_told_rejected=True
    ),
    "earlier documents count": letter(MessageKind.DOCUMENTS_IN_ORDER, uses_earlier_documents=True),
    "documents are to be mended": letter(MessageKind.CLOSING_MOVED, stage=Stage.DOCUMENTS_NEEDED),
    "a person rejects": letter(MessageKind.NOT_ELIGIBLE, explanation=BY_A_PERSON),
    "a correction rejects": letter(
        MessageKind.NOT_ELIGIBLE, explanation=replace(OPEN_THEN, is_corrected=True)
    ),
    "it may be open then": letter(MessageKind.NOT_ELIGIBLE, explanation=OPEN_THEN),
    "it stays rejected": letter(MessageKind.REJECTION_CORRECTED, explanation=OPEN_THEN),
    "a person decides after a correction": letter(
        MessageKind.REJECTION_CORRECTED, explanation=replace(BY_A_PERSON, is_rejection=False)
    ),
    "it stays rejected without a day": letter(
        MessageKind.REJECTION_CORRECTED, explanation=replace(OPEN_THEN, eligible_from=None)
    ),
    "a challenge is late": letter(
        MessageKind.CHALLENGE_RECEIVED, challenge=replace(CHALLENGE, is_late=True)
    ),
    "there is no way back": letter(MessageKind.CHALLENGE_RECEIVED, stage=Stage.REFUSED),
    "upheld replaces an answer": letter(
        MessageKind.CHALLENGE_UPHELD, has_told_what_it_takes_back=True
    ),
    "upheld for somebody who has withdrawn": letter(
        MessageKind.CHALLENGE_UPHELD, stage=Stage.WITHDRAWN
    ),
    "dismissed replaces an answer": letter(
        MessageKind.CHALLENGE_DISMISSED, has_told_what_it_takes_back=True
    ),
    "dismissed with a day": letter(MessageKind.CHALLENGE_DISMISSED, explanation=OPEN_THEN),
    "another booking": letter(MessageKind.INTERVIEW_BOOKING, version=3),
    "a rejection was told": letter(MessageKind.WITHDRAWAL, told_rejection=3),
    "nobody is greeted": letter(MessageKind.WITHDRAWAL, contact=contact(name="")),
}
LETTERS = {kind.value: letter(kind) for kind in MessageKind} | VARIANTS


class Visible(HTMLParser):
    """The words of a page without its heading, which the text form has as its subject."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._skipped += tag in {"title", "style", "h1"}

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in {"title", "style", "h1"}

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.words.append(data)


def visible(html: str) -> str:
    parser = Visible()
    parser.feed(html)
    return " ".join("".join(parser.words).split())


@pytest.mark.parametrize("now", [NOW, AFTER_CLOSING], ids=["open", "closed"])
@pytest.mark.parametrize("one", LETTERS.values(), ids=LETTERS)
def test_the_html_says_word_for_word_what_the_text_says(one, now):
    message = written(one, now)
    text = re.sub(r"^- ", "", text_of(message), flags=re.MULTILINE)
    assert visible(html_of(message)) == " ".join(text.split())


@pytest.mark.parametrize("now", [NOW, AFTER_CLOSING], ids=["open", "closed"])
@pytest.mark.parametrize("one", LETTERS.values(), ids=LETTERS)
def test_the_text_has_paragraphs_one_empty_line_apart_and_lists_without_any(one, now):
    text = text_of(written(one, now))
    assert not re.search(r"\n{3,}", text.strip())
    assert not re.search(r"^- .*\n\n- ", text, flags=re.MULTILINE)
