"""Amendments on a real database: any order, one timetable, and every timer planned by it."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from services.vacancies.worker import SERVICE
from shared.contracts.vacancies import (
    ClosingAnchor,
    VacancyClosed,
    VacancyClosingDue,
    VacancyOpened,
    VacancyReplanRequested,
    VacancyTimetabled,
    Window,
)
from tests.support.at_once import at_once
from tests.support.builders import (
    CLOSES_AT,
    LAST_ACCEPTED_AT,
    NOW,
    VACANCY,
    event,
    vacancy_amended,
    vacancy_closed,
    vacancy_closing_date_passed,
    vacancy_closing_due,
    vacancy_published,
    vacancy_timetabled,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing
from tests.support.operator_files import employers_file, more_bank_holidays

INSTANT = timedelta(microseconds=1)
A_WEEK = timedelta(weeks=1)
TOO_LATE = LAST_ACCEPTED_AT + INSTANT
TIMER = f"{VacancyClosingDue.type} {VACANCY}"
EXTENDED_TIMETABLE = vacancy_timetabled(
    version=2,
    closes_at=CLOSES_AT + A_WEEK + timedelta(hours=1),  # the clocks have gone back
    last_accepted_at=LAST_ACCEPTED_AT + A_WEEK + timedelta(hours=1),
    review_promised_on=date(2025, 11, 4),
    review_opens_at=datetime(2025, 11, 4, 9, tzinfo=UTC),
    review_latest_on=date(2025, 11, 4),
    interviews_promised_on=date(2025, 11, 11),
    interviews_latest_on=date(2025, 11, 11),
)
EXTENDED = vacancy_amended(closes_at=EXTENDED_TIMETABLE.closes_at)
NEW_LIMIT = EXTENDED_TIMETABLE.last_accepted_at
REPLAN = VacancyReplanRequested(vacancy=VACANCY, by="hr-1", decided_at=NOW, rationale="a holiday")


@pytest.fixture
async def vacancies(database: TestDatabase) -> Hearing:
    return Hearing(SERVICE, await database.service("vacancies"))


@pytest.fixture
async def published(vacancies: Hearing) -> Hearing:
    await vacancies.hear(vacancy_published(), now=NOW)
    return vacancies


async def row(database: TestDatabase, vacancy: str = VACANCY) -> dict:
    async with (await database.service("vacancies")).transaction() as tx:
        found = await tx.fetchrow("select * from vacancies.vacancy where vacancy = $1", vacancy)
    return {
        key: value for key, value in found.items() if not key.endswith(("vacancy", "_noticed_at"))
    }


async def test_C7_W12_an_extension_is_announced_and_its_closing_planned(published):
    assert await published.hear(EXTENDED, now=NOW) == [EXTENDED_TIMETABLE]
    assert published.timers[TIMER].due_at == NEW_LIMIT + INSTANT


async def test_C6_C7_the_timer_of_the_earlier_timetable_fires_harmlessly(published):
    await published.hear(EXTENDED, now=NOW)
    heard = [vacancy_closing_due(), vacancy_closing_date_passed()]
    assert await published.hear(*heard, now=TOO_LATE) == []
    assert published.timers[TIMER].due_at == NEW_LIMIT + INSTANT
    closed = await published.hear(event(vacancy_closing_due(), copy=2), now=NEW_LIMIT + INSTANT)
    assert closed == [vacancy_closed(closed_at=NEW_LIMIT)]


async def test_C7_an_extension_after_the_closing_opens_it_again_and_closes_it_again(published):
    await published.hear(vacancy_closing_due(), now=TOO_LATE)
    extended = vacancy_amended(amended_at=TOO_LATE, closes_at=EXTENDED.closes_at)
    assert await published.hear(extended, now=TOO_LATE) == [EXTENDED_TIMETABLE]
    again = event(vacancy_closing_due(), copy=2)
    assert await published.hear(again, now=NEW_LIMIT) == []
    again = event(vacancy_closing_due(), copy=3)
    said = await published.hear(again, now=NEW_LIMIT + INSTANT)
    assert said == [vacancy_closed(closed_at=NEW_LIMIT)]


async def test_C7_an_early_close_closes_once_at_the_new_moment(published):
    early = NOW + timedelta(hours=3)
    limit = early + timedelta(minutes=1) - INSTANT
    [timetabled] = await published.hear(vacancy_amended(actual_close_at=early), now=NOW)
    assert timetabled.last_accepted_at == limit
    assert timetabled.review_promised_on == date(2025, 10, 28)
    assert published.timers[TIMER].due_at == limit + INSTANT
    said = await published.hear(vacancy_closing_due(), now=limit + INSTANT)
    said += await published.hear(vacancy_closing_date_passed(), now=TOO_LATE)
    assert said == [vacancy_closed(closed_at=limit)]


async def test_C7_002_counts_from_the_actual_close(vacancies):
    published = vacancy_published(review_anchor=ClosingAnchor.ACTUAL_CLOSE)
    await vacancies.hear(published, now=NOW)
    early = NOW + timedelta(hours=3)
    [timetabled] = await vacancies.hear(vacancy_amended(actual_close_at=early), now=NOW)
    assert timetabled.review_promised_on == date(2025, 10, 27)


async def test_a_closing_that_moves_into_the_past_is_held_and_changes_nothing(published, database):
    before = await row(database)
    past = vacancy_amended(closes_at=NOW - timedelta(minutes=1))
    assert await published.hear(past, now=NOW) == []
    assert [held.reason for held in published.quarantined] == ["closing_moved_into_the_past"]
    assert await row(database) == before


async def test_an_amendment_dated_in_the_future_is_held_in_the_words_for_every_such_moment(
    published,
):
    ahead = vacancy_amended(amended_at=NOW + timedelta(minutes=16), title="Driver")
    assert await published.hear(ahead, now=NOW) == []
    assert [(held.reason, held.detail) for held in published.quarantined] == [
        ("amended_in_the_future", "amended_at is more than 15 minutes ahead")
    ]


async def test_what_comes_before_its_vacancy_waits_for_it(vacancies):
    assert await vacancies.hear(EXTENDED, REPLAN, now=NOW) == []
    said = await vacancies.hear(vacancy_published(), now=NOW)
    assert [one.version for one in said if isinstance(one, VacancyTimetabled)] == [1, 2, 3]
    assert not vacancies.parked


async def test_C7_an_amendment_into_an_unknown_year_counts_once_another_leads_out_of_it(published):
    far = vacancy_amended(
        amended_at=NOW - timedelta(days=1), title="Driver",
        closes_at=datetime(2028, 12, 28, tzinfo=UTC),
    )  # fmt: skip
    assert await published.hear(far, now=NOW) == []
    assert [held.reason for held in published.quarantined] == ["bank_holidays_unknown"]
    said = await published.hear(EXTENDED, now=NOW)
    assert [(one.version, one.title == "Driver") for one in said] == [(2, False), (3, True)]
    assert said[-1].closes_at == EXTENDED.closes_at
    assert not published.parked


async def test_the_same_amendment_under_another_id_is_ignored(published):
    await published.hear(EXTENDED, now=NOW)
    assert await published.hear(event(EXTENDED, copy=2), now=NOW) == []
    assert published.quarantined == []


AMENDMENTS = (
    vacancy_amended(amended_at=NOW - timedelta(days=3), title="Driver", closes_at=NEW_LIMIT),
    vacancy_amended(amended_at=NOW - timedelta(days=2), title="Technician"),
    vacancy_amended(amended_at=NOW - timedelta(days=1), closes_at=NOW - timedelta(hours=9)),
    vacancy_amended(amended_at=NOW, interviews=Window(min_weeks=2, max_weeks=3)),
)  # fmt: skip


async def test_C7_every_order_of_amendments_and_triggers_ends_in_the_same_row(vacancies, database):
    """Published anew for each order; the vacancy ends closed, at the moment moved to last."""
    ends = []
    for number, order in enumerate(permutations([*AMENDMENTS, vacancy_closing_due()])):
        name = f"vacancy-{number}"
        heard = [one.model_copy(update={"vacancy": name}) for one in order]
        await vacancies.hear(vacancy_published(vacancy=name), *heard, now=NOW)
        if f"{VacancyClosingDue.type} {name}" in vacancies.timers:
            await vacancies.hear(event(vacancy_closing_due(name), copy=2), now=NOW)
        ends.append(await row(database, name) | {"published": None})
    assert all(end == ends[0] for end in ends)
    assert ends[0]["version"] == 5
    assert ends[0]["closed_at"] == NOW - timedelta(hours=9) + timedelta(minutes=1) - INSTANT
    assert not vacancies.quarantined


async def test_amendments_of_several_vacancies_come_as_one_batch(vacancies):
    await vacancies.hear_together(*(vacancy_published(vacancy=v) for v in "ab"), now=NOW)
    said = await vacancies.hear_together(
        vacancy_amended("b", title="B"), vacancy_amended("a", title="A"), now=NOW
    )
    assert [(one.subject, one.title, one.version) for one in said] == [
        ("b", "B", 2),
        ("a", "A", 2),
    ]


async def test_two_workers_amending_at_once_count_both(published, database):
    first = event(vacancy_amended(title="A"))
    second = event(vacancy_amended(amended_at=NOW + timedelta(seconds=1), title="B"))
    await at_once(SERVICE, database, second, [first], now=NOW)
    assert (await row(database))["version"] == 3
    async with (await database.service("vacancies")).transaction() as tx:
        assert await tx.fetchval("select count(*) from vacancies.amendment") == 2


async def test_W10_after_a_new_bank_holiday_a_request_plans_the_review_anew(published, tmp_path):
    with more_bank_holidays(tmp_path, "2025-10-28"):
        said = await published.hear(REPLAN, now=NOW)
    assert said == [
        vacancy_timetabled(version=2, review_opens_at=datetime(2025, 10, 29, 9, tzinfo=UTC))
    ]


async def test_C2_the_employers_grace_is_kept_as_it_was_on_the_day_of_publication(
    vacancies, tmp_path
):
    with employers_file(tmp_path, "grace_seconds = 0", "grace_seconds = 90"):
        [timetabled, _] = await vacancies.hear(vacancy_published(), now=NOW)
    [replanned] = await vacancies.hear(REPLAN, now=NOW)
    assert timetabled.last_accepted_at == LAST_ACCEPTED_AT + timedelta(seconds=90)
    assert replanned.last_accepted_at == timetabled.last_accepted_at


async def test_a_vacancy_opens_and_closes_once_however_often_its_title_changes(published):
    for number in range(3):
        renamed = vacancy_amended(amended_at=NOW + timedelta(seconds=number), title=f"T{number}")
        await published.hear(renamed, now=NOW)
    await published.hear(vacancy_closing_due(), now=TOO_LATE)
    renamed = vacancy_amended(amended_at=TOO_LATE, title="T")
    await published.hear(renamed, event(vacancy_closing_due(), copy=2), now=TOO_LATE)
    said = [type(one) for one in published.announced]
    assert (said.count(VacancyOpened), said.count(VacancyClosed)) == (1, 1)


async def test_C7_an_extension_opens_what_was_heard_of_after_its_closing(vacancies):
    """However often it is amended: applications are welcomed once."""
    await vacancies.hear(vacancy_published(), vacancy_closing_due(), now=TOO_LATE)
    renamed = vacancy_amended(amended_at=NOW + timedelta(seconds=1), title="Technician")
    await vacancies.hear(renamed, now=TOO_LATE)
    assert VacancyOpened(vacancy=VACANCY) not in vacancies.announced
    said = await vacancies.hear(EXTENDED, now=TOO_LATE)
    assert [type(one) for one in said] == [VacancyTimetabled, VacancyOpened]
    later = vacancy_amended(amended_at=TOO_LATE, closes_at=EXTENDED.closes_at + A_WEEK)
    assert [type(one) for one in await vacancies.hear(later, now=TOO_LATE)] == [VacancyTimetabled]


async def test_a_planned_opening_is_not_brought_forward_by_an_amendment(vacancies):
    before = datetime(2025, 9, 28, 12, tzinfo=UTC)
    renamed = vacancy_amended(amended_at=before, title="Technician")
    await vacancies.hear(vacancy_published(), renamed, now=before)
    assert VacancyOpened(vacancy=VACANCY) not in vacancies.announced
