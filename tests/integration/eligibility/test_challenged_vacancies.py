"""A challenge names the vacancy that its application is for, or goes to a person (G12, E20)."""

import asyncpg
import pytest

from services.eligibility.worker import SERVICE
from shared.contracts.challenges import ChallengeReceived
from tests.integration.eligibility.conftest import rows
from tests.support.build_eligibility import applied
from tests.support.build_people import CHALLENGED_AT
from tests.support.builders import (
    APPLICATION,
    NOW,
    VACANCY,
    decision_challenged,
    departure,
    vacancy_published,
)
from tests.support.hearing import Hearing
from tests.support.publishing import publish

BARRED = applied("2025-06-03", departure("2020-10-21"))
RIGHT = decision_challenged()
WRONG = decision_challenged(vacancy="met-another")


@pytest.fixture
async def eligibility(database) -> Hearing:
    await publish(database, vacancy_published(), vacancy_published(vacancy="met-another"))
    return Hearing(SERVICE, await database.service("eligibility"))


async def refuse(database) -> None:
    """Tell the candidate that they were late: nobody judges them."""
    owner = await asyncpg.connect(database.owner)
    await owner.execute("insert into notifications.vacancy values ($1, 1)", VACANCY)
    await owner.execute(
        "insert into notifications.message (application, vacancy, kind, version, state,"
        " planned_at, send_after, sent_at) values ($1, $2, 'submitted_late', 1, 'sent', $3, $3,"
        " $3)",
        APPLICATION, VACANCY, NOW,
    )  # fmt: skip
    await owner.close()


@pytest.mark.parametrize("is_judged", [True, False])
async def test_G12_E20_a_challenge_that_names_another_vacancy_is_kept_for_a_person(
    eligibility, database, is_judged
):
    """Its letters would name the wrong post; the right one is opened as if it had never come."""
    if is_judged:
        await eligibility.hear(BARRED, now=NOW)
    else:
        await refuse(database)
    assert await eligibility.hear(WRONG, now=CHALLENGED_AT) == []
    assert [held.reason for held in eligibility.quarantined] == ["wrong_vacancy"]
    assert await rows(database, "select from eligibility.challenge") == []
    [said] = await eligibility.hear(RIGHT, now=CHALLENGED_AT)
    assert isinstance(said, ChallengeReceived)
    assert (said.vacancy, said.number) == (VACANCY, 1)


async def test_G12_E20_a_challenge_that_names_another_vacancy_is_none_even_where_nobody_knows_that(
    eligibility,
):
    """It does not wait to be opened as soon as such a vacancy is published."""
    await eligibility.hear(BARRED, now=NOW)
    await eligibility.hear(decision_challenged(vacancy="met-not-yet"), now=CHALLENGED_AT)
    assert [held.reason for held in eligibility.quarantined] == ["wrong_vacancy"]
    assert eligibility.parked == {}
