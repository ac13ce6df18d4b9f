"""`./muster vacancy replan`: old against new first, then the vacancies worker plans anew."""

import argparse
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from services.console import replan, show
from services.console.publishing import NoBroker
from services.vacancies.worker import SERVICE as VACANCIES
from shared.embedded.process import free_ports
from shared.settings import settings
from tests.support.builders import NOW, VACANCY, event, vacancy_published
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing
from tests.support.operator_files import more_bank_holidays
from tests.support.rig import Rig, rig, until

MOVED = "Tue 28 Oct 2025 09:00 GMT (2025-10-28T09:00Z) -> Wed 29 Oct 2025 09:00 GMT"


def on_one_line(printed: str) -> str:
    return " ".join(printed.split())


def words(**changes: Any) -> argparse.Namespace:
    said = {"reference": [], "dry_run": False, "by": "hr-1", "why": "a holiday", "json": False}
    return argparse.Namespace(**said | changes)


@pytest.fixture
async def bench(
    amqp_url: str, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Rig]:
    """The vacancies worker at NOW, with one vacancy timetabled."""
    monkeypatch.setenv("DATABASE_URL", database.owner)
    monkeypatch.setenv("AMQP_URL", amqp_url)
    settings.cache_clear()
    async with rig(amqp_url, database.owner, (VACANCIES,)) as bench, bench.worker(VACANCIES):
        await bench.fetch("update messaging.clock set clock_offset = $1 - now()", NOW)
        await bench.publish(event(vacancy_published()))
        await until(lambda: is_at(bench, 1), "the vacancy is timetabled")
        yield bench
    settings.cache_clear()


async def is_at(bench: Rig, version: int) -> bool:
    rows = await bench.fetch("select version from vacancies.vacancy")
    return [row["version"] for row in rows] == [version]


async def test_W10_a_new_bank_holiday_is_shown_first_and_then_planned_for_by_the_worker(
    bench: Rig, tmp_path, capsys
) -> None:
    with more_bank_holidays(tmp_path, "2025-10-28"):
        assert await replan.run(words(dry_run=True)) == 0
        assert MOVED in on_one_line(capsys.readouterr().out)
        assert await is_at(bench, 1)

        assert await replan.run(words(json=True)) == 0
        [one] = json.loads(capsys.readouterr().out)
        assert (one["vacancy"], list(one["moves"])) == (VACANCY, ["review_opens_at"])
        await until(lambda: is_at(bench, 2), "the worker has planned anew")

        assert await replan.run(words(dry_run=True)) == 0
        assert "nothing moves" in capsys.readouterr().out

    assert await show.show_vacancy(argparse.Namespace(reference=VACANCY, json=False)) == 0
    shown = capsys.readouterr().out
    assert "(version 2)" in shown
    assert MOVED in on_one_line(shown)
    [request] = await bench.fetch(
        "select body from messaging.history where type = 'vacancy.replan_requested.v1'"
    )
    assert json.loads(request["body"])["data"]["by"] == "hr-1"


async def test_who_does_not_say_who_decides_and_why_is_asked(bench: Rig, capsys) -> None:
    assert await replan.run(words(by=None)) == 2
    assert "--dry-run" in capsys.readouterr().err
    assert await replan.run(words(reference=["met-nowhere"])) == 1
    assert "no vacancy met-nowhere" in capsys.readouterr().err
    assert await replan.run(words(by="Tom Smith")) == 2
    assert "--by" in capsys.readouterr().err


async def test_F2_who_asked_and_why_is_kept_whatever_the_broker_confirms(
    bench: Rig, monkeypatch
) -> None:
    """What it did not confirm in time may reach the worker yet; without a broker nothing can."""
    [port] = free_ports(1)
    for url, kept in (("", 0), (f"amqp://muster:secret@127.0.0.1:{port}/", 1)):
        monkeypatch.setenv("AMQP_URL", url)
        settings.cache_clear()
        with pytest.raises(NoBroker):
            await replan.run(words())
        asked = "select from messaging.history where type = 'vacancy.replan_requested.v1'"
        assert len(await bench.fetch(asked)) == kept


async def test_W10_a_review_that_a_holiday_has_put_off_past_its_last_day_is_planned_anew_too(
    database: TestDatabase, tmp_path
) -> None:
    """It was to begin by Christmas Day, begins on the Monday after, and that becomes a holiday."""
    postgres = await database.service("vacancies")
    closes_at = datetime(2025, 12, 18, 23, 55, tzinfo=UTC)
    await Hearing(VACANCIES, postgres).hear(vacancy_published(closes_at=closes_at), now=NOW)
    with more_bank_holidays(tmp_path, "2025-12-29"):
        async with postgres.transaction() as tx:
            [one] = await replan.look_ahead(tx, [], datetime(2025, 12, 26, 12, tzinfo=UTC))
            begun = await replan.look_ahead(tx, [], datetime(2025, 12, 29, 9, tzinfo=UTC))
    assert list(one.moves) == ["review_opens_at"]
    assert begun == []
