"""Who is told that dates have moved or that a review is late, and who is not."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.notifications.decisions import (
    Message,
    dates_go_again,
    is_no_news,
    review_expected_by,
)
from services.notifications.overtaking import is_overtaken
from services.notifications.wording import changes
from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind
from tests.support.build_standings import known
from tests.support.builders import (
    CLOSES_AT,
    LAST_ACCEPTED_AT,
    NOW,
    stage_changed,
    vacancy_timetabled,
)
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
        {"review_latest_on": date(2025, 11, 4)},
        {"interviews_promised_on": date(2025, 11, 5)},
        {"title": "Technician"},
        {"location": "Hendon"},
    ],
)
def test_W12_whatever_people_were_told_is_told_again_when_it_changes_with_old_and_new(change):
    new = vacancy_timetabled(version=2, **change)
    assert not is_no_news(MessageKind.CLOSING_MOVED, new, TOLD, NOW)
    [line] = changes(TOLD, new, is_closed=False)
    assert ", instead of " in line


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"review_opens_at": datetime(2025, 10, 28, 10, 30, tzinfo=UTC)},
        {"last_accepted_at": LAST_ACCEPTED_AT + timedelta(seconds=30)},
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
    assert "28 October 2025 (the review can start on Wednesday 29 October 2025), instead" in line


def test_W4_W12_of_a_range_of_days_both_ends_are_told_and_a_day_alone_once():
    alone = {"review_promised_on": date(2025, 10, 29), "review_latest_on": date(2025, 10, 29)}
    new = vacancy_timetabled(version=2, **alone)
    [line] = changes(TOLD, new, is_closed=False)
    assert "will not review applications before Wednesday 29 October 2025" in line
    ranged = vacancy_timetabled(version=3, **alone | {"review_latest_on": date(2025, 11, 5)})
    assert changes(TOLD, ranged, is_closed=False)[1] == (
        "The review should start by Wednesday 5 November 2025, instead of Tuesday 28 October 2025."
    )


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


SATURDAY = datetime(2025, 10, 18, 12, 0, tzinfo=UTC)
REJECTION = Message(MessageKind.NOT_ELIGIBLE, 2)


@pytest.mark.parametrize("back_at", WAITING)
@pytest.mark.parametrize(
    ("planned", "overtaken", "now", "expected"),
    [
        ((), (), SATURDAY, SATURDAY),
        ((REJECTION,), (REJECTION,), SATURDAY, SATURDAY),
        ((REJECTION,), (), SATURDAY, datetime(2025, 10, 20, 8, 10, tzinfo=UTC)),
        ((REJECTION,), (), NOW, NOW + timedelta(minutes=10)),
    ],
)
def test_W12_E21_moved_dates_are_told_after_a_rejection_that_was_told_is_taken_back(
    back_at, planned, overtaken, *, now, expected
):
    standing = known(*planned, sequence=2, stage=Stage.NOT_ELIGIBLE, overtaken=overtaken)
    back = stage_changed(stage=back_at, sequence=3)
    assert dates_go_again(back, standing, now=now) == expected


@pytest.mark.parametrize(
    ("stage", "to", "sequence"),
    [
        (Stage.RECEIVED, Stage.READY_FOR_REVIEW, 3),
        (Stage.NOT_ELIGIBLE, Stage.WITHDRAWN, 3),
        (Stage.NOT_ELIGIBLE, Stage.READY_FOR_REVIEW, 1),
    ],
)
def test_W12_who_waits_all_along_or_no_more_is_told_no_dates_again(stage, to, sequence):
    standing = known(REJECTION, sequence=2, stage=stage)
    assert dates_go_again(stage_changed(stage=to, sequence=sequence), standing, now=NOW) is None
