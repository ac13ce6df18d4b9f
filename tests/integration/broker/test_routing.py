import aio_pika
import pytest


@pytest.mark.parametrize(
    ("pattern", "key", "is_heard"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.b.c", False),
        ("a.*", "a.b", True),
        ("a.*", "a", False),
        ("a.*", "a.b.c", False),
        ("*.b", "a.b", True),
        ("*", "", False),
        ("#", "", True),
        ("#", "a.b.c", True),
        ("a.#", "a", True),
        ("a.#", "a.b.c", True),
        ("a.#", "b.a", False),
        ("#.c", "c", True),
        ("#.c", "a.c.b.c", True),
        ("a.#.c", "a.c", True),
        ("a.#.c", "a.b.b.c", True),
        ("a.#.c", "a.b.b", False),
        ("*.#", "a", True),
        ("#.*", "", False),
        ("#.#.#", "a", True),
        ("a.*.#.d", "a.d", False),
        ("a.*.#.d", "a.b.d", True),
        ("", "", True),
        ("", "a", False),
        ("a..b", "a..b", True),
        ("a.*.b", "a..b", True),
    ],
)
async def test_topic_patterns_match_word_by_word_and_hash_matches_none(
    bench, pattern, key, is_heard
):
    exchange = await bench.exchange("events")
    queue = await bench.queue()
    await queue.bind(exchange, pattern)
    await exchange.publish(aio_pika.Message(b"!"), key, mandatory=False)
    assert await bench.count() == is_heard


async def test_direct_compares_whole_keys(bench):
    exchange = await bench.exchange("fuse", "direct")
    queue = await bench.queue()
    await queue.bind(exchange, "intake.#")
    await exchange.publish(aio_pika.Message(b"no"), "intake.in", mandatory=False)
    await exchange.publish(aio_pika.Message(b"yes"), "intake.#")
    assert (await queue.get(timeout=10)).body == b"yes"


async def test_fanout_gives_each_queue_one_copy(bench):
    exchange = await bench.exchange("everybody", "fanout")
    for name in ("one", "two"):
        queue = await bench.queue(name)
        await queue.bind(exchange, "first")
        await queue.bind(exchange, "second")
    await exchange.publish(aio_pika.Message(b"!"), "any")
    await bench.count_becomes(1, "one")
    await bench.count_becomes(1, "two")


async def test_a_queue_bound_twice_gets_a_message_once(bench):
    exchange = await bench.exchange("events")
    queue = await bench.queue()
    await queue.bind(exchange, "a.*")
    await queue.bind(exchange, "a.b")
    await exchange.publish(aio_pika.Message(b"!"), "a.b")
    await bench.count_becomes(1)


async def test_an_unbound_queue_hears_no_more(bench):
    exchange = await bench.exchange("events")
    queue = await bench.queue()
    await queue.bind(exchange, "a.b")
    await exchange.publish(aio_pika.Message(b"before"), "a.b")
    await queue.unbind(exchange, "a.b")
    with pytest.raises(aio_pika.exceptions.DeliveryError):
        await exchange.publish(aio_pika.Message(b"after"), "a.b")
    await bench.count_becomes(1)
