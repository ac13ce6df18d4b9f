"""Who says what to whom: every event has a speaker, a hearer or a reader, and an example."""

import ast
import json
import re
from pathlib import Path

import pytest
import yaml

from services.console import contract
from services.console.workers import SERVICES
from shared.contracts import EVENTS, Exchange, FromPeople, Payload, parse
from tests.architecture.source import ROOT, python_files, tree
from tests.architecture.source import SERVICES as FOLDER

EXAMPLES = ROOT / "docs" / "contract" / "examples"
CONTRACTS = {
    name: event
    for name, event in EVENTS.items()
    if event.__module__.startswith("shared.contracts.")
}
ANNOUNCED = {event.type for service in SERVICES for event in service.announces}
HEARD = {s.event.type for service in SERVICES for s in service.subscriptions}


def test_every_event_that_is_heard_has_somebody_who_says_it() -> None:
    silent = [
        name
        for name in HEARD
        if name not in ANNOUNCED
        and EVENTS[name].exchange is not Exchange.CAREERS
        and not issubclass(EVENTS[name], FromPeople)
    ]
    assert silent == []


def test_every_event_of_the_contract_is_said_or_heard() -> None:
    assert set(CONTRACTS) - ANNOUNCED - HEARD == set()


def test_every_event_from_outside_is_heard() -> None:
    outside = {
        name
        for name, event in CONTRACTS.items()
        if event.exchange is Exchange.CAREERS or issubclass(event, FromPeople)
    }
    assert outside - HEARD == set()


def test_every_queue_has_a_worker_in_the_compose_file() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    working = {
        name
        for entry in compose["services"].values()
        if (command := entry.get("command")) and command[:1] == ["work"]
        for name in command[1:]
    }
    assert {service.name for service in SERVICES} == working & {s.name for s in SERVICES}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_may_announce_exactly_what_it_announces(service) -> None:
    said = {
        node.args[0].func.id
        for path in python_files(f"services/{service.name}")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "announce"
        and node.args
        and isinstance(node.args[0], ast.Call)
        and isinstance(node.args[0].func, ast.Name)
    }
    built = {
        node.func.id
        for path in python_files(f"services/{service.name}")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    declared = {event.__name__ for event in service.announces}
    payloads = {event.__name__ for event in CONTRACTS.values()}
    assert said & payloads <= declared
    assert declared <= built


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_every_event_has_a_golden_example_that_still_parses(name: str) -> None:
    example = EXAMPLES / f"{name}.json"
    event = parse(example.read_bytes(), name)
    again = parse(event.to_json(), name)
    assert again == event


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_old_examples_must_still_parse(path: Path) -> None:
    parse(path.read_bytes(), path.stem.split("@")[0])


def test_the_schemas_and_the_asyncapi_document_are_up_to_date() -> None:
    stale = [
        str(path.relative_to(ROOT))
        for path, text in contract.generated().items()
        if not path.exists() or path.read_text() != text
    ]
    assert stale == [], "run `./muster contract`"


def test_pipeline_events_carry_no_personal_fields() -> None:
    personal = re.compile(r"name|email|phone|address|details|rationale|file_|adjustments|text")
    found = {
        f"{event.type}: {field}"
        for event in CONTRACTS.values()
        if event.exchange is Exchange.MUSTER
        and not issubclass(event, FromPeople)  # a rationale goes to the owner of the question only
        for field in _fields(event)
        if personal.search(field)
    }
    assert found == set()


def _fields(event: type[Payload]) -> set[str]:
    schema = json.dumps(event.model_json_schema())
    return set(
        re.findall(r'"(\w+)": \{"(?:anyOf|\$ref|type|const|enum|format|items|title)', schema)
    )


def test_the_folder_of_every_service_is_known_to_the_console() -> None:
    folders = {p.parent.name for p in FOLDER.glob("*/worker.py")}
    assert folders == {service.name for service in SERVICES}
