"""Who is told that dates have moved or that a review is late, and who is not."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.notifications.decisions import is_no_news, review_expected_by
from services.notifications.overtaking import is_overtaken
from services.notifications.wording import changes
from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind
from tests.support.builders import CLOSES_AT, LAST_ACCEPTED_AT, NOW, vacancy_timetabled
from tests.support.operator_files import employers_file

TOLD = vacancy_timetabled()
WAITING = {
    Stage.RECEIVED,
    Stage.DOCUMENTS_NEEDED,
    Stage.WITH_A_PERSON,
    Stage.READY_FOR_REVIEW,
    Stage.UNDER_REVIEW,
}


@pytest.mark.parametrize("kind", [MessageKind.CLOSING_MOVED, MessageKind.REVIEW_LATE])
@pytest.mark.parametrize("stage", Stage)
def test_W4_W12_only_who_still_waits_for_the_review_is_told(kind, stage):
    assert is_overtaken(kind, stage) is (stage not in WAITING)


@pytest.mark.parametrize(
    "change",
    [
        {"closes_at": CLOSES_AT + timedelta(days=1)},
        {"review_promised_on": date(2025, 10, 29)},
        {"review_opens_at": datetime(2025, 10, 29, 9, tzinfo=UTC)},
        {"interviews_promised_on": date(2025, 11, 5)},
        {"title": "Technician"},
        {"location": "Hendon"},
    ],
)
def test_W12_whatever_people_were_told_is_told_again_when_it_changes_with_old_and_new(change):
    new = vacancy_timetabled(version=2, **change)
    assert not is_no_news(MessageKind.CLOSING_MOVED, new, TOLD, NOW)
    [line] = changes(TOLD, new, is_closed=False)
    assert " It was " in line


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"review_opens_at": datetime(2025, 10, 28, 10, 30, tzinfo=UTC)},
        {"last_accepted_at": LAST_ACCEPTED_AT + timedelta(seconds=30)},
        {"review_latest_on": date(2025, 11, 4)},
    ],
)
def test_W12_what_nobody_was_told_is_no_news(change):
    new = vacancy_timetabled(version=2, **change)
    assert is_no_news(MessageKind.CLOSING_MOVED, new, TOLD, NOW)
    assert changes(TOLD, new, is_closed=False) == []


def test_W12_who_has_been_told_no_dates_will_be_told_these_by_the_acknowledgement():
    new = vacancy_timetabled(version=2, closes_at=CLOSES_AT + timedelta(days=1))
    assert is_no_news(MessageKind.CLOSING_MOVED, new, None, NOW)


def test_W10_work_that_moves_by_a_bank_holiday_is_told_with_the_promise_unmoved():
    new = vacancy_timetabled(version=2, review_opens_at=datetime(2025, 10, 29, 9, tzinfo=UTC))
    [line] = changes(TOLD, new, is_closed=False)
    assert "28 October 2025 (the work starts on Wednesday 29 October 2025). It was Tues" in line


@pytest.mark.parametrize(
    ("now", "is_old"),
    [
        (datetime(2025, 10, 28, 23, 59, tzinfo=UTC), True),
        (datetime(2025, 10, 29, 0, 0, tzinfo=UTC), False),
    ],
)
def test_W4_a_review_that_a_new_timetable_promises_for_later_is_late_no_more(now, is_old):
    assert is_no_news(MessageKind.REVIEW_LATE, TOLD, None, now) is is_old


@pytest.mark.parametrize(
    ("latest_on", "days", "expected_by"),
    [
        (date(2025, 10, 28), 5, date(2025, 11, 4)),
        (date(2025, 10, 28), 1, date(2025, 10, 29)),
        (date(2025, 12, 20), 5, date(2025, 12, 31)),
    ],
)
def test_W4_a_late_review_is_expected_as_many_working_days_later_as_the_employer_says(
    tmp_path, latest_on, days, expected_by
):
    setting = "late_review_working_days ="
    with employers_file(tmp_path, f"{setting} 5", f"{setting} {days}"):
        late = vacancy_timetabled(review_latest_on=latest_on)
        assert review_expected_by(late) == expected_by
