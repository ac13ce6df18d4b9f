"""The review on a real database: what it opens, accepts, chases and completes."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from services.review import storage
from services.review.decisions import Candidate
from shared.contracts import Payload
from shared.contracts.applications import Stage
from shared.contracts.reviews import (
    ApplicationReviewed,
    ManagerDecision,
    ReviewOpened,
    ReviewOpeningDue,
)
from tests.support.builders import (
    REVIEW_OPENS_AT,
    VACANCY,
    event,
    manager_reviewed,
    stage_changed,
    vacancy_timetabled,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing
from tests.support.reviewing import (
    BEFORE,
    LATE,
    NOW,
    OPENING,
    OVERDUE,
    completed,
    declined,
    opened,
    ready,
    withdrawn,
)


async def test_W3_W4_a_timetable_sets_both_timers(review: Hearing) -> None:
    await review.hear(vacancy_timetabled(), now=BEFORE)
    assert {key: timer.due_at for key, timer in review.timers.items()} == {
        f"review.opening_due.v1 {VACANCY}": REVIEW_OPENS_AT,
        f"review.overdue_due.v1 {VACANCY}": REVIEW_OPENS_AT.replace(day=29, hour=0),
    }


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
async def test_C7_the_newest_timetable_counts_in_any_order(
    review: Hearing, order: Sequence[int]
) -> None:
    moved = vacancy_timetabled(version=2, review_opens_at=LATE, review_latest_on=date(2025, 11, 4))
    timetables = {1: vacancy_timetabled(), 2: moved}
    await review.hear(*[timetables[version] for version in order], now=BEFORE)
    assert review.timers[f"review.opening_due.v1 {VACANCY}"].due_at == LATE
    assert await review.hear(OPENING, now=LATE - timedelta(seconds=1)) == []
    assert await review.hear(OVERDUE, now=LATE) == []
    said = await review.hear(event(OPENING, copy=1), now=LATE)
    assert isinstance(said[0], ReviewOpened)


async def test_W3_a_review_opens_for_those_who_are_ready(review: Hearing) -> None:
    with_a_person = stage_changed("c", Stage.WITH_A_PERSON, sequence=3)
    elsewhere = stage_changed("d", Stage.READY_FOR_REVIEW, vacancy="another")
    await review.hear(vacancy_timetabled(), ready("a"), ready("b"), now=BEFORE)
    await review.hear(with_a_person, elsewhere, ready("w"), withdrawn("w"), now=BEFORE)
    assert await review.hear(OPENING, event(OPENING, copy=1), now=NOW) == [
        ReviewOpened(vacancy=VACANCY, opened_at=NOW, applications=2)
    ]


async def test_a_timer_that_overtakes_its_timetable_waits_for_it(review: Hearing) -> None:
    assert await review.hear(OPENING, ready("a"), now=NOW) == []
    assert await review.hear(vacancy_timetabled(), now=NOW) == [
        ReviewOpened(vacancy=VACANCY, opened_at=NOW, applications=1)
    ]


async def test_a_review_with_nobody_in_it_completes_at_once(review: Hearing) -> None:
    await review.hear(vacancy_timetabled(), now=BEFORE)
    assert await review.hear(OPENING, now=NOW) == [
        ReviewOpened(vacancy=VACANCY, opened_at=NOW, applications=0),
        completed(0, 0),
    ]


async def test_W8_the_last_decision_completes_the_review_once(review: Hearing) -> None:
    await opened(review, "a", "b")
    first = await review.hear(manager_reviewed("a"), now=NOW)
    assert [type(said) for said in first] == [ApplicationReviewed]
    last = await review.hear(declined("b"), now=NOW)
    assert last[1:] == [completed(1, 1)]
    assert await review.hear(event(declined("b"), copy=1), withdrawn("a"), now=LATE) == []


async def test_W8_two_last_decisions_in_one_batch_complete_the_review(review: Hearing) -> None:
    await opened(review, "a", "b")
    said = await review.hear_together(manager_reviewed("a"), declined("b"), now=NOW)
    assert said[2:] == [completed(1, 1)]


async def test_the_last_undecided_candidates_withdrawal_completes_the_review(
    review: Hearing,
) -> None:
    await opened(review, "a", "b")
    await review.hear(manager_reviewed("a"), now=NOW)
    assert await review.hear(withdrawn("b"), now=NOW) == [completed(1, 0)]


async def test_W8_whom_a_machine_is_checking_anew_is_waited_for(review: Hearing) -> None:
    """New documents sent in time arrived late; a person's question would move no date."""
    await opened(review, "a", "b")
    await review.hear(stage_changed("b", Stage.RECEIVED, sequence=4), now=NOW)
    said = await review.hear(manager_reviewed("a"), now=NOW)
    assert [type(one) for one in said] == [ApplicationReviewed]
    with_a_person = stage_changed("b", Stage.WITH_A_PERSON, sequence=5)
    assert await review.hear(with_a_person, now=NOW) == [completed(1, 0)]


