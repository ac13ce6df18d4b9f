"""What a person sees of the questions that wait, and what answering them does, broker and all."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest

from services.console import __main__ as console
from services.console.questions import token_of
from services.documents.worker import SERVICE as DOCUMENTS
from services.eligibility.worker import SERVICE as ELIGIBILITY
from shared.contracts.applications import Answer
from shared.contracts.vacancies import Criterion, CriterionKind
from shared.settings import settings
from tests.support.build_eligibility import applied
from tests.support.build_people import CHALLENGED_AT
from tests.support.builders import (
    APPLICATION,
    VACANCY,
    application_accepted,
    challenge_decided,
    decision_challenged,
    departure,
    vacancy_published,
    vacancy_timetabled,
    withdrawal_accepted,
)
from tests.support.rig import Rig, rig, until
from tests.support.workplace import Workplace

BARRED = applied("2025-10-20", departure("2021-10-21"))
DOUBTFUL = applied("2025-10-20", departure("2020-10-20"))
YEARS = Criterion(key="years", kind=CriterionKind.EXPERIENCE, text="At least 4 years")
DUTY = Criterion(key="mot", kind=CriterionKind.DUTY, text="Keep tester status")
WHO = ("--by", "tom-4", "--why", "I rang the scheme.")
RESOLVE = ("referrals", "resolve", APPLICATION)
ELIGIBLE = ("--kind", "eligibility", "--answer", "eligible")
SEEN = ("--seen", token_of("challenge", CHALLENGED_AT))
DISMISS = ("challenges", "decide", APPLICATION, "--outcome", "dismissed", *SEEN, *WHO)
Run = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
async def workplace(database) -> Workplace:
    workplace = await Workplace.open(database)
    await workplace.hear(vacancy_published(criteria=(YEARS, DUTY)), vacancy_timetabled())
    return workplace


@pytest.fixture
def muster(database, monkeypatch, capsys) -> Run:
    """The console on this database."""
    monkeypatch.setenv("DATABASE_URL", database.owner)
    monkeypatch.setenv("AMQP_URL", "")
    settings.cache_clear()

    async def run(*words: str) -> tuple[int, str]:
        code = await asyncio.to_thread(console.main, [*words])
        said = capsys.readouterr()
        return code, said.out + said.err

    monkeypatch.setattr("signal.signal", lambda *_: None)  # threads may not set handlers
    return run


@pytest.fixture
async def bench(amqp_url, database, monkeypatch, muster) -> AsyncIterator[Rig]:
    monkeypatch.setenv("AMQP_URL", amqp_url)
    settings.cache_clear()
    async with rig(amqp_url, database.owner, (ELIGIBILITY, DOCUMENTS)) as bench:
        yield bench
    settings.cache_clear()


async def seen(muster: Run) -> tuple[str, str]:
    """The question about eligibility, as it is shown."""
    _, said = await muster("referrals", "show", APPLICATION, "--kind", "eligibility", "--json")
    [question] = json.loads(said)["open"]
    return "--seen", question["seen"]


async def test_every_question_is_listed_with_its_reason_and_what_happens_if_nobody_acts(
    workplace, muster
):
    declared = DOUBTFUL.model_copy(update={"conviction_declared": Answer.UNSURE})
    await workplace.hear(declared)
    code, said = await muster("referrals", "list")
    assert code == 0
    assert "eligibility  app-1" in said
    assert "E3 anniversary day" in said
    assert "If nobody acts on eligibility: It stays here. Nobody is rejected" in said
    assert "conviction   app-1" in said
    assert "nothing waits for this" in said
    assert "2 questions wait" in said
    _, said = await muster("referrals", "list", "--json", "--kind", "eligibility")
    [question] = json.loads(said)
    assert (question["application"], question["since"][:10]) == (APPLICATION, "2025-10-20")


@pytest.mark.parametrize("listed", ["referrals", "challenges"])
async def test_a_list_of_an_unpublished_vacancy_is_a_mistake_and_not_empty(
    workplace, muster, listed
):
    code, said = await muster(listed, "list", "--vacancy", "another")
    assert (code, "There is no vacancy another." in said) == (1, True)
    code, said = await muster(listed, "list", "--json", "--vacancy", VACANCY)
    assert (code, json.loads(said)) == (0, [])


async def test_F2_showing_a_question_says_what_is_needed_and_how_to_answer(workplace, muster):
    await workplace.hear(DOUBTFUL)
    code, said = await muster("referrals", "show", " APP-1 ")
    assert code == 0
    assert "You left the Met on 20 October 2020" in said
    assert "--kind eligibility \\\n" in said
    assert re.search(r"--seen \w{8} --answer eligible\|not-eligible --by WHO --why TEXT", said)
    code, said = await muster("referrals", "show", "nobody")
    assert code == 1


async def test_K1_K3_what_was_declared_of_convictions_is_shown_only_to_whoever_asks_for_it(
    workplace, muster
):
    """A list, and whoever decides on eligibility or documents, need not know the answer."""
    await workplace.hear(DOUBTFUL.model_copy(update={"conviction_declared": Answer.UNSURE}))
    for words in (
        ("list",),
        ("list", "--json"),
        ("show", APPLICATION),
        ("show", "app-1", "--json"),
    ):
        _, said = await muster("referrals", *words)
        assert "unsure" not in said
        assert "wrote nothing about it" not in said
        assert "conviction" in said
    assert "--kind conviction" in (await muster("referrals", "show", APPLICATION))[1]
    _, said = await muster("referrals", "show", APPLICATION, "--kind", "conviction")
    assert "Declared: unsure." in said
    assert "The candidate wrote nothing about it." in said


@pytest.mark.parametrize(
    "words",
    [
        ("referrals", "show", "nope"),
        ("referrals", "resolve", "nope", *ELIGIBLE, *SEEN, *WHO),
        ("challenges", "decide", "nope", "--outcome", "upheld", *SEEN, *WHO),
        ("criteria", "list", "nope"),
        ("criteria", "judge", "nope", "years", "--finding", "met", "--found-in", "CV", *WHO),
        ("application", "show", "nope"),
    ],
)
async def test_a_reference_that_nobody_has_is_called_unknown_with_what_to_do(
    workplace, muster, words
):
    code, said = await muster(*words)
    assert code == 1
    assert "There is no application nope." in said
    assert "./muster vacancy show" in said


async def test_an_unknown_vacancy_is_named_with_those_that_there_are(workplace, muster):
    code, said = await muster("vacancy", "show", "nope")
    assert (code, "There is no vacancy nope." in said) == (1, True)


async def test_what_is_printed_fits_80_columns(workplace, muster):
    await workplace.hear(DOUBTFUL)
    for words in (("list",), ("show", APPLICATION)):
        _, said = await muster("referrals", *words)
        assert max(map(len, said.splitlines())) <= 80


async def test_F2_an_answer_goes_through_the_broker_to_its_worker(workplace, muster, bench):
    await workplace.hear(DOUBTFUL)
    resolve = (*RESOLVE, "--kind", "eligibility", *await seen(muster), *WHO)
    async with bench.worker(ELIGIBILITY):
        code, said = await muster(*resolve, "--answer", "eligible")
        assert (code, "Decided." in said) == (0, True)

        async def is_answered() -> bool:
            rows = await bench.fetch("select outcome, working from eligibility.verdict")
            return rows == [{"outcome": "eligible", "working": "I rang the scheme."}]

        await until(is_answered, "the verdict is a person's")
    code, said = await muster(*resolve, "--answer", "not-eligible")
    assert code == 1
    assert "Nothing is changed: eligibility was answered eligible by tom-4" in said


async def test_nothing_is_decided_without_a_broker_and_it_says_so(workplace, muster):
    await workplace.hear(DOUBTFUL)
    code, said = await muster(*RESOLVE, *ELIGIBLE, *await seen(muster), *WHO)
    assert code == 2
    assert "Set AMQP_URL" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--kind", "documents", "--answer", "eligible", *WHO), "you can answer accept or return"),
        (("--kind", "documents", "--answer", "accept", *WHO), "no question about documents"),
        (
            ("--kind", "eligibility", "--answer", "not-eligible", "--by", "tom-4", "--why", ""),
            "--why: must not be empty",
        ),
        (
            ("--kind", "eligibility", "--answer", "eligible", "--by", "Tom 4", "--why", "I rang."),
            "--by: must be one word of letters, digits",
        ),
    ],
)
async def test_F2_an_answer_that_cannot_be_is_refused_with_a_reason(
    workplace, muster, words, says
):
    await workplace.hear(DOUBTFUL)
    code, said = await muster(*RESOLVE, *await seen(muster), *words)
    assert code > 0
    assert says in said


async def test_F2_an_answer_to_a_question_that_changed_after_it_was_seen_changes_nothing(
    workplace, muster, database
):
    """The verdict is still referred, but of other facts: what was seen is no longer asked."""
    await workplace.hear(DOUBTFUL)
    before = await seen(muster)
    owner = await asyncpg.connect(database.owner)
    await owner.execute("update eligibility.verdict set checked_at = checked_at + interval '1 s'")
    await owner.close()
    code, said = await muster(*RESOLVE, *ELIGIBLE, *before, *WHO)
    assert (code, "the question has changed since you saw it" in said) == (1, True)
    code, said = await muster(*RESOLVE, *ELIGIBLE, *await seen(muster), *WHO)
    assert "Set AMQP_URL" in said, "seen again, it is only the broker that is missing"


async def test_E20_a_decision_on_a_challenge_decides_none_that_was_not_seen(workplace, muster):
    later = CHALLENGED_AT + timedelta(days=2)
    again = decision_challenged(challenged_at=later)
    await workplace.hear(BARRED, decision_challenged(), challenge_decided(), again, now=later)
    code, said = await muster(*DISMISS)
    assert (code, "the question has changed since you saw it" in said) == (1, True)
    named = f"--seen {token_of('challenge', later)} --outcome upheld|dismissed --by WHO --why TEXT"
    assert named in (await muster("referrals", "show", APPLICATION))[1]


async def test_E20_challenges_are_listed_by_urgency_and_decided_once(workplace, muster):
    await workplace.hear(BARRED)
    await workplace.hear(decision_challenged(), now=CHALLENGED_AT)
    code, said = await muster("challenges", "list")
    assert code == 0
    assert "app-1 number 1, made Thu 23 Oct 2025 13:00: to be decided by Thu 6 Nov 2025" in said
    said = " ".join((await muster("referrals", "list"))[1].split())
    assert "number 1; since Thu 23 Oct 2025 13:00, to be answered by Thu 6 Nov 2025" in said
    assert "Nobody paid me anything." in (await muster("referrals", "show", APPLICATION))[1]
    await workplace.hear(challenge_decided(), now=CHALLENGED_AT + timedelta(days=2))
    assert "0 challenges" in (await muster("challenges", "list"))[1]
    code, said = await muster(*DISMISS)
    assert code == 1
    assert "Nothing is changed: app-1 number 1" in said
    assert "upheld by recruiter-4" in said


async def test_E20_a_challenge_is_upheld_only_where_there_is_a_rejection_to_reverse(
    workplace, muster
):
    """Its letter says that we have changed it: nothing else would change for a declined person."""
    await workplace.hear(application_accepted(), decision_challenged(), now=CHALLENGED_AT)
    uphold = ("challenges", "decide", APPLICATION, "--outcome", "upheld", *SEEN, *WHO)
    code, said = await muster(*uphold)
    assert (code, "no rejection by the eligibility rules" in " ".join(said.split())) == (1, True)


async def test_K6_K8_what_was_found_is_shown_with_the_application_and_gates_nothing(
    workplace, muster, bench
):
    await workplace.hear(DOUBTFUL)
    judge = ("criteria", "judge", APPLICATION, "years", "--finding", "not-met", *WHO)
    async with bench.worker(ELIGIBILITY):
        assert (await muster(*judge, "--found-in", "CV, page 2"))[0] == 0

        async def is_kept() -> bool:
            return bool(await bench.fetch("select 1 from eligibility.criterion_judgement"))

        await until(is_kept, "the judgement is kept")
    _, said = await muster("criteria", "list", APPLICATION)
    assert "not met: CV, page 2. I rang the scheme. (tom-4" in said
    assert "mot: Keep tester status [a duty, no test of entry]" in said
    code, said = await muster(*judge[:3], "nvq", *judge[4:], "--found-in", "CV")
    assert (code, "no requirement nvq; it has: years, mot." in said) == (1, True)
    assert "48 months" in (await muster("criteria", "years", "2019-01..2022-12"))[1]


async def test_whoever_has_withdrawn_leaves_no_question(workplace, muster):
    await workplace.hear(DOUBTFUL, withdrawal_accepted())
    assert "0 questions" in (await muster("referrals", "list"))[1]
