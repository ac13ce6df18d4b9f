"""A submission is judged by when the candidate made it."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from services.intake.decisions import (
    Accepted,
    Admission,
    Conflicted,
    Ignored,
    InTheFuture,
    NotYetPosted,
    Refused,
    Vacancy,
    VacancyUnknown,
    admit,
    compare,
)
from services.intake.sameness import content_sha256
from shared.contracts.applications import RefusalReason
from shared.contracts.vacancies import Employer, Engagement, RoleType
from tests.support.builders import (
    LAST_ACCEPTED_AT,
    NOW,
    POSTED_ON,
    VACANCY,
    application_submitted,
    candidate,
)

LATE = Refused(RefusalReason.SUBMITTED_AFTER_CLOSING, LAST_ACCEPTED_AT, timetable_version=1)
NEXT_MORNING = datetime(2025, 10, 22, 8, 0, tzinfo=UTC)


def vacancy(posted_on: date | None = POSTED_ON) -> Vacancy:
    return Vacancy(
        vacancy=VACANCY,
        version=1,
        employer=Employer.MET,
        role_type=RoleType.POLICE_STAFF,
        engagement=Engagement.PERMANENT,
        posted_on=posted_on,
        last_accepted_at=LAST_ACCEPTED_AT,
    )


def in_time() -> Admission:
    return Accepted(vacancy())


@pytest.mark.parametrize(
    ("submitted_at", "verdict"),
    [
        ("2025-10-21T23:54:59+01:00", in_time()),
        ("2025-10-21T23:55:00+01:00", in_time()),
        ("2025-10-21T23:55:00.001+01:00", in_time()),
        ("2025-10-21T23:55:59.999999+01:00", in_time()),
        ("2025-10-21T23:56:00+01:00", LATE),
        ("2025-10-21T22:55:00Z", in_time()),
        ("2025-10-21T22:56:00Z", LATE),
        ("2025-10-21T23:55:00Z", LATE),
        ("2025-10-22T02:55:00+04:00", in_time()),
        ("2025-10-22T07:59:00Z", LATE),
    ],
)
def test_C1_C2_C4_the_candidates_submission_is_compared_with_the_closing_in_london(
    submitted_at, verdict
):
    submission = application_submitted(submitted_at=datetime.fromisoformat(submitted_at))
    assert admit(submission, vacancy(), NEXT_MORNING) == verdict


def test_C3_received_the_morning_after_is_accepted():
    submission = application_submitted(submitted_at=LAST_ACCEPTED_AT - timedelta(minutes=1))
    assert admit(submission, vacancy(), NEXT_MORNING) == in_time()


@pytest.mark.parametrize(
    ("received_at", "is_late"),
    [
        (NOW, False),
        (LAST_ACCEPTED_AT, False),
        (LAST_ACCEPTED_AT + timedelta(microseconds=1), True),
        (NEXT_MORNING, True),
    ],
)
def test_C3_only_what_reached_us_after_the_last_accepted_instant_is_labelled(received_at, is_late):
    assert Accepted(vacancy()).arrived_after_close(received_at) is is_late


@pytest.mark.parametrize(
    ("submitted_at", "verdict"),
    [
        (datetime(2025, 9, 30, 22, 59, 59, tzinfo=UTC), NotYetPosted()),
        (datetime(2025, 9, 30, 23, 0, tzinfo=UTC), in_time()),
        (datetime(2025, 10, 1, 0, 0, tzinfo=UTC), in_time()),
    ],
)
def test_D9_the_day_of_posting_begins_at_midnight_in_london(submitted_at, verdict):
    assert admit(application_submitted(submitted_at=submitted_at), vacancy(), NOW) == verdict


def test_D9_a_vacancy_without_a_posting_date_takes_applications_from_any_day():
    submission = application_submitted(submitted_at=datetime(2025, 1, 1, tzinfo=UTC))
    assert admit(submission, vacancy(posted_on=None), NOW) == Accepted(vacancy(posted_on=None))


@pytest.mark.parametrize(
    ("ahead", "verdict"),
    [
        (timedelta(minutes=15), in_time()),
        (timedelta(minutes=15, microseconds=1), InTheFuture()),
        (timedelta(days=1000), InTheFuture()),
    ],
)
def test_A30_a_clock_may_be_a_quarter_of_an_hour_fast(ahead, verdict):
    assert admit(application_submitted(submitted_at=NOW + ahead), vacancy(), NOW) == verdict


def test_A17_nothing_is_judged_before_the_vacancy_is_known():
    assert admit(application_submitted(), None, NOW) == VacancyUnknown()


def test_A25_the_same_submission_again_changes_nothing():
    content = content_sha256(application_submitted())
    assert isinstance(compare(content, content), Ignored)


def test_other_content_under_the_same_reference_is_a_conflict():
    other = application_submitted(candidate=candidate(name="Somebody Else"))
    verdict = compare(content_sha256(other), content_sha256(application_submitted()))
    assert verdict == Conflicted()


def test_the_same_instant_with_another_offset_is_the_same_content():
    in_oslo = NOW.astimezone(timezone(timedelta(hours=2)))
    assert content_sha256(application_submitted(submitted_at=in_oslo)) == content_sha256(
        application_submitted(submitted_at=NOW)
    )


def test_a_field_left_out_is_the_same_content_as_its_default():
    assert content_sha256(
        application_submitted(candidate=candidate(phone=None))
    ) == content_sha256(application_submitted())


@pytest.mark.parametrize(
    "change",
    [
        {"submitted_at": NOW},
        {"vacancy": "met-001"},
        {"candidate": candidate(email="other@example.org")},
        {"documents": ()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_other_word_is_other_content(change):
    assert content_sha256(application_submitted(**change)) != content_sha256(
        application_submitted()
    )