async def test_W8_whom_a_machine_is_checking_anew_holds_nobody_up_once_decided(
    review: Hearing,
) -> None:
    """Whatever becomes of their documents, the manager has seen those that were there before."""
    await opened(review, "a", "b")
    await review.hear(stage_changed("b", Stage.RECEIVED, sequence=4), now=NOW)
    said = await review.hear(manager_reviewed("a"), declined("b"), now=NOW)
    assert said[-1] == completed(1, 1)


async def test_W8_a_late_arrival_is_reviewed_and_moves_no_date(review: Hearing) -> None:
    await opened(review, "a")
    await review.hear(ready("late"), ready("later"), now=NOW)
    assert completed(1, 0) in await review.hear(manager_reviewed("a"), now=NOW)
    [accepted] = await review.hear(manager_reviewed("late"), now=LATE)
    assert isinstance(accepted, ApplicationReviewed)


async def test_a_second_decision_after_completion_goes_to_a_person(review: Hearing) -> None:
    await opened(review, "a")
    await review.hear(manager_reviewed("a"), now=NOW)
    second = manager_reviewed("a", ManagerDecision.DECLINE, reviewed_at=LATE)
    assert await review.hear(second, now=LATE) == []
    assert [held.reason for held in review.quarantined] == ["already_decided"]


async def test_a_decision_dated_in_the_future_is_held_in_the_words_for_every_such_moment(
    review: Hearing,
) -> None:
    await opened(review, "a")
    assert await review.hear(manager_reviewed("a", reviewed_at=LATE), now=NOW) == []
    assert [(held.reason, held.detail) for held in review.quarantined] == [
        ("reviewed_in_the_future", "reviewed_at is more than 15 minutes ahead")
    ]


async def test_a_changed_mind_counts_until_completion(
    review: Hearing, database: TestDatabase
) -> None:
    await opened(review, "a", "b")
    second = manager_reviewed("a", ManagerDecision.DECLINE, reviewed_at=NOW)
    said = await review.hear(manager_reviewed("a"), second, declined("b"), now=NOW)
    assert said[-1] == completed(0, 2)
    async with (await database.service("review")).transaction() as tx:
        kept = await tx.fetch("select rationale from review.decision where application = 'a'")
    assert len(kept) == 2


async def test_an_earlier_decision_that_arrives_last_does_not_stand(review: Hearing) -> None:
    await opened(review, "a", "b")
    first, second, third = [
        manager_reviewed("a", decision, reviewed_at=REVIEW_OPENS_AT + timedelta(hours=hours))
        for hours, decision in enumerate(
            [ManagerDecision.INVITE, ManagerDecision.INVITE, ManagerDecision.DECLINE]
        )
    ]
    said = await review.hear(first, third, second, declined("b"), now=NOW)
    assert len(said) == 4
    assert said[-1] == completed(0, 2)


async def test_W2_a_decision_waits_for_the_opening_and_for_the_pass(review: Hearing) -> None:
    assert await review.hear(manager_reviewed("a"), vacancy_timetabled(), now=BEFORE) == []
    await review.hear(ready("b"), now=BEFORE)
    said = await review.hear(OPENING, now=REVIEW_OPENS_AT)
    assert [type(one) for one in said] == [ReviewOpened]
    said = await review.hear(ready("a"), now=NOW)
    assert [type(one) for one in said] == [ApplicationReviewed]
    assert not review.parked


async def test_G4_W2_a_decision_that_overtakes_the_news_of_a_reversed_rejection_counts_with_it(
    review: Hearing,
) -> None:
    await opened(review, "b")
    await review.hear(stage_changed("a", Stage.NOT_ELIGIBLE, sequence=1), now=NOW)
    assert await review.hear(manager_reviewed("a"), now=NOW) == []
    said = await review.hear(ready("a"), now=NOW)
    assert [type(one) for one in said] == [ApplicationReviewed]
    assert not review.parked


