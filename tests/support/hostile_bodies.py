"""Events as bytes, with anything at all in any place of them."""

import json
import random
from typing import Any, Final

from shared.contracts import Event, Payload
from tests.support.builders import application_submitted, event

SUBMITTED: Final = "application.submitted.v1"


def as_json(event: Event[Payload]) -> dict[str, Any]:
    """The event as a dictionary, to be spoilt."""
    body: dict[str, Any] = json.loads(event.to_json())
    return body


def spoilt(event: Event[Payload], changes: dict[str, Any]) -> bytes:
    """Write an event with values changed, each under its path such as `data.candidate.name`."""
    body = as_json(event)
    for path, value in changes.items():
        *parents, name = path.split(".")
        place: Any = body
        for parent in parents:
            place = place[int(parent) if isinstance(place, list) else parent]
        place[int(name) if isinstance(place, list) else name] = value
    return json.dumps(body).encode()


def submission(changes: dict[str, Any] | None = None, **more: Any) -> bytes:
    """Write an ordinary submission, changed."""
    return spoilt(event(application_submitted()), (changes or {}) | more)


def with_name(name: str) -> bytes:
    return submission({"data.candidate.name": name})


def with_email(email: str) -> bytes:
    return submission({"data.candidate.email": email})


def mutated(body: bytes, chance: random.Random) -> bytes:
    """Change up to three bytes into some that mean something in JSON, or nothing anywhere."""
    changed = bytearray(body)
    for _ in range(chance.randint(0, 3)):
        changed[chance.randrange(len(changed))] = chance.choice(b'\0\xff"{}[],:0aZ\\')
    return bytes(changed)
