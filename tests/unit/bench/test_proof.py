"""What the broker says of a run: nobody published or consumed without waiting to be told of it."""

from collections import Counter
from types import SimpleNamespace

import pytest

from tests.bench.ground import Answer, Ground
from tests.bench.proof import NotInEarnest, prove_broker

USED = ("hop_one", "out")
EARNEST = {"received": 5, "received_confirm": 5, "delivered": 5, "acknowledged": 5}


def ground(*answers: str, before: Counter[str] | None = None) -> Ground:
    """Answer one after another, and the last again and again."""
    left = list(answers)
    broker = SimpleNamespace(control=lambda *_: left.pop(0) if left[1:] else left[0])
    asked = Ground(broker, None)
    asked.counted_before = before or Counter()
    return asked


def said(kind: str = "rabbit_quorum_queue", ack_required: str = "true", **counted: int) -> str:
    lines = [f"queue\t{name}\t{kind}\ttrue" for name in USED]
    lines.append(f"consumer\thop_one\t{ack_required}")
    lines += [f"counter\tmessages_{name}_total\t{n}" for name, n in (EARNEST | counted).items()]
    return "\n".join([*lines, "[ok,ok,ok,ok]"])


def test_one_answer_tells_queues_consumers_and_the_counters_of_all_kinds_of_queues() -> None:
    answer = Answer.read(said() + "\ncounter\tmessages_delivered_total\t2\n")
    assert answer.queues == dict.fromkeys(USED, ("rabbit_quorum_queue", "true"))
    assert answer.consumers == [("hop_one", "true")]
    assert answer.counted["messages_delivered_total"] == 7


async def test_a_run_in_earnest_counts_and_what_was_counted_before_does_not_matter() -> None:
    before = Counter(messages_redelivered_total=2, messages_delivered_total=2)
    asked = ground(said(delivered=11, redelivered=6), before=before)
    assert await prove_broker(asked, USED) == 4


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("[]", "queues are missing"),
        (said(kind="rabbit_classic_queue"), "not durable quorum"),
        (said(ack_required="false"), "by the broker itself"),
        (said(received=6), "1 of 6 messages were published without confirms"),
        (said(received=0, received_confirm=0), "0 of 0 messages"),
        (said(delivered_consume_auto_ack=5), "5 messages were acknowledged by the broker itself"),
        (said(delivered_get_auto_ack=1), "1 messages were acknowledged by the broker itself"),
        (said(acknowledged=2), "3 deliveries were never acknowledged"),
    ],
)
async def test_whoever_makes_it_cheaper_voids_the_run(answer, why) -> None:
    with pytest.raises(NotInEarnest, match=why):
        await prove_broker(ground(answer), USED)


async def test_the_broker_is_asked_only_once_where_it_knows_everything() -> None:
    await prove_broker(ground(said(), "asked again"), USED)


async def test_acknowledgements_that_are_under_way_are_waited_for() -> None:
    await prove_broker(ground(said(acknowledged=2), said()), USED)


async def test_what_was_refused_and_lies_in_a_fuse_needs_no_acknowledgement() -> None:
    await prove_broker(ground(said(acknowledged=4)), USED, refused=1)
    with pytest.raises(NotInEarnest, match="1 deliveries"):
        await prove_broker(ground(said(acknowledged=3)), USED, refused=1)
