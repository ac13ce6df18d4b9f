"""A careers site as somebody else would write it: from docs/contract alone, with its program.

python careers_site.py AMQP_URL OBJECTS_FOLDER CV STATEMENT EMAIL
"""

import asyncio
import hashlib
import json
import pathlib
import re
import sys
import tempfile
from typing import Any

CONTRACT = pathlib.Path(__file__).parent.parent.parent / "docs" / "contract"
EXAMPLES = CONTRACT / "examples"


def prepare(objects: str, cv: str, statement: str, email: str) -> list[dict]:
    """Put the files into the object store and write the two events."""
    vacancy = json.loads((EXAMPLES / "vacancy.published.v1.json").read_text())
    submitted = json.loads((EXAMPLES / "application.submitted.v1.json").read_text())
    submitted["data"]["candidate"]["email"] = email
    submitted["data"]["form"]["early_departure"] = {"served_before": "no", "departures": []}
    for document, file in zip(submitted["data"]["documents"], (cv, statement), strict=True):
        content = pathlib.Path(file).read_bytes()
        target = pathlib.Path(objects, document["key"])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        document |= {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    return [vacancy, submitted]


def shown() -> dict[str, Any]:
    """Return what the program that docs/contract shows defines."""
    [program] = re.findall(r"```python\n(.*?)```", (CONTRACT / "README.md").read_text(), re.DOTALL)
    defined: dict[str, Any] = {"__name__": "shown"}
    exec(program, defined)
    return defined


async def publish(amqp_url: str, events: list[dict]) -> None:
    """Publish events with that program."""
    program = shown()
    with tempfile.TemporaryDirectory() as outbox, tempfile.TemporaryDirectory() as sent:
        for event in events:
            program["keep"](event, pathlib.Path(outbox))
        await program["publish"](amqp_url, pathlib.Path(outbox), pathlib.Path(sent))


if __name__ == "__main__":
    asyncio.run(publish(sys.argv[1], prepare(*sys.argv[2:])))
