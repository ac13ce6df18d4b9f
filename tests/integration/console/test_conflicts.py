"""A conflict is compared and closed by a person, and until then listed (A25, F2)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest

from services.console import __main__ as console
from services.console.questions import load_answers, load_questions
from services.documents.worker import SERVICE as DOCUMENTS
from services.eligibility.worker import SERVICE as ELIGIBILITY
from services.intake.worker import SERVICE as INTAKE
from shared.contracts.applications import Answer, Convictions
from shared.contracts.referrals import ReferralAnswer
from shared.settings import settings
from tests.support.build_people import referral_resolved
from tests.support.builders import (
    APPLICATION,
    NOW,
    application_submitted,
    candidate,
    form,
    vacancy_timetabled,
)
from tests.support.hearing import Hearing

LATER = NOW + timedelta(hours=1)
OTHER = candidate(name="Zaphod", email="z@example.org")


@pytest.fixture
async def intake(database) -> Hearing:
    intake = Hearing(INTAKE, await database.service("intake"))
    await intake.hear(vacancy_timetabled(), application_submitted(), now=NOW)
    return intake


@pytest.fixture
async def owner(database):
    owner = await asyncpg.connect(database.owner)
    yield owner
    await owner.close()


@pytest.fixture
def muster(database, monkeypatch, capsys) -> Callable[..., Awaitable[str]]:
    monkeypatch.setenv("DATABASE_URL", database.owner)
    settings.cache_clear()
    monkeypatch.setattr("signal.signal", lambda *_: None)  # threads may not set handlers

    async def run(*words: str) -> str:
        await asyncio.to_thread(console.main, [*words])
        return " ".join(capsys.readouterr().out.split())

    return run


def settled(asked_at=LATER, **changes):
    return referral_resolved(ReferralAnswer.FIRST_STANDS, asked_at=asked_at, **changes)


async def test_A25_both_values_of_what_differs_are_shown_to_whoever_answers(intake, muster):
    fewer = application_submitted().documents[:1]
    await intake.hear(application_submitted(candidate=OTHER, documents=fewer), now=LATER)
    said = await muster("referrals", "show", APPLICATION)
    assert 'candidate.name: first "Ada O\'Neill", later "Zaphod"' in said
    assert 'documents.1: first {"key": "incoming/app-1/personal_statement"' in said
    assert '"name": "Personal Statement.docx"}, later nothing' in said
    assert "--kind conflict \\ --seen " in said
    assert " --answer first-stands --by WHO --why TEXT" in said
    assert "Zaphod" not in await muster("referrals", "list")


async def test_A25_a_file_name_that_no_database_holds_hides_no_question(intake, owner):
    hostile = application_submitted().documents[0].model_copy(update={"name": "C\0V.pdf"})
    await intake.hear(application_submitted(documents=(hostile,)), now=LATER)
    [question] = await load_questions(owner)
    assert "C\\u0000V.pdf" in question.detail


@pytest.mark.parametrize("line_end", ["\n", "\u2028", "\u2029"])
async def test_K3_what_was_declared_of_convictions_is_compared_only_by_whoever_asks_for_it(
    intake, muster, line_end
):
    details = f"A fine{line_end}in 2004"
    declared = form(convictions=Convictions(declared=Answer.YES, details=details))
    await intake.hear(application_submitted(form=declared), now=LATER)
    said = await muster("referrals", "show", APPLICATION)
    assert "form.convictions differs: whoever is to compare it sees how" in said
    assert "2004" not in said
    assert "2004" not in await muster("referrals", "show", APPLICATION, "--json")
    assert "2004" in await muster("referrals", "show", APPLICATION, "--kind", "conflict")


async def test_F2_an_answer_closes_the_conflict_that_it_saw_and_no_later_one(intake, owner):
    await intake.hear(application_submitted(candidate=OTHER), now=LATER)
    even_later = LATER + timedelta(days=1)
    third = candidate(name="Ford", email="f@example.org")
    await intake.hear(application_submitted(candidate=third), now=even_later)
    assert [one.since for one in await load_questions(owner)] == [LATER]
    await intake.hear(settled(), now=even_later)
    [question] = await load_questions(owner)
    assert question.since == even_later
    assert "Ford" in question.detail
    await intake.hear(settled(even_later, decided_at=even_later), now=even_later)
    assert await load_questions(owner) == []
    answers = await load_answers(owner, APPLICATION)
    assert [(one.kind, one.answer) for one in answers] == [("conflict", "first_stands")] * 2


async def test_F2_of_two_answers_the_first_one_given_is_kept_in_any_order(intake, owner):
    await intake.hear(application_submitted(candidate=OTHER), now=LATER)
    for hours, by in ((2, "late-1"), (0, "first-1"), (1, "middle-1")):
        at = LATER + timedelta(hours=hours)
        await intake.hear(settled(by=by, decided_at=at, rationale="I rang her."), now=at)
    [answer] = await load_answers(owner, APPLICATION)
    assert answer.by == "first-1"


async def test_F2_an_answer_about_no_conflict_changes_nothing(intake, owner):
    await intake.hear(settled(), now=LATER)
    assert await load_answers(owner, APPLICATION) == []


@pytest.mark.parametrize("service", [ELIGIBILITY, DOCUMENTS], ids=lambda one: one.name)
async def test_F2_an_answer_about_a_conflict_concerns_and_waits_for_nobody_else(database, service):
    other = Hearing(service, await database.service(service.name))
    assert await other.hear(settled(), now=LATER) == []
    assert not other.parked
