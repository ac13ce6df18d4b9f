"""Every setting that an employer has: changing it changes what is done."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.console import questions
from services.documents.decisions import cure_of
from services.eligibility.answers import open_challenge
from services.notifications.decisions import Standing, review_expected_by, tell_stage
from services.vacancies.decisions import timetable
from services.vacancies.reading import Settled, VacancyReading, read_advert
from shared.contracts.applications import Role, Stage
from shared.contracts.checks import FindingCode
from shared.contracts.notifications import MessageKind
from shared.contracts.vacancies import Employer
from shared.employers import EmployerTerms, terms_of
from tests.support.adverts import advert
from tests.support.build_documents import WORDS, a_document, codes
from tests.support.build_eligibility import applied, outcome
from tests.support.build_letters import letter, text_of, written
from tests.support.builders import (
    NOW,
    departure,
    stage_changed,
    vacancy_published,
    vacancy_timetabled,
)
from tests.support.operator_files import employers_file


def met() -> EmployerTerms:
    return terms_of(Employer.MET)


def held_until() -> Any:
    rejected = stage_changed(stage=Stage.NOT_ELIGIBLE)
    return tell_stage(rejected, Standing(), hold_hours=met().hold_hours, now=NOW)


def closing_read() -> Any:
    reading = read_advert(advert(closing="Closing date: 14 May 2026"), Settled(), terms_of)
    assert isinstance(reading, VacancyReading)
    assert reading.published
    return reading.published.closes_at


def challenge() -> Any:
    told_at = datetime(2025, 10, 1, tzinfo=UTC)
    days, working_days = met().challenge_days, met().challenge_working_days
    terms = {"days": days, "working_days": working_days}
    return open_challenge(NOW, told_at, received_at=NOW, **terms)


def question() -> Any:
    return questions._question(
        kind="eligibility", application="a-1", vacancy="v-1", reason="", since=NOW,
        answer_by=None, documents_version=None, detail="", employer="met",
    )  # fmt: skip


def near_copies() -> Any:
    cv = a_document(Role.CV, shingles=WORDS)
    statement = a_document(Role.PERSONAL_STATEMENT, shingles=frozenset(range(20, 120)))
    return codes(cv, statement, terms=met())


def rejection() -> str:
    return text_of(written(letter(MessageKind.NOT_ELIGIBLE)))


CHANGES: dict[str, tuple[str, Callable[[], Any]]] = {
    "name": ('"The Yard"', rejection),
    "early_departure": (
        "4",
        lambda: outcome(applied("2025-06-19", departure("2020-10-21")), met().early_departure),
    ),
    "combined_document": ('"return"', lambda: cure_of(FindingCode.COMBINED, met())),
    "near_copy_percent": ("81", near_copies),
    "closing_time": ('"17:00"', closing_read),
    "grace_seconds": ("90", lambda: timetable(vacancy_published()).last_accepted_at),
    "review_opens": ('"10:30"', lambda: timetable(vacancy_published()).review_opens_at),
    "late_review_working_days": ("6", lambda: review_expected_by(vacancy_timetabled())),
    "referral_working_days": ("6", question),
    "hold_hours": ("48", held_until),
    "challenge_days": ("10", challenge),
    "challenge_working_days": ("9", rejection),
}


@pytest.mark.parametrize("setting", sorted(EmployerTerms.model_fields))
def test_changing_any_setting_of_an_employer_changes_what_is_done(setting: str, tmp_path: Path):
    value, done = CHANGES[setting]
    name = "years" if setting == "early_departure" else setting
    shipped = Path("shared/employers.toml").read_text()
    [line] = re.findall(rf"^{name} = .*$", shipped.split("[kent_essex]")[0], re.MULTILINE)
    before = done()
    with employers_file(tmp_path, line, f"{name} = {value}"):
        assert done() != before
