"""Who may be the same person is suggested, in both directions, and nobody is merged."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import asyncpg
import pytest

from shared.contracts.applications import ApplicationAccepted
from tests.support.builders import (
    NOW,
    application_submitted,
    candidate,
    departure,
    event,
    form,
    served,
    vacancy_timetabled,
)
from tests.support.hearing import Hearing

LIKENESS = "select application, other, reasons from intake.likeness order by 1, 2"
ADA = candidate(phone="07700 900123")
BARRED_AT = datetime(2025, 10, 8, 12, tzinfo=UTC)
BOTH = ["same_email", "same_name_and_phone"]


def applied(application: str, **changes):
    return application_submitted(application, **changes)


@pytest.mark.parametrize(
    ("other", "reasons"),
    [
        (candidate(email="ADA@example.org", name="Somebody Else"), ["same_email"]),
        (
            candidate(email="new@example.org", name="ADA  o'neill", phone="+44 7700 900123"),
            ["same_name_and_phone"],
        ),
        (ADA, BOTH),
        (candidate(email="eve@example.org", name="Eve"), None),
    ],
)
async def test_E19_two_applications_of_perhaps_one_person_suggest_each_other(
    rows, open_intake: Hearing, other, reasons
):
    await open_intake.hear(applied("a", candidate=ADA), applied("b", candidate=other), now=NOW)
    pairs = [("a", "b", reasons), ("b", "a", reasons)] if reasons else []
    assert await rows("intake", LIKENESS) == pairs
    assert [type(said) for said in open_intake.announced] == [ApplicationAccepted] * 2


async def test_E19_one_person_for_several_vacancies_is_accepted_for_each_with_its_own_facts(
    rows, open_intake: Hearing
):
    await open_intake.hear(vacancy_timetabled(vacancy="met-001"), now=NOW)
    barred = form(early_departure=served(departure("2024-03-31")))
    first = applied("a", candidate=ADA)
    second = applied("b", candidate=ADA, vacancy="met-001", form=barred)
    one, other = await open_intake.hear(first, second, now=NOW)
    assert (one.vacancy, one.early_departure) == (first.vacancy, first.form.early_departure)
    assert (other.vacancy, other.early_departure) == ("met-001", barred.early_departure)
    assert await rows("intake", LIKENESS) == [("a", "b", BOTH), ("b", "a", BOTH)]


async def test_E16_a_fresh_application_after_the_bar_is_a_new_one(rows, open_intake: Hearing):
    """The same words again from the first day after the five years, under a new reference."""
    left = form(early_departure=served(departure("2020-10-10")))
    barred = applied("a", candidate=ADA, form=left, submitted_at=BARRED_AT)
    fresh = applied("b", candidate=ADA, form=left, submitted_at=BARRED_AT + timedelta(days=5))
    said = await open_intake.hear(barred, fresh, event(fresh, copy=1), now=NOW)
    assert [(type(one), one.subject, one.submitted_at) for one in said] == [
        (ApplicationAccepted, "a", barred.submitted_at),
        (ApplicationAccepted, "b", fresh.submitted_at),
    ]
    assert await rows("intake", LIKENESS) == [("a", "b", BOTH), ("b", "a", BOTH)]


@pytest.mark.parametrize("order", list(permutations("abc")))
async def test_E19_the_suggestions_are_the_same_in_every_order(rows, open_intake: Hearing, order):
    people = {"a": ADA, "b": candidate(name="Bo"), "c": candidate(name="Cy", email="c@x.org")}
    await open_intake.hear(*(applied(a, candidate=people[a]) for a in order), now=NOW)
    assert await rows("intake", LIKENESS) == [
        ("a", "b", ["same_email"]),
        ("b", "a", ["same_email"]),
    ]


async def test_E19_a_shared_mailbox_suggests_twenty_of_its_thousands(rows, open_intake: Hearing):
    names = [f"app-{number:04}" for number in range(3_000)]
    for start in range(0, len(names), 500):
        batch = (applied(name) for name in names[start : start + 500])
        await open_intake.hear_together(*batch, now=NOW)
    sql = "select other from intake.likeness where application = 'app-2999' order by 1"
    assert [other for (other,) in await rows("intake", sql)] == names[:20]
    plan = await rows("intake", f"explain (analyze, timing off) {sql}")
    assert all("Seq Scan" not in line for (line,) in plan)


async def test_K3_a_likeness_shows_no_value_and_no_mark(rows, open_intake: Hearing):
    await open_intake.hear(applied("a"), applied("b"), now=NOW)
    assert "ada" not in str(await rows("intake", "select * from intake.likeness")).casefold()
    for stranger in ("documents", "eligibility", "notifications", "review"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await rows(stranger, LIKENESS)
