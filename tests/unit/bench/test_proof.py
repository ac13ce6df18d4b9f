"""What the broker has counted of a run: nobody published without waiting to be told of it."""

from collections import Counter
from types import SimpleNamespace

import pytest

from tests.bench.ground import Ground
from tests.bench.proof import NotInEarnest, prove_traffic


def ground(*answers: str) -> Ground:
    waiting = iter(answers)
    return Ground(SimpleNamespace(control=lambda *_: next(waiting)), None)


def counted(received: int, confirmed: int, redelivered: int = 0) -> str:
    return (
        f"messages_received_total\t{received}\nmessages_received_confirm_total\t{confirmed}\n"
        f"messages_redelivered_total\t{redelivered}\nmessages_redelivered_total\t1\n[ok,ok,ok,ok]\n"
    )


async def test_the_counters_of_all_queues_are_added_up_since_the_broker_was_last_asked() -> None:
    asked = ground(counted(5, 5), counted(8, 7, 3))
    await asked.traffic()
    assert await asked.traffic() == Counter(
        messages_received_total=3, messages_received_confirm_total=2, messages_redelivered_total=3
    )


async def test_a_run_in_which_everything_is_confirmed_counts() -> None:
    assert await prove_traffic(ground(counted(5, 5, 3))) == 4


@pytest.mark.parametrize("answer", [counted(5, 4), "[]\n"])
async def test_one_message_without_a_confirm_voids_the_run_and_so_does_a_silent_broker(answer):
    with pytest.raises(NotInEarnest, match="without confirms"):
        await prove_traffic(ground(answer))
