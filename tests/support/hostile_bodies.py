"""A submission as bytes, with anything at all in any place of it."""

import copy
import json
from typing import Any, Final

from tests.support.builders import application_submitted, event

SUBMITTED: Final = "application.submitted.v1"
_ORDINARY: Final[dict[str, Any]] = json.loads(event(application_submitted()).to_json())


def ordinary() -> dict[str, Any]:
    """The event as a dictionary, to be spoilt."""
    return copy.deepcopy(_ORDINARY)


def submission(changes: dict[str, Any] | None = None, **more: Any) -> bytes:
    """Write the event with values changed, each under its path such as `data.candidate.name`."""
    body = ordinary()
    for path, value in ((changes or {}) | more).items():
        *parents, name = path.split(".")
        place: Any = body
        for parent in parents:
            place = place[int(parent) if isinstance(place, list) else parent]
        place[int(name) if isinstance(place, list) else name] = value
    return json.dumps(body).encode()


def with_name(name: str) -> bytes:
    return submission({"data.candidate.name": name})


def with_email(email: str) -> bytes:
    return submission({"data.candidate.email": email})
