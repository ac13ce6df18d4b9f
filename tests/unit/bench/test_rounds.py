"""Rounds of the bench: a verdict rests on as many as were wanted, or there is none."""

from dataclasses import dataclass

import pytest

from tests.bench.rounds import Disturbed, in_turn

QUIET, STOLEN = 0.0, 0.5


@dataclass
class Run:
    number: int
    steal: float


async def take_turns(steals: list[float], wanted: int):
    async def run(number: int) -> Run:
        return Run(number, steals[number])

    return await in_turn({"ours": run}, wanted, say=lambda _: None, extra=3)


async def test_rounds_that_the_host_disturbed_are_replaced() -> None:
    rounds = await take_turns([QUIET, STOLEN, QUIET, STOLEN, QUIET], wanted=3)
    assert [run.number for run in rounds.of("ours")] == [0, 2, 4]
    assert rounds.discarded == 2


async def test_fewer_rounds_than_wanted_give_no_figure() -> None:
    with pytest.raises(Disturbed, match="only 1 of 3 rounds counted"):
        await take_turns([STOLEN, QUIET, STOLEN, STOLEN, STOLEN, STOLEN], wanted=3)
