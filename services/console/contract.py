"""`muster contract`: the schemas, generated from the code, and whether an event keeps to them."""

import argparse
import inspect
import json
import sys
from pathlib import Path
from typing import Any, Final

from services.console.project import PROJECT
from services.console.workers import SERVICES
from shared.contracts import (
    EVENTS,
    ContractViolation,
    Exchange,
    FromCareersSite,
    FromPeople,
    Payload,
    parse,
)
from shared.contracts.envelope import EXTENSION, envelope

FOLDER: Final = PROJECT / "docs" / "contract"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the console."""
    parser = commands.add_parser(
        "contract",
        help="write docs/contract from the code; say whether an event would be taken",
        description="Write the JSON Schemas and the AsyncAPI document of docs/contract.",
        epilog="example: ./muster contract --check",
        allow_abbrev=False,
    )
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 on a drift")
    parser.set_defaults(run=run)
    checking = parser.add_subparsers(metavar="[check]").add_parser(
        "check",
        help="say whether an event would be taken",
        description="Read an event as the workers do, without a server. Ends with 0 if it keeps "
        "to the contract, else with 1 and the reason. Whether its dates and references fit what "
        "is known already, only the workers can say.",
        epilog="example: ./muster contract check vacancy.published.v1 event.json",
    )
    checking.add_argument("type", metavar="TYPE", help="the routing key to publish it with")
    checking.add_argument("file", metavar="FILE", type=Path, help="the body, byte for byte")
    checking.set_defaults(run=check)


def run(arguments: argparse.Namespace) -> int:
    """Write or compare the generated files."""
    files = generated()
    stale = [path for path, text in files.items() if _text(path) != text]
    known = {*files}
    orphans = [p for p in (FOLDER / "schemas").glob("*.json") if p not in known]
    if arguments.check:
        for path in [*stale, *orphans]:
            print(f"differs from the code: {path.relative_to(FOLDER.parent.parent)}")
        if stale or orphans:
            print("Run `./muster contract` and commit what it writes.", file=sys.stderr)
        return 1 if stale or orphans else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path])
    for path in orphans:
        path.unlink()
    print(f"{len(files)} files in docs/contract, {len(stale)} written, {len(orphans)} removed")
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Say whether an event of a careers site would be taken, and if not, why."""
    try:
        event = parse(arguments.file.read_bytes(), arguments.type)
    except ContractViolation as violation:
        print(violation, file=sys.stderr)
        return 1
    if not isinstance(event.data, FromCareersSite):
        print("403 ACCESS_REFUSED: no careers site may publish this type", file=sys.stderr)
        return 1
    print(f"{event.type} about {event.subject}: it keeps to the contract")
    return 0


def generated() -> dict[Path, str]:
    """Return every generated file with its text."""
    events = {name: event for name, event in sorted(EVENTS.items()) if _is_ours(event)}
    files = {
        FOLDER / "schemas" / f"{name}.json": _json(schema(event)) for name, event in events.items()
    }
    files[FOLDER / "asyncapi.json"] = _json(_asyncapi(events))
    return files


def schema(payload: type[Payload]) -> dict[str, Any]:
    """Write the JSON Schema (2020-12) of one event, envelope and all."""
    document = envelope(payload).model_json_schema(mode="validation")
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    document["title"] = payload.type
    document["description"] = inspect.cleandoc(payload.__doc__ or "")
    document["properties"]["type"] = {"const": payload.type}
    document["properties"]["subject"]["description"] = f"equals data.{payload.about}"
    document["properties"]["id"]["description"] = "new for every event, the same for every retry"
    document["required"] = sorted({*document["required"], "specversion"})
    if payload.exchange is Exchange.CAREERS or issubclass(payload, FromPeople):
        document["patternProperties"] = {EXTENSION: {}}  # what libraries add to an envelope
        for part in document["$defs"].values():
            if "properties" in part:
                part["additionalProperties"] = False  # an unknown field is refused at any depth
    return document


def _is_ours(payload: type[Payload]) -> bool:
    return payload.__module__.startswith("shared.contracts.")


def _asyncapi(events: dict[str, type[Payload]]) -> dict[str, Any]:
    """Describe Muster as an AsyncAPI 3 application: what it receives and what it sends."""
    heard: dict[str, list[str]] = {}
    said: dict[str, list[str]] = {}
    for service in SERVICES:
        for subscription in service.subscriptions:
            heard.setdefault(subscription.event.type, []).append(service.name)
        for event in service.announces:
            said.setdefault(event.type, []).append(service.name)
    operations: dict[str, Any] = {}
    for name in events:
        channel = {"$ref": f"#/channels/{name}"}
        for speaker in said.get(name, []):
            operations[f"{speaker}.announce.{name}"] = {"action": "send", "channel": channel}
        for hearer in heard.get(name, []):
            operations[f"{hearer}.hear.{name}"] = {"action": "receive", "channel": channel}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Muster",
            "version": "1.0.0",
            "description": "A recruitment pipeline. Publish to `careers.in`; see README.md.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {name: _channel(event) for name, event in events.items()},
        "operations": operations,
        "components": {
            "messages": {
                name: {
                    "name": name,
                    "summary": (event.__doc__ or "").strip().splitlines()[0],
                    "contentType": "application/cloudevents+json",
                    "payload": {
                        "schemaFormat": "application/schema+json;version=draft-2020-12",
                        "schema": {"$ref": f"./schemas/{name}.json"},
                    },
                }
                for name, event in events.items()
            }
        },
    }


def _channel(event: type[Payload]) -> dict[str, Any]:
    return {
        "address": event.type,
        "summary": _speaker(event),
        "messages": {"event": {"$ref": f"#/components/messages/{event.type}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": event.exchange.value, "type": "topic", "durable": True},
            }
        },
    }


def _speaker(event: type[Payload]) -> str:
    if event.exchange is Exchange.CAREERS:
        return "from the careers site"
    is_by_person = issubclass(event, FromPeople)
    return "from a person, through the console" if is_by_person else "between Muster's own workers"


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""
