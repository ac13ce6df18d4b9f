"""What an employer or an operator decides changes the timetable."""

from datetime import UTC, datetime, timedelta

import pytest

from services.vacancies.decisions import Replanned, begin, replan, timetable
from tests.support.builders import LAST_ACCEPTED_AT, REVIEW_OPENS_AT, vacancy_published
from tests.support.operator_files import employers_file, more_bank_holidays


@pytest.mark.parametrize(
    ("employers", "own", "counts"),
    [(0, None, 0), (90, None, 90), (90, 0, 0), (0, 60, 60), (90, 60, 60)],
)
def test_C2_a_vacancys_own_grace_wins_over_the_employers_also_where_it_is_none(
    tmp_path, employers, own, counts
):
    with employers_file(tmp_path, "grace_seconds = 0", f"grace_seconds = {employers}"):
        made = timetable(vacancy_published(grace_seconds=own))
    assert made.last_accepted_at == LAST_ACCEPTED_AT + timedelta(seconds=counts)


def test_C2_the_grace_of_the_day_of_publication_stays_whatever_the_employer_decides_later(
    tmp_path,
):
    with employers_file(tmp_path, "grace_seconds = 0", "grace_seconds = 90"):
        plan = begin(vacancy_published())
    verdict = replan(plan)
    assert isinstance(verdict, Replanned)
    assert verdict.timetable.last_accepted_at == LAST_ACCEPTED_AT + timedelta(seconds=90)


def test_W10_the_review_opens_when_the_employer_says(tmp_path):
    with employers_file(tmp_path, 'review_opens = "09:00"', 'review_opens = "10:30"'):
        made = timetable(vacancy_published())
    assert made.review_opens_at == REVIEW_OPENS_AT.replace(hour=10, minute=30)


def test_W10_a_bank_holiday_that_is_proclaimed_moves_the_work_and_not_the_promise(tmp_path):
    before = timetable(vacancy_published())
    with more_bank_holidays(tmp_path, "2025-10-28", "2025-10-29"):
        after = timetable(vacancy_published())
    assert after.review_opens_at == datetime(2025, 10, 30, 9, tzinfo=UTC)
    assert after.review_promised_on == before.review_promised_on
    assert after.interviews_promised_on == before.interviews_promised_on
