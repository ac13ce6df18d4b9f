"""G8 in process: whatever the bytes, an event or a ContractViolation; and memory stays bounded.

`MUSTER_EXAMPLES=10000` runs 10,000 of each kind. The seeds of the corpus are fixed.
"""

import json
import random
import resource
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.console.workers import SERVICES
from shared.contracts import ContractViolation, Event, Payload, parse
from shared.contracts.envelope import MAX_BODY_BYTES
from shared.messaging import Service
from shared.messaging.delivery import Delivery
from shared.messaging.handling import read
from tests.support.hostile_bodies import mutated

EXAMPLES: Final = {
    path.stem: path.read_bytes()
    for path in sorted(Path("docs/contract/examples").resolve().glob("*.json"))
}
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=50),
    st.sampled_from(["", "\0", "9" * 400, "2025-10-20T00:00:00Z", "incoming/..", "app-1"]),
)
JSON = st.recursive(
    SCALARS,
    lambda some: st.one_of(
        st.lists(some, max_size=4), st.dictionaries(st.text(max_size=9), some, max_size=4)
    ),
    max_leaves=12,
)
TYPES = st.sampled_from(list(EXAMPLES))


def look(body: bytes, routing_key: str) -> Event[Payload] | None:
    """Read as a worker does, and hold the outcome against what is promised of it."""
    outcome = read_body(body, routing_key)
    if isinstance(outcome, Event):
        assert parse(outcome.to_json(), routing_key) == outcome
        return outcome
    assert outcome.reason.replace("_", "").isalpha()
    assert len(outcome.detail) < 1_000
    assert b"\0" not in outcome.detail.encode()
    return None


def read_body(body: bytes, routing_key: str) -> Event[Payload] | ContractViolation:
    try:
        return parse(body, routing_key)
    except ContractViolation as violation:
        return violation


@given(st.binary(max_size=2_000), TYPES)
def test_G8_any_bytes(body, routing_key):
    look(body, routing_key)


@given(JSON, TYPES)
def test_G8_any_json(document, routing_key):
    look(json.dumps(document).encode(), routing_key)


@given(st.data(), TYPES, JSON)
def test_G8_any_value_in_any_place_of_a_real_event(data, routing_key, value):
    document = json.loads(EXAMPLES[routing_key])
    place: Any = document
    while True:
        names: list[Any] = list(place) if isinstance(place, dict) else list(range(len(place)))
        name = data.draw(st.sampled_from(names))
        if not isinstance(place[name], dict | list) or not place[name] or data.draw(st.booleans()):
            break
        place = place[name]
    match data.draw(st.sampled_from(["replace", "remove", "add"])):
        case "replace":
            place[name] = value
        case "remove":
            del place[name]
        case "add" if isinstance(place, dict):
            place[data.draw(st.text(max_size=20))] = value
    look(json.dumps(document).encode(), routing_key)


@given(st.data(), TYPES)
def test_G8_a_real_event_with_some_bytes_changed(data, routing_key):
    body = bytearray(EXAMPLES[routing_key])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body)))
        body[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    look(bytes(body), routing_key)


@given(st.data(), TYPES, st.text(max_size=60), st.none() | st.text(max_size=40))
def test_G8_a_worker_reads_any_delivery(data, routing_key, other_key, message_id):
    service: Service = data.draw(st.sampled_from(SERVICES))
    key = data.draw(st.sampled_from([routing_key, other_key]))
    body = data.draw(st.sampled_from([EXAMPLES[routing_key], b"{}", b"\xff"]))
    received = read(Delivery(key, body, message_id), service)
    assert (received.event is None) == (received.violation is not None)
    assert received.delivery.message.isascii()


HEAVY = {
    "brackets": b"[" * MAX_BODY_BYTES,
    "open objects": b'{"a":' * (MAX_BODY_BYTES // 5),
    "keys": b"{" + b",".join(b'"k%d":0' % n for n in range(MAX_BODY_BYTES // 12)) + b"}",
    "empty lists": b"[" + b"[]," * (MAX_BODY_BYTES // 3 - 1) + b"0]",
    "escapes": b'{"a":"' + b"\\u0041" * (MAX_BODY_BYTES // 6 - 2) + b'"}',
    "digits": b'{"a":' + b"9" * (MAX_BODY_BYTES - 8) + b"}",
}


@pytest.mark.parametrize("kind", HEAVY)
def test_G8_the_heaviest_bodies_leave_memory_as_it_was(kind):
    body = HEAVY[kind]
    assert len(body) <= MAX_BODY_BYTES
    look(body, "application.submitted.v1")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(20):
        assert look(body, "application.submitted.v1") is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024


def test_G8_thousands_of_seeded_mutations_of_every_event():
    """Quick enough for every run: 200 of each type, the same ones each time."""
    outcomes: dict[bool, int] = {True: 0, False: 0}
    for number, (routing_key, example) in enumerate(EXAMPLES.items()):
        chance = random.Random(number)
        for _ in range(200):
            outcomes[look(mutated(example, chance), routing_key) is None] += 1
    assert min(outcomes.values()) > 100, outcomes
