"""Which questions wait for a person, as the console reads them out of the workers' tables."""

from datetime import timedelta

import asyncpg
import pytest

from services.console.questions import load_questions
from shared.contracts.checks import DocumentsOutcome
from tests.support.builders import (
    APPLICATION,
    LAST_ACCEPTED_AT,
    VACANCY,
    application_accepted,
    documents_accepted,
    documents_checked,
    eligibility_checked,
    vacancy_closed,
)
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
    owner = await asyncpg.connect(database.owner)
    await owner.execute(
        "insert into documents.verdict (application, documents_version, vacancy, outcome,"
        " findings, checked_at) values ($1, $2, $3, 'faulty', '[{\"code\": \"empty\"}]', $4)",
        APPLICATION, version, VACANCY, LAST_ACCEPTED_AT - timedelta(days=1),
    )  # fmt: skip
    assert await load_questions(owner) == []
    await workplace.hear(vacancy_closed(), now=LAST_ACCEPTED_AT)
    [question] = await load_questions(owner)
    await owner.close()
    assert question.reason == "faulty at closing: empty"
    assert question.documents_version == version
