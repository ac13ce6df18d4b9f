"""Which questions wait for a person, as the console reads them out of the workers' tables."""

from argparse import Namespace
from datetime import date, timedelta

import asyncpg
import pytest

from services.console import referrals
from services.console.questions import load_questions
from services.console.referrals import answers_to, when
from shared.contracts.applications import Answer
from shared.contracts.checks import DocumentsOutcome
from shared.contracts.referrals import ReferralAnswer
from shared.settings import settings
from tests.support.build_eligibility import applied
from tests.support.build_people import CHALLENGED_AT
from tests.support.builders import (
    APPLICATION,
    LAST_ACCEPTED_AT,
    VACANCY,
    application_accepted,
    application_refused,
    challenge_decided,
    decision_challenged,
    departure,
    documents_accepted,
    documents_checked,
    eligibility_checked,
    vacancy_closed,
    vacancy_published,
    vacancy_timetabled,
)
from tests.support.operator_files import employers_file
from tests.support.workplace import Workplace

ASIDE = documents_checked(documents_version=2), documents_accepted(APPLICATION, 3, set_aside=(2,))


@pytest.mark.parametrize(("version", "earlier"), [(1, ()), (3, ASIDE)])
async def test_C5_D8_faulty_documents_are_a_question_only_after_the_closing(
    database, version, earlier
):
    """Also where complete ones were sent after an earlier closing, and so count no longer."""
    workplace = await Workplace.open(database)
    faulty = documents_checked(documents_version=version, outcome=DocumentsOutcome.FAULTY)
    await workplace.hear(application_accepted(), eligibility_checked(), *earlier, faulty)
    owner = await found(database, version, DocumentsOutcome.FAULTY)
    assert await load_questions(owner) == []
    await workplace.hear(vacancy_closed(), now=LAST_ACCEPTED_AT)
    [question] = await load_questions(owner)
    assert question.reason == "faulty at closing: empty"
    assert question.documents_version == version
    assert answers_to(question) == {ReferralAnswer.ACCEPT}
    await owner.execute("update progress.application set stage = 'not_successful'")
    assert await load_questions(owner) == [], "the hiring manager has decided"
    await owner.close()


async def found(database, version: int, outcome: DocumentsOutcome) -> asyncpg.Connection:
    """Let the documents worker have found this; return a connection of the owner."""
    owner = await asyncpg.connect(database.owner)
    await owner.execute(
        "insert into documents.verdict (application, documents_version, vacancy, outcome,"
        " findings, checked_at) values ($1, $2, $3, $4, '[{\"code\": \"empty\"}]', $5)",
        APPLICATION, version, VACANCY, outcome, LAST_ACCEPTED_AT - timedelta(days=1),
    )  # fmt: skip
    return owner


async def test_C5_D8_documents_that_nobody_can_mend_any_more_are_not_returned(
    database, monkeypatch, capsys
):
    """It would ask the candidate nothing, and the same question would be asked again."""
    workplace = await Workplace.open(database)
    unclear = documents_checked(outcome=DocumentsOutcome.UNCLEAR)
    await workplace.hear(application_accepted(), unclear, vacancy_closed(), now=LAST_ACCEPTED_AT)
    owner = await found(database, 1, DocumentsOutcome.UNCLEAR)
    [question] = await load_questions(owner)
    await owner.close()
    monkeypatch.setenv("DATABASE_URL", database.owner)
    settings.cache_clear()
    typed = {"kind": "documents", "answer": "return", "by": "tom-4", "why": "It is blank."}
    words = Namespace(reference=APPLICATION, seen=question.token, **typed)
    assert await referrals.resolve(words) == 1
    settings.cache_clear()
    assert "would ask the candidate nothing" in " ".join(capsys.readouterr().err.split())


async def asked(database) -> asyncpg.Connection:
    """Ask about one application; return a connection of the owner."""
    workplace = await Workplace.open(database)
    await workplace.hear(applied("2025-10-20", departure("2020-10-20")))
    owner = await asyncpg.connect(database.owner)
    await owner.execute(
        "insert into intake.vacancy values ($1, 1, 'met', 'police_staff', 'permanent', null, $2)",
        VACANCY, LAST_ACCEPTED_AT,
    )  # fmt: skip
    return owner


async def test_F2_in_a_year_without_bank_holidays_a_question_is_to_be_answered_within_weekdays(
    database,
):
    """So that it is overdue at last, as a challenge of that day is."""
    owner = await asked(database)
    await owner.execute("update eligibility.verdict set checked_at = '2098-06-02'")
    [question] = await load_questions(owner)
    await owner.close()
    assert question.answer_by == date(2098, 6, 9)


@pytest.mark.parametrize(("days", "last"), [(5, date(2025, 10, 27)), (2, date(2025, 10, 22))])
async def test_F2_the_employer_says_within_how_many_working_days_a_question_is_answered(
    database, tmp_path, days, last
):
    owner = await asked(database)
    with employers_file(tmp_path, "referral_working_days = 5", f"referral_working_days = {days}"):
        [question] = await load_questions(owner)
    await owner.close()
    assert question.answer_by == last
    assert "OVERDUE" not in when(question, question.since)
    assert "OVERDUE" in when(question, question.since + timedelta(days=9))


CONVICTED = {"conviction_declared": Answer.YES}
DOUBTFUL = applied("2025-10-20", departure("2020-10-20"), **CONVICTED)
BARRED = applied("2025-10-20", departure("2022-10-20"), **CONVICTED)
REFUSED = application_refused(timetable_version=2)


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ((DOUBTFUL,), ["conviction", "eligibility"]),
        ((DOUBTFUL, REFUSED), []),
        ((BARRED,), []),
        ((BARRED, vacancy_published(), decision_challenged()), ["challenge"]),
        (
            (BARRED, vacancy_published(), decision_challenged(), challenge_decided()),
            ["conviction"],
        ),
    ],
)
async def test_F2_K1_nothing_is_asked_about_whoever_is_out_until_they_are_back(
    database, known, asked
):
    """Out by an earlier closing, or barred; a challenge that is upheld brings them back (E20)."""
    workplace = await Workplace.open(database)
    await workplace.hear(vacancy_timetabled(), *known, now=CHALLENGED_AT)
    owner = await asyncpg.connect(database.owner)
    assert [question.kind for question in await load_questions(owner)] == asked
    await owner.close()
