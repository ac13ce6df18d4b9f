"""A careers site as somebody else would write it: from docs/contract alone, with plain aio-pika.

python careers_site.py AMQP_URL OBJECTS_FOLDER CV STATEMENT EMAIL
"""

import asyncio
import hashlib
import json
import pathlib
import sys

import aio_pika

EXAMPLES = pathlib.Path(__file__).parent.parent.parent / "docs" / "contract" / "examples"


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


async def publish(amqp_url: str, events: list[dict]) -> None:
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        exchange = await channel.get_exchange("careers.in", ensure=False)
        for event in events:
            message = aio_pika.Message(json.dumps(event).encode(), delivery_mode=2)
            await exchange.publish(message, event["type"], mandatory=True)


if __name__ == "__main__":
    asyncio.run(publish(sys.argv[1], prepare(*sys.argv[2:])))
