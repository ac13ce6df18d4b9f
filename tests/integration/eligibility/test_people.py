"""What people decide about applications, on a real database: kept, announced, in any order."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import asyncpg
import pytest

from services.eligibility.worker import SERVICE
from shared import employers
from shared.contracts.applications import Answer
from shared.contracts.challenges import (
    ChallengeOutcome,
    ChallengeOverdue,
    ChallengeOverdueDue,
    ChallengeReceived,
    ChallengeSettled,
)
from shared.contracts.checks import EligibilityChecked, EligibilityOutcome
from shared.contracts.criteria import CriterionFinding
from shared.contracts.referrals import ReferralAnswer
from shared.contracts.vacancies import Criterion, CriterionKind
from tests.support.at_once import at_once
from tests.support.build_eligibility import applied
from tests.support.build_people import CHALLENGED_AT
from tests.support.builders import (
    APPLICATION,
    NOW,
    VACANCY,
    challenge_decided,
    criterion_judged,
    decision_challenged,
    declaration_corrected,
    departure,
    event,
    referral_resolved,
    vacancy_published,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing

BARRED = applied("2025-06-03", departure("2020-10-21"))
DOUBTFUL = applied("2025-06-03", departure("2020-06-03"))
WELCOME = applied("2025-06-03", departure("2001-06-03"))
LATER = NOW + timedelta(days=5)
NO = ReferralAnswer.NOT_ELIGIBLE
DISMISSED = ChallengeOutcome.DISMISSED


@pytest.fixture
async def eligibility(database: TestDatabase) -> Hearing:
    hearing = Hearing(SERVICE, await database.service("eligibility"))
    await hearing.hear(vacancy_published(), now=NOW)
    return hearing


async def rows(database: TestDatabase, sql: str, service: str = "eligibility") -> list[tuple]:
    connected = await database.service(service)
    async with connected.transaction() as tx:
        return [tuple(row) for row in await tx.fetch(sql)]


async def stands(database: TestDatabase) -> list[tuple]:
    return await rows(
        database, "select outcome, basis, reasons, eligible_from, working from eligibility.verdict"
    )


@pytest.mark.parametrize(
    ("answer", "outcome", "reasons"),
    [
        (ReferralAnswer.ELIGIBLE, EligibilityOutcome.ELIGIBLE, ()),
        (NO, EligibilityOutcome.REJECTED, ("E3_anniversary_day",)),
    ],
)
async def test_E3_F2_a_persons_answer_becomes_the_verdict_with_its_reason(
    eligibility, database, answer, outcome, reasons
):
    await eligibility.hear(DOUBTFUL, now=NOW)
    resolved = referral_resolved(answer, rationale="The scheme began a day later.")
    [said] = await eligibility.hear(resolved, now=LATER)
    assert (said.outcome, said.reasons, said.is_by_person) == (outcome, reasons, True)
    assert said.revision > 0
    assert "scheme began" not in said.model_dump_json()
    assert await stands(database) == [
        (outcome, "referral", list(reasons), None, "The scheme began a day later.")
    ]
    assert await rows(database, "select answered_by, rationale from eligibility.answer") == [
        ("recruiter-4", "The scheme began a day later.")
    ]
    assert await rows(
        database, "select is_by_person from eligibility.explanations", "notifications"
    ) == [(True,)]


async def test_an_answer_to_what_is_answered_already_changes_nothing(eligibility, database):
    await eligibility.hear(DOUBTFUL, referral_resolved(), now=LATER)
    before = await stands(database)
    late = referral_resolved(NO, decided_at=LATER, by="recruiter-9")
    assert await eligibility.hear(late, now=LATER) == []
    assert await stands(database) == before


async def test_E2_an_answer_where_nothing_was_asked_changes_nothing(eligibility, database):
    await eligibility.hear(BARRED, now=NOW)
    before = await stands(database)
    assert await eligibility.hear(referral_resolved(), now=LATER) == []
    assert await stands(database) == before


async def test_E21_an_answer_to_what_was_corrected_meanwhile_changes_nothing(
    eligibility, database
):
    correction = declaration_corrected(
        1, departure("2020-06"), decided_at=NOW + timedelta(minutes=5)
    )
    await eligibility.hear(DOUBTFUL, correction, now=NOW)
    assert await eligibility.hear(referral_resolved(), now=LATER) == []
    assert (await stands(database))[0][:2] == ("referred", "correction")
    asked_at = NOW + timedelta(minutes=5)
    [said] = await eligibility.hear(referral_resolved(asked_at=asked_at), now=LATER)
    assert said.outcome is EligibilityOutcome.ELIGIBLE


FIRST = decision_challenged()
STORY = [
    DOUBTFUL,
    declaration_corrected(1, departure("2020-10-21"), decided_at=NOW + timedelta(hours=1)),
    referral_resolved(NO, decided_at=NOW + timedelta(minutes=30)),
    FIRST,
    challenge_decided(DISMISSED, decided_at=CHALLENGED_AT + timedelta(days=1)),
    challenge_decided(decided_at=CHALLENGED_AT + timedelta(days=2), by="recruiter-9"),
]


async def test_E20_E21_any_order_of_what_people_decide_ends_in_the_same_verdict(database):
    """Answered, corrected to a clear bar, challenged, decided twice: the first decision stands.

    All 720 orders have been seen; these are some of them.
    """
    connected = await database.service("eligibility")
    ends = set()
    for order in list(permutations(STORY))[::40]:
        hearing = Hearing(SERVICE, connected)
        await hearing.hear(vacancy_published(), *order, now=NOW)
        assert hearing.parked == {}
        assert hearing.quarantined == []
        checked = [s for s in hearing.announced if isinstance(s, EligibilityChecked)]
        last = max(checked, key=lambda one: one.revision)
        ends.add((last.outcome, str(await stands(database))))
        async with connected.transaction() as tx:
            await tx.execute(
                "delete from challenge_decision; delete from challenge; delete from answer;"
                " delete from correction; delete from earlier_verdict; delete from verdict"
            )
    [(outcome, _)] = ends
    assert outcome is EligibilityOutcome.REJECTED


async def test_E20_a_challenge_waits_for_a_person_until_a_day(eligibility, database):
    await eligibility.hear(BARRED, now=NOW)
    said = await eligibility.hear(event(FIRST), event(FIRST, copy=1), now=CHALLENGED_AT)
    assert said == [
        ChallengeReceived(
            application=APPLICATION,
            vacancy=VACANCY,
            challenged_at=CHALLENGED_AT,
            number=1,
            decide_by=date(2025, 11, 6),
            is_late=False,
        )
    ]
    assert "Nobody paid" not in said[0].model_dump_json()
    [timer] = eligibility.timers.values()
    assert timer.due_at.isoformat() == "2025-11-07T00:00:00+00:00"
    assert await rows(database, "select grounds from eligibility.challenge") == [
        ("Nobody paid me anything.",)
    ]


@pytest.fixture
def employer_of(monkeypatch, tmp_path) -> Iterator[Callable[[int], None]]:
    """An employer who gives as many days to challenge, and to decide, as the test says."""

    def write(days: int) -> None:
        file = tmp_path / "employers.toml"
        file.write_text(
            f'[met]\nname = "Met"\nchallenge_days = {days}\nchallenge_working_days = {days}\n'
            '[kent_essex]\nname = "Kent"\n'
        )
        monkeypatch.setenv("MUSTER_EMPLOYERS", str(file))
        employers._all_terms.cache_clear()

    yield write
    employers._all_terms.cache_clear()


@pytest.mark.parametrize(("days", "is_late"), [(28, False), (2, True)])
async def test_E20_the_employers_settings_say_what_is_late_and_by_when_it_is_decided(
    eligibility, database, employer_of, days, is_late
):
    """A late challenge is opened all the same."""
    employer_of(days)
    await eligibility.hear(BARRED, now=NOW)
    owner = await asyncpg.connect(database.owner)
    await owner.execute("insert into notifications.vacancy values ($1, 1)", VACANCY)
    await owner.execute(
        "insert into notifications.message (application, vacancy, kind, version, state,"
        " planned_at, send_after, sent_at) values ($1, $2, 'not_eligible', 1, 'sent', $3, $3, $3)",
        APPLICATION, VACANCY, NOW,
    )  # fmt: skip
    await owner.close()
    [said] = await eligibility.hear(FIRST, now=CHALLENGED_AT)
    assert said.is_late is is_late
    assert said.decide_by == (date(2025, 12, 2) if days == 28 else date(2025, 10, 27))


async def test_E20_an_upheld_challenge_makes_eligible_and_says_so_once(eligibility, database):
    await eligibility.hear(BARRED, FIRST, now=CHALLENGED_AT)
    upheld = challenge_decided(rationale="He was never paid.")
    said = await eligibility.hear(event(upheld), event(upheld, copy=1), now=LATER)
    settled, checked = said
    assert (settled, checked.outcome) == (
        ChallengeSettled(
            application=APPLICATION, vacancy=VACANCY, challenged_at=CHALLENGED_AT, number=1,
            outcome=ChallengeOutcome.UPHELD,
        ),
        EligibilityOutcome.ELIGIBLE,
    )  # fmt: skip
    assert (await stands(database))[0] == ("eligible", "challenge", [], None, "He was never paid.")
    assert await rows(
        database, "select number, reason from eligibility.challenges", "notifications"
    ) == [(1, "He was never paid.")]


async def test_E20_a_dismissed_challenge_leaves_the_verdict_and_can_be_followed_by_another(
    eligibility, database
):
    await eligibility.hear(BARRED, FIRST, now=CHALLENGED_AT)
    [settled] = await eligibility.hear(challenge_decided(DISMISSED), now=LATER)
    assert settled.outcome is DISMISSED
    assert (await stands(database))[0][:2] == ("rejected", "declaration")
    again = LATER + timedelta(days=1)
    [said] = await eligibility.hear(decision_challenged(challenged_at=again), now=again)
    assert said.number == 2


async def test_E20_a_challenge_that_nobody_decides_is_said_to_be_overdue_once(
    eligibility, database
):
    await eligibility.hear(BARRED, FIRST, now=CHALLENGED_AT)
    [timer] = eligibility.timers.values()
    due: ChallengeOverdueDue = timer.event.data
    assert await eligibility.hear(event(due), now=timer.due_at - timedelta(seconds=1)) == []
    [said] = await eligibility.hear(event(due, copy=1), now=timer.due_at)
    assert isinstance(said, ChallengeOverdue)
    assert await eligibility.hear(event(due, copy=2), now=timer.due_at) == []
    assert (await stands(database))[0][0] == "rejected"
    settled, checked = await eligibility.hear(challenge_decided(), now=timer.due_at)
    assert (settled.outcome, checked.outcome) == ("upheld", "eligible")


async def test_E20_two_challenges_made_at_one_moment_that_differ_are_kept_for_a_person(
    eligibility,
):
    await eligibility.hear(BARRED, FIRST, now=CHALLENGED_AT)
    await eligibility.hear(decision_challenged(grounds="Other words."), now=CHALLENGED_AT)
    assert [one.reason for one in eligibility.quarantined] == ["challenges_contradict"]


async def test_E20_two_people_deciding_at_once_do_not_lose_each_other(eligibility, database):
    await eligibility.hear(BARRED, FIRST, now=CHALLENGED_AT)
    upheld = challenge_decided()
    dismissed = challenge_decided(DISMISSED, decided_at=upheld.decided_at - timedelta(hours=1))
    await at_once(SERVICE, database, event(upheld), [event(dismissed)], now=LATER)
    assert (await stands(database))[0][:2] == ("rejected", "declaration")
    assert len(await rows(database, "select 1 from eligibility.challenge_decision")) == 2


async def test_K1_K2_a_conviction_is_considered_with_a_rationale_and_nothing_else_happens(
    eligibility, database
):
    declared = WELCOME.model_copy(update={"conviction_declared": Answer.YES})
    considered = referral_resolved(ReferralAnswer.CONSIDERED, rationale="Minor, long ago.")
    said = await eligibility.hear(declared, considered, now=NOW)
    assert [one.outcome for one in said] == [EligibilityOutcome.ELIGIBLE]
    kept = "select considered_by, considered_at, rationale from eligibility.consideration"
    assert await rows(database, kept) == [
        ("recruiter-4", considered.decided_at, "Minor, long ago.")
    ]
    again = considered.model_copy(update={"decided_at": LATER, "rationale": "Too late."})
    assert await eligibility.hear(again, now=LATER) == []
    assert (await rows(database, kept))[0][2] == "Minor, long ago."


@pytest.mark.parametrize("service", ["review", "notifications", "interviews", "progress"])
@pytest.mark.parametrize("table", ["consideration", "criterion_judgement", "challenge", "answer"])
async def test_K3_nobody_who_selects_or_writes_letters_can_read_it(database, service, table):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await rows(database, f"select * from eligibility.{table}", service)


PRINTED = (
    Criterion(key="years", kind=CriterionKind.EXPERIENCE, text="At least 4 years in workshops"),
    Criterion(key="nvq-3", kind=CriterionKind.QUALIFICATION, text="NVQ 3 or equivalent"),
    Criterion(key="mot", kind=CriterionKind.DUTY, text="Keep tester status", is_essential=False),
    Criterion(key="licence", kind=CriterionKind.QUALIFICATION, text="Full and clean licence"),
)
JUDGED: list[Any] = [
    criterion_judged("years", CriterionFinding.NOT_MET),
    criterion_judged("nvq-3", is_equivalent=True, rationale="A master craftsman's certificate."),
    criterion_judged("mot", CriterionFinding.UNCLEAR),
    criterion_judged("licence", part="full", current_on=date(2025, 10, 1)),
    criterion_judged("licence", CriterionFinding.NOT_MET, part="clean"),
]


async def test_K6_K7_K8_K9_K10_judgements_are_kept_with_their_place_and_gate_nothing(
    eligibility, database
):
    await eligibility.hear(
        event(vacancy_published(criteria=PRINTED), time=LATER), WELCOME, now=NOW
    )
    for judged in JUDGED:
        assert await eligibility.hear(judged, now=LATER) == []
    kept = await rows(
        database,
        "select criterion, part, finding, is_equivalent, current_on, found_in"
        " from eligibility.criterion_judgement order by 1, 2",
    )
    assert kept == [
        ("licence", "clean", "not_met", False, None, "CV, page 2"),
        ("licence", "full", "met", False, date(2025, 10, 1), "CV, page 2"),
        ("mot", "", "unclear", False, None, "CV, page 2"),
        ("nvq-3", "", "met", True, None, "CV, page 2"),
        ("years", "", "not_met", False, None, "CV, page 2"),
    ]
    assert (await stands(database))[0][0] == "eligible"


async def test_K15_a_requirement_that_no_advert_prints_is_kept_for_a_person(eligibility):
    await eligibility.hear(criterion_judged("years"), now=NOW)
    assert [one.reason for one in eligibility.quarantined] == ["no_such_criterion"]


async def test_K6_a_judgement_waits_for_the_advert(database):
    hearing = Hearing(SERVICE, await database.service("eligibility"))
    await hearing.hear(criterion_judged("years"), now=NOW)
    assert len(hearing.parked) == 1
    await hearing.hear(vacancy_published(criteria=PRINTED), now=NOW)
    assert hearing.parked == {}
    assert len(await rows(database, "select 1 from eligibility.criterion_judgement")) == 1
