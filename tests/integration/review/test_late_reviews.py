"""W4: a review that has not begun in time is late, which is said once and rejects nobody."""

from datetime import timedelta

from shared.contracts.reviews import ReviewOpened, ReviewOverdue
from tests.support.builders import VACANCY, event, manager_reviewed, vacancy_timetabled
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing
from tests.support.reviewing import (
    BEFORE,
    LATE,
    NOW,
    OPENING,
    OVERDUE,
    declined,
    opened,
    ready,
    withdrawn,
)


async def test_W4_a_late_review_is_said_to_be_late_once_and_rejects_nobody(
    review: Hearing, database: TestDatabase
) -> None:
    await opened(review, "a", "b", "c")
    await review.hear(ready("late"), now=NOW)
    late = [ReviewOverdue(vacancy=VACANCY, undecided=3)]
    assert await review.hear(OVERDUE, event(OVERDUE, copy=1), now=LATE) == late
    async with (await database.service("review")).transaction() as tx:
        assert await tx.fetchval("select overdue_at from review.round") == LATE


async def test_W4_a_review_that_never_opened_is_late_with_all_who_are_ready(
    review: Hearing,
) -> None:
    await review.hear(vacancy_timetabled(), ready("a"), ready("b"), withdrawn("c"), now=BEFORE)
    assert await review.hear(OVERDUE, now=LATE) == [ReviewOverdue(vacancy=VACANCY, undecided=2)]
    said = await review.hear(OPENING, now=LATE)
    assert said == [ReviewOpened(vacancy=VACANCY, opened_at=LATE, applications=2)]


async def test_W4_a_completed_review_is_not_late(review: Hearing) -> None:
    await opened(review, "a")
    await review.hear(declined("a"), now=NOW)
    assert await review.hear(OVERDUE, now=LATE) == []


async def test_W4_W9_a_review_has_begun_although_the_only_one_decided_has_withdrawn(
    review: Hearing,
) -> None:
    await opened(review, "a", "b")
    await review.hear(manager_reviewed("a"), withdrawn("a"), now=NOW)
    assert await review.hear(OVERDUE, now=LATE) == []


async def test_W4_a_review_that_was_late_can_be_late_by_a_new_promise_too(
    review: Hearing,
) -> None:
    await opened(review, "a")
    first = await review.hear(OVERDUE, now=LATE)
    moved = vacancy_timetabled(version=2, review_latest_on=LATE.date() + timedelta(days=7))
    renamed = vacancy_timetabled(version=3, title="T", review_latest_on=moved.review_latest_on)
    later = LATE + timedelta(days=30)
    second = await review.hear(moved, renamed, event(OVERDUE, copy=1), now=later)
    again = await review.hear(event(renamed, copy=1), event(OVERDUE, copy=2), now=later)
    assert [late.version for late in first + second] == [1, 3]
    assert again == []
