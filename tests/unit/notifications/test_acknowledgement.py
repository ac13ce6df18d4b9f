"""The acknowledgement says what came, which instant counts, and what comes not before when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.notifications.letters import why_not_yet
from shared.contracts.notifications import MessageKind
from tests.support.build_letters import contact, letter, text_of, written
from tests.support.build_vacancies import vacancy_timetabled
from tests.support.story import CLOSES_AT, LAST_ACCEPTED_AT


def test_W10_a_promised_day_that_is_no_working_day_is_shown_with_the_day_work_starts():
    saturday = vacancy_timetabled(
        review_promised_on=date(2025, 10, 25),
        review_opens_at=datetime(2025, 10, 27, 9, tzinfo=UTC),
    )
    text = text_of(written(letter(MessageKind.ACKNOWLEDGEMENT, timetable=saturday)))
    assert (
        "The hiring manager will not review applications before Saturday 25 October 2025. That is "
        "not a working day, so the review can start on Monday 27 October 2025."
    ) in text


def test_W10_a_working_day_is_not_said_to_be_none_where_the_work_starts_later():
    extended = vacancy_timetabled(review_opens_at=datetime(2025, 10, 30, 9, tzinfo=UTC))
    text = text_of(written(letter(MessageKind.ACKNOWLEDGEMENT, timetable=extended)))
    assert (
        "The hiring manager will not review applications before Tuesday 28 October 2025. The "
        "review can start on Thursday 30 October 2025."
    ) in text
    assert (
        "Interviews will not start before Tuesday 4 November 2025. The first interviews are on "
        "Thursday 6 November 2025 at the earliest."
    ) in text
    assert "working day" not in text


def test_W8_W10_no_letter_names_a_first_interview_that_cannot_be():
    christmas = vacancy_timetabled(
        review_promised_on=date(2025, 12, 25),
        review_opens_at=datetime(2025, 12, 29, 9, tzinfo=UTC),
        interviews_promised_on=date(2026, 1, 1),
    )
    assert (
        "That is not a working day, so the first interviews are on Monday 5 January 2026 at the "
        "earliest."
    ) in text_of(written(letter(MessageKind.ACKNOWLEDGEMENT, timetable=christmas)))


@pytest.mark.parametrize(
    ("latest_on", "sentence"),
    [
        (date(2025, 10, 28), ""),
        (date(2025, 11, 4), " The review should start by Tuesday 4 November 2025."),
        (
            date(2025, 12, 25),
            (
                " The review should start by Thursday 25 December 2025. That is not a working "
                "day, so it may start on Monday 29 December 2025."
            ),
        ),
    ],
)
def test_W4_W12_of_a_range_of_days_for_the_review_both_ends_are_shown(latest_on, sentence):
    timetable = vacancy_timetabled(review_latest_on=latest_on)
    assert (
        "- The hiring manager will not review applications before Tuesday 28 October 2025."
        f"{sentence}\n"
    ) in text_of(written(letter(MessageKind.ACKNOWLEDGEMENT, timetable=timetable)))


def test_C3_after_closing_the_acknowledgement_offers_no_replacing_of_documents():
    late = written(letter(MessageKind.ACKNOWLEDGEMENT), now=CLOSES_AT + timedelta(hours=8))
    assert "- Applications closed at 11:55pm on Tuesday 21 October 2025." in text_of(late)
    assert "replace your documents" not in text_of(late)


def test_C2_until_the_last_accepted_instant_documents_can_be_replaced():
    last = written(letter(MessageKind.ACKNOWLEDGEMENT), now=LAST_ACCEPTED_AT)
    assert "- Applications close at" in text_of(last)
    assert "replace your documents" in text_of(last)


@pytest.mark.parametrize(
    ("received_at", "is_told"),
    [(LAST_ACCEPTED_AT, False), (LAST_ACCEPTED_AT + timedelta(microseconds=1), True)],
)
def test_C3_what_arrived_after_close_is_said_not_to_count_against_anybody(received_at, is_told):
    late = letter(MessageKind.ACKNOWLEDGEMENT, contact=contact(received_at=received_at))
    phrase = "It does not count against you, because you sent it in time."
    assert (phrase in text_of(written(late, now=received_at))) is is_told


def test_C3_whoever_was_told_to_be_late_is_told_what_has_changed():
    after_all = letter(MessageKind.ACKNOWLEDGEMENT, has_told_what_it_takes_back=True)
    assert (
        "We told you earlier that you had sent it after applications had closed. The closing time "
        "has been moved since then, and your application is in time. Please ignore our earlier "
        "email."
    ) in text_of(written(after_all))
    assert "earlier email" not in text_of(written(letter(MessageKind.ACKNOWLEDGEMENT)))


@pytest.mark.parametrize(
    ("was_told_late", "submitted_at", "is_before"),
    [
        (True, LAST_ACCEPTED_AT, False),
        (True, LAST_ACCEPTED_AT + timedelta(microseconds=1), True),
        (False, LAST_ACCEPTED_AT + timedelta(microseconds=1), False),
    ],
)
def test_C3_it_waits_for_the_timetable_that_takes_the_lateness_back(
    was_told_late, submitted_at, is_before
):
    sent = contact(submitted_at=submitted_at)
    after_all = letter(
        MessageKind.ACKNOWLEDGEMENT, contact=sent, has_told_what_it_takes_back=was_told_late
    )
    assert after_all.contradicts_its_timetable is is_before


@pytest.mark.parametrize(
    ("submitted_at", "waits_for"),
    [(LAST_ACCEPTED_AT, "timetable"), (LAST_ACCEPTED_AT + timedelta(microseconds=1), None)],
)
def test_C3_C7_nobody_is_told_to_be_late_by_a_closing_by_which_they_are_in_time(
    submitted_at, waits_for
):
    """A later closing is known here before the stage that follows from it."""
    late = letter(MessageKind.SUBMITTED_LATE, contact=contact(submitted_at=submitted_at))
    assert why_not_yet(late) == waits_for


@pytest.mark.parametrize(
    ("promised_on", "sentence"),
    [
        (date(2025, 11, 4), "- Interviews will not start before Tuesday 4 November 2025. We will"),
        (
            date(2025, 12, 25),
            "That is not a working day, so the first interviews are on Monday 29 December 2025 at",
        ),
        (date(2099, 1, 3), "- Interviews will not start before Saturday 3 January 2099. We will"),
    ],
)
def test_W10_W12_interviews_are_promised_with_the_working_day_if_that_is_another(
    promised_on, sentence
):
    timetable = vacancy_timetabled(interviews_promised_on=promised_on)
    assert sentence in text_of(written(letter(MessageKind.ACKNOWLEDGEMENT, timetable=timetable)))


def test_an_acknowledgement_without_files_says_so():
    text = text_of(written(letter(MessageKind.ACKNOWLEDGEMENT, files=())))
    assert "- No files. We need one CV and one personal statement" in text
    assert "SHA-256" not in text