async def test_C7_an_extension_moves_both_timers_and_the_old_ones_fire_harmlessly(
    review: Hearing,
) -> None:
    a_week = timedelta(weeks=1)
    later = vacancy_timetabled(
        version=2,
        review_opens_at=REVIEW_OPENS_AT + a_week,
        review_latest_on=(REVIEW_OPENS_AT + a_week).date(),
    )
    await review.hear(vacancy_timetabled(), ready("a"), later, vacancy_timetabled(), now=BEFORE)
    due = {timer.event.type: timer.due_at for timer in review.timers.values()}
    assert due[ReviewOpeningDue.type] == REVIEW_OPENS_AT + a_week
    assert await review.hear(OPENING, OVERDUE, now=REVIEW_OPENS_AT + timedelta(days=1)) == []
    said = await review.hear(event(OPENING, copy=1), now=REVIEW_OPENS_AT + a_week)
    assert [type(one) for one in said] == [ReviewOpened]


def story(vacancy: str) -> list[tuple[int, Payload]]:
    """One review with its phases: 0 comes before the opening, 2 and 3 after it, -1 any time."""
    names = {letter: f"{vacancy}-{letter}" for letter in "abcd"}

    def stage(letter: str, stage: Stage, sequence: int) -> Payload:
        return stage_changed(names[letter], stage, sequence=sequence, vacancy=vacancy)

    def decided(letter: str, decision: ManagerDecision, minutes: int) -> Payload:
        at = REVIEW_OPENS_AT + timedelta(minutes=minutes)
        return manager_reviewed(names[letter], decision, vacancy=vacancy, reviewed_at=at)

    return [
        *[(-1, stage(letter, Stage.RECEIVED, 1)) for letter in "abcd"],
        *[(0, stage(letter, Stage.READY_FOR_REVIEW, 2)) for letter in "abcd"],
        (0, vacancy_timetabled(vacancy=vacancy)),
        (1, ReviewOpeningDue(vacancy=vacancy)),
        *[(-1, stage(letter, Stage.UNDER_REVIEW, 3)) for letter in "abc"],
        (-1, decided("a", ManagerDecision.INVITE, 10)),
        (-1, decided("b", ManagerDecision.DECLINE, 20)),
        (2, stage("c", Stage.WITHDRAWN, 4)),
        (3, decided("d", ManagerDecision.INVITE, 30)),
    ]


def shuffled(phased: list[tuple[int, Payload]], seed: int) -> list[Payload]:
    """Any order that keeps the phases from 0 up in order; -1 goes anywhere."""
    mixed = random.Random(seed).sample(phased, len(phased))
    in_order = iter(sorted((one for one in mixed if one[0] >= 0), key=lambda one: one[0]))
    return [one[1] if one[0] < 0 else next(in_order)[1] for one in mixed]


async def test_G4_events_in_any_order_end_in_the_same_review(review: Hearing) -> None:
    for seed in range(40):
        vacancy = f"vacancy-{seed}"
        said = await review.hear(*shuffled(story(vacancy), seed), now=NOW)
        assert sorted((type(one).__name__, one.subject[len(vacancy) :]) for one in said) == [
            ("ApplicationReviewed", "-a"),
            ("ApplicationReviewed", "-b"),
            ("ApplicationReviewed", "-d"),
            ("ReviewCompleted", ""),
            ("ReviewOpened", ""),
        ], f"seed {seed}"
        assert ReviewOpened(vacancy=vacancy, opened_at=NOW, applications=4) in said
    assert not review.parked
    assert not review.quarantined


async def test_W2_W8_who_is_in_a_review_is_the_same_for_the_tally_as_for_a_decision(
    database: TestDatabase,
) -> None:
    """The rule stands in SQL too, which counts without loading anybody."""
    people = {
        f"{stage}-{counted}": Candidate("", stage, is_counted=counted == "counted")
        for stage in Stage
        for counted in ("counted", "new")
    }
    stages = [stage_changed(name, one.stage, vacancy=name) for name, one in people.items()]
    async with (await database.service("review")).transaction() as tx:
        await storage.record_timetables(tx, [vacancy_timetabled(vacancy=name) for name in people])
        await storage.record_stages(tx, stages)
        await tx.execute(
            "update review.candidate set is_counted = true where application = any($1)",
            [name for name, one in people.items() if one.is_counted],
        )
        tallies = await storage.load_tallies(tx, people)
    undecided = {name for name, tally in tallies.items() if tally.undecided}
    assert undecided == {name for name, one in people.items() if one.is_in_review}
