"""A challenge is opened, decided by a person, or said to be late; nothing is lost in any order."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import permutations

import asyncpg
import pytest

from services.eligibility.worker import SERVICE
from shared import employers
from shared.contracts.challenges import (
    ChallengeOutcome,
    ChallengeOverdue,
    ChallengeOverdueDue,
    ChallengeReceived,
    ChallengeSettled,
)
from shared.contracts.checks import EligibilityChecked, EligibilityOutcome
from shared.contracts.referrals import ReferralAnswer
from tests.integration.eligibility.conftest import rows, stands
from tests.support.at_once import at_once
from tests.support.build_eligibility import applied
from tests.support.build_people import CHALLENGED_AT
from tests.support.builders import (
    APPLICATION,
    NOW,
    VACANCY,
    challenge_decided,
    decision_challenged,
    declaration_corrected,
    departure,
    event,
    referral_resolved,
)
from tests.support.hearing import Hearing

BARRED = applied("2025-06-03", departure("2020-10-21"))
DOUBTFUL = applied("2025-06-03", departure("2020-06-03"))
LATER = NOW + timedelta(days=5)
NO = ReferralAnswer.NOT_ELIGIBLE
DISMISSED = ChallengeOutcome.DISMISSED

FIRST = decision_challenged()
STORY = [
    DOUBTFUL,
    declaration_corrected(1, departure("2020-10-21"), decided_at=NOW + timedelta(hours=1)),
    referral_resolved(NO, decided_at=NOW + timedelta(minutes=30)),
    FIRST,
    challenge_decided(DISMISSED, decided_at=CHALLENGED_AT + timedelta(days=1)),
    challenge_decided(decided_at=CHALLENGED_AT + timedelta(days=2), by="recruiter-9"),
]


@pytest.mark.usefixtures("eligibility")
async def test_E20_E21_any_order_of_what_people_decide_ends_in_the_same_verdict(database):
    """Answered, corrected to a clear bar, challenged, decided twice: the first decision stands.

    All 720 orders have been seen; these are some of them.
    """
    connected = await database.service("eligibility")
    ends = set()
    for order in list(permutations(STORY))[::40]:
        hearing = Hearing(SERVICE, connected)
        await hearing.hear(*order, now=LATER)
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


async def test_E20_E21_a_challenge_is_late_by_the_last_letter_that_gave_a_day(
    eligibility, database
):
    """A corrected rejection is told with a later day than the first letter gave."""
    await eligibility.hear(BARRED, now=NOW)
    owner = await asyncpg.connect(database.owner)
    await owner.execute("insert into notifications.vacancy values ($1, 1)", VACANCY)
    await owner.executemany(
        "insert into notifications.message (application, vacancy, kind, version, state,"
        " planned_at, send_after, sent_at) values ($1, $2, $3, 2, 'sent', $4, $4, $4)",
        [
            (APPLICATION, VACANCY, "not_eligible", NOW - timedelta(days=40)),
            (APPLICATION, VACANCY, "rejection_corrected", NOW),
        ],
    )
    await owner.close()
    [said] = await eligibility.hear(FIRST, now=CHALLENGED_AT)
    assert not said.is_late


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


UPHELD = challenge_decided()
BEFORE = challenge_decided(DISMISSED, decided_at=UPHELD.decided_at - timedelta(hours=1))
ANSWER = referral_resolved(NO, decided_at=UPHELD.decided_at + timedelta(hours=1))


@pytest.mark.parametrize("order", list(permutations([UPHELD, BEFORE, ANSWER])))
async def test_E20_G3_a_question_that_stands_again_is_the_one_that_was_asked(
    eligibility, database, order
):
    """Upheld by mistake, for somebody had dismissed it before: the referral stands again."""
    await eligibility.hear(DOUBTFUL, FIRST, now=NOW)
    for hours, decision in enumerate(order):
        await eligibility.hear(decision, now=LATER + timedelta(hours=hours))
    assert (await stands(database))[0][:2] == ("rejected", "referral")


async def test_E20_who_decided_a_challenge_is_lent_to_nobody(eligibility, database):
    await eligibility.hear(BARRED, FIRST, UPHELD, now=LATER)
    decider = "select decided_by from eligibility.challenges"
    assert await rows(database, decider) == [("recruiter-4",)]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await rows(database, decider, "notifications")


async def test_E20_two_challenges_of_one_application_at_once_are_numbered_one_after_the_other(
    eligibility, database
):
    await eligibility.hear(BARRED, now=NOW)
    second = decision_challenged(challenged_at=CHALLENGED_AT + timedelta(minutes=1))
    outcomes = await at_once(SERVICE, database, event(FIRST), [event(second)], now=CHALLENGED_AT)
    received = [said.event.data for one in outcomes for said in one.announced if not said.due_at]
    assert [one.number for one in received] == [1, 2]
    assert await rows(
        database, "select number, challenged_at from eligibility.challenge order by number"
    ) == [(1, FIRST.challenged_at), (2, second.challenged_at)]


STILL_BARRED = declaration_corrected(
    1, departure("2021-10-21"), decided_at=CHALLENGED_AT + timedelta(days=5)
)


async def test_E20_F2_what_waits_for_a_person_is_not_said_to_be_decided_by_one(
    eligibility, database
):
    await eligibility.hear(BARRED, FIRST, UPHELD, STILL_BARRED, now=LATER)
    assert await rows(
        database, "select outcome, is_by_person from eligibility.explanations", "notifications"
    ) == [("referred", False)]


@pytest.mark.parametrize(
    "order", list(permutations([BARRED, FIRST, challenge_decided(), STILL_BARRED]))[::4]
)
async def test_E20_E21_what_was_upheld_and_corrected_to_a_bar_goes_to_a_person_who_decides(
    eligibility, database, order
):
    await eligibility.hear(*order, now=LATER)
    [(outcome, _, reasons, eligible_from, working)] = await stands(database)
    assert (outcome, reasons, eligible_from) == (
        "referred",
        ["E1_left_with_compensation", "E20_challenge_upheld_before"],
        None,
    )
    assert working.startswith("What you told us was corrected on")
    assert working.endswith("A person will look at this.")
    checked = [said for said in eligibility.announced if isinstance(said, EligibilityChecked)]
    assert max(checked, key=lambda one: one.revision).outcome is EligibilityOutcome.REFERRED
    resolved = referral_resolved(
        NO,
        asked_at=STILL_BARRED.decided_at,
        decided_at=STILL_BARRED.decided_at + timedelta(days=1),
    )
    await eligibility.hear(resolved, now=LATER)
    assert (await stands(database))[0][:2] == ("rejected", "referral")


async def test_E20_a_challenge_dated_in_the_future_is_held_and_sets_no_deadline(eligibility):
    await eligibility.hear(BARRED, now=NOW)
    assert await eligibility.hear(FIRST, now=CHALLENGED_AT - timedelta(minutes=16)) == []
    assert [one.reason for one in eligibility.quarantined] == ["challenged_in_the_future"]
