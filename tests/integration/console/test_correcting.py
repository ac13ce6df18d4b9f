"""`./muster eligibility correct`: everything affected is listed before anything changes (E21)."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.console import __main__ as console
from services.console.publishing import NoBroker
from services.eligibility.worker import SERVICE
from shared.contracts.applications import Answer, LeavingReason
from shared.settings import settings
from tests.support.build_eligibility import applied
from tests.support.build_people import CHALLENGED_AT
from tests.support.builders import (
    NOW,
    challenge_decided,
    decision_challenged,
    departure,
    served,
    vacancy_published,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing
from tests.support.publishing import publish
from tests.support.rig import Rig, rig, until

LEFT = departure("2020-10-21")
ME = applied("2025-06-03", LEFT, departure("2012-01-01"), application="me")
TWIN = applied("2025-06-03", departure("2011-01-01"), departure("2020-10"), application="twin")
STRANGER = applied("2025-06-03", departure("2021-05-05"), application="stranger")
NOBODY = applied("2025-06-03", application="nobody", early_departure=served(
    served_before=Answer.NO))  # fmt: skip
ALIKE = """
create or replace view intake.likeness as
select 'me'::text as application, other, array['same_email'] as reasons
from unnest(array['twin', 'stranger', 'not-judged-yet']) as alike (other)
"""
CORRECT = ("me", "--departure", "1", "--left-on", "2019-03-03")
APPLY = ("--apply", "--by", "recruiter-4", "--why", "The letter of release says so.")


@pytest.fixture
async def bench(
    amqp_url: str, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Rig]:
    """Four applications judged as they were declared, and somebody at the console."""
    eligibility = Hearing(SERVICE, await database.service("eligibility"))
    await eligibility.hear(ME, TWIN, STRANGER, NOBODY, now=NOW)
    monkeypatch.setenv("DATABASE_URL", database.owner)
    monkeypatch.setenv("AMQP_URL", amqp_url)
    settings.cache_clear()
    async with rig(amqp_url, database.owner, (SERVICE,)) as bench:
        yield bench
    settings.cache_clear()


async def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    arguments = console._parser(["eligibility"]).parse_args(["eligibility", "correct", *words])
    code = await arguments.run(arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


async def stands(bench: Rig) -> dict[str, tuple[Any, ...]]:
    rows = await bench.fetch(
        "select application, outcome, eligible_from, number from eligibility.verdict"
    )
    return {row["application"]: (row["outcome"], row["number"]) for row in rows}


JUDGED = {"me": ("rejected", 1), "twin": ("rejected", 1), "stranger": ("rejected", 1),
          "nobody": ("eligible", 1)}  # fmt: skip


async def test_E21_every_affected_decision_is_listed_and_nothing_changes(bench, capsys):
    await bench.fetch(ALIKE)
    code, out, _ = await run(capsys, *CORRECT, "--json")
    assert code == 0
    me, stranger, twin = json.loads(out)
    assert (me["application"], me["before"]["outcome"], me["after"]["outcome"]) == (
        "me", "rejected", "eligible",
    )  # fmt: skip
    assert me["before"]["eligible_from"] == "2025-10-22"
    assert (twin["application"], twin["departure"], twin["alike"]) == ("twin", 2, ["same_email"])
    assert twin["corrected"]["left_on"] == "2019-03-03"
    assert (twin["before"]["eligible_from"], twin["after"]["outcome"]) == (
        "2025-11-01",
        "eligible",
    )
    assert not me["is_applied"]
    assert (stranger["application"], stranger["departure"], stranger["after"]) == (
        "stranger", None, None,
    )  # fmt: skip
    code, out, _ = await run(capsys, *CORRECT)
    assert "now  rejected E1_left_with_compensation, may apply from Wed 22 Oct 2025" in out
    assert "then eligible" in out
    assert "may be the same person (same email); --also twin if it is" in out
    assert "Nothing has been changed." in out
    assert await stands(bench) == JUDGED


@pytest.mark.parametrize(
    ("declared", "how"),
    [
        (served(departure("2021-11-05")), "at that time: a command of its own if it is"),
        (NOBODY.early_departure, "at all, so none can be corrected"),
    ],
)
async def test_E19_E21_an_alike_application_that_declares_no_such_departure_is_listed_too(
    bench, database, capsys, declared, how
):
    other = applied("2025-06-03", application="other", early_departure=declared)
    eligibility = Hearing(SERVICE, await database.service("eligibility"))
    await eligibility.hear(other, now=NOW)
    await bench.fetch(ALIKE.replace("stranger", "other"))
    _, out, _ = await run(capsys, *CORRECT)
    said = " ".join(out.split())
    assert "other (met-000) may be the same person (same email); declares no departure" in said
    assert f"declares no departure {how} now" in said


async def test_E21_the_list_is_printed_before_anything_is_published(bench, capsys, monkeypatch):
    monkeypatch.delenv("AMQP_URL")
    settings.cache_clear()
    with pytest.raises(NoBroker):
        await run(capsys, *CORRECT, *APPLY)
    out = capsys.readouterr().out
    assert "me, departure 1 (" in out
    assert "Published" not in out


async def test_E20_E21_the_preview_knows_that_whoever_was_right_before_is_left_to_a_person(
    bench, database, capsys
):
    eligibility = Hearing(SERVICE, await database.service("eligibility"))
    challenged = decision_challenged("me")
    upheld = challenge_decided(application="me")
    await publish(database, vacancy_published())
    await eligibility.hear(challenged, upheld, now=CHALLENGED_AT)
    _, out, _ = await run(capsys, "me", "--left-on", "2021-01-01", "--json")
    [me] = json.loads(out)
    assert (me["before"]["outcome"], me["after"]["outcome"]) == ("eligible", "referred")
    assert "E20_challenge_upheld_before" in me["after"]["reasons"]


@pytest.mark.parametrize(
    ("also", "expected"), [((), {"me"}), (("--also", "twin"), {"me", "twin"})]
)
async def test_E21_only_what_a_person_confirms_is_corrected_by_the_worker_on_a_real_broker(
    bench, capsys, also, expected
):
    await bench.fetch(ALIKE)
    code, out, _ = await run(capsys, *CORRECT, *also, *APPLY)
    assert code == 0
    assert f"Published for {len(expected)}" in out

    async def all_judged() -> bool:
        now = await stands(bench)
        return all(now[one] == ("eligible", 2) for one in expected)

    async with bench.worker(SERVICE):
        await until(all_judged, "the corrected applications are judged anew")
    for other in JUDGED.keys() - expected:
        assert (await stands(bench))[other] == JUDGED[other]
    kept = await bench.fetch(
        "select application, corrected_by, rationale from eligibility.correction"
    )
    assert {row["application"] for row in kept} == expected
    assert {row["corrected_by"] for row in kept} == {"recruiter-4"}
    said = await bench.fetch(
        "select subject from messaging.history where type = 'eligibility.checked.v1'"
    )
    assert {row["subject"] for row in said} == expected


@pytest.mark.parametrize(
    ("declared", "numbers"),
    [
        (("2020", "2020-10-21"), [2]),  # the very date
        (("2020-10-22", "2020"), [2]),  # the only one that may be of that day
        (("2020-10-31", "2020", "2020-10"), [2, 3]),
        (("2020-10-21", "2020-10-21"), [1, 2]),
    ],
)
async def test_E21_no_other_departure_is_corrected_than_the_one_a_person_sees(
    bench, database, capsys, declared, numbers
):
    resigned = {"reason": LeavingReason.RESIGNATION, "compensated": Answer.NO}
    first, *more = declared
    other = applied("2025-06-03", departure(first, **resigned), *map(departure, more),
        application="other")  # fmt: skip
    eligibility = Hearing(SERVICE, await database.service("eligibility"))
    await eligibility.hear(other, now=NOW)
    await bench.fetch(ALIKE.replace("stranger", "other"))
    _, out, _ = await run(capsys, *CORRECT)
    assert "me, departure 1 (" in out
    for number in numbers:
        assert f"other, departure {number} (" in out
    code, out, err = await run(capsys, *CORRECT, "--also", "other", *APPLY, "--json")
    if len(numbers) > 1:
        assert (code, "other: declares several departures at that time" in err) == (2, True)
        return
    found = [one for one in json.loads(out) if one["application"] == "other"]
    assert [(one["departure"], one["is_applied"]) for one in found] == [(numbers[0], True)]


async def test_E21_the_day_may_stay_impossible_while_the_rest_is_corrected(
    bench, database, capsys
):
    mistyped = applied("2025-06-03", departure("2021-02-30"), application="mistyped")
    eligibility = Hearing(SERVICE, await database.service("eligibility"))
    await eligibility.hear(mistyped, now=NOW)
    code, out, _ = await run(capsys, "mistyped", "--compensated", "no", "--json")
    assert code == 0
    [found] = json.loads(out)
    assert (found["before"]["outcome"], found["after"]["outcome"]) == ("referred", "eligible")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("me",), "say what is to be corrected: one or more of --left-on"),
        ((*CORRECT, "--apply"), "--apply needs --by WHO and --why TEXT"),
        ((*CORRECT, "--apply", "--by", "A B", "--why", "x"), "--by: "),
        (("me", "--departure", "3", "--left-on", "2019"), "me declares 2 departures"),
        (("me", "--departure", "0", "--left-on", "2019"), "there is no --departure 0"),
        (("nobody", "--left-on", "2019"), "nobody declares 0 departures"),
        (("missing", "--left-on", "2019"), "missing: no application of that reference"),
        (("me", "--left-on", "2019-02-30"), "must be a day that exists"),
        (("me", "--left-on", "3 March 2019"), "must be a day that exists"),
        ((*CORRECT, "--also", "nobody"), "nobody: does not look like the same person's"),
        ((*CORRECT, "--also", "stranger"), "stranger: declares no departure at that time"),
    ],
)
async def test_what_cannot_be_done_is_said_and_changes_nothing(bench, capsys, words, said):
    await bench.fetch(ALIKE)
    code, _, err = await run(capsys, *words)
    assert code == 2
    assert said in err
    assert await stands(bench) == JUDGED


async def test_without_the_view_of_intake_the_application_itself_is_corrected(bench, capsys):
    await bench.fetch("drop view if exists intake.likeness")
    code, out, _ = await run(capsys, *CORRECT)
    assert code == 0
    assert "twin" not in out
