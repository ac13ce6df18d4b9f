"""The program that docs/contract shows does what the page asks of a careers site (G1)."""

import json
from types import SimpleNamespace

import aio_pika
import pytest

from tests.support.careers_site import EXAMPLES, shown

EVENT = json.loads((EXAMPLES / "vacancy.published.v1.json").read_text())


class Broker:
    """Takes what is published, and leaves the first `silences` messages without an answer."""

    def __init__(self, silences: int) -> None:
        self.silences, self.taken = silences, []

    async def connect(self, url):
        return self

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass

    async def channel(self, *, publisher_confirms, on_return_raises):
        assert publisher_confirms
        assert on_return_raises
        return SimpleNamespace(get_exchange=self.get_exchange)

    async def get_exchange(self, name, *, ensure):
        assert (name, ensure) == ("careers.in", False)
        return self

    async def publish(self, message, routing_key, *, mandatory, **_):
        assert mandatory
        assert message.delivery_mode == 2
        self.taken.append((routing_key, message.message_id, message.body))
        if len(self.taken) <= self.silences:
            raise TimeoutError


@pytest.fixture
def program(tmp_path):
    found = SimpleNamespace(**shown(), outbox=tmp_path / "outbox", sent=tmp_path / "sent")
    found.outbox.mkdir()
    found.sent.mkdir()
    found.keep(EVENT, found.outbox)
    return found


async def test_what_has_no_answer_is_published_again_with_the_same_id_and_bytes(
    program, monkeypatch
):
    broker = Broker(silences=1)
    monkeypatch.setattr(aio_pika, "connect", broker.connect)
    with pytest.raises(TimeoutError):
        await program.publish("amqp://", program.outbox, program.sent)
    await program.publish("amqp://", program.outbox, program.sent)
    first, again = broker.taken
    assert first == again
    assert first[:2] == (EVENT["type"], EVENT["id"])
    assert json.loads(first[2]) == EVENT


async def test_what_is_confirmed_is_kept_as_it_was_sent_and_not_published_again(
    program, monkeypatch
):
    broker = Broker(silences=0)
    monkeypatch.setattr(aio_pika, "connect", broker.connect)
    for _ in range(2):
        await program.publish("amqp://", program.outbox, program.sent)
    [(_, id_, body)] = broker.taken
    assert [(file.name, file.read_bytes()) for file in program.sent.iterdir()] == [(id_, body)]
