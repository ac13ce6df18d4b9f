"""`./muster contract check`: what a careers site's developer is told, without a server."""

import json

import pytest

from services.console.__main__ import main
from services.console.contract import FOLDER
from shared.contracts import EVENTS, FromCareersSite

PUBLISHED = "vacancy.published.v1"
EXAMPLE = json.loads((FOLDER / "examples" / f"{PUBLISHED}.json").read_text())


def told(tmp_path, capsys, event, name=PUBLISHED):
    """The exit code, and what is said of an event."""
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event))
    code = main(["contract", "check", name, str(file)])
    said = capsys.readouterr()
    return code, said.out + said.err


@pytest.mark.parametrize("name", [n for n, e in EVENTS.items() if issubclass(e, FromCareersSite)])
def test_every_example_of_a_careers_site_is_said_to_keep_to_the_contract(name, capsys):
    assert main(["contract", "check", name, str(FOLDER / "examples" / f"{name}.json")]) == 0
    assert "keeps to the contract" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "changed", "reason"),
    [
        (PUBLISHED, {"subject": "another"}, "wrong_subject: "),
        (PUBLISHED, {"time": "1999-12-31T23:59:59Z"}, "invalid: time: "),
        (PUBLISHED, {"data": EXAMPLE["data"] | {"grace": 60}}, "invalid: data.grace: "),
        ("vacancy.published.v2", {}, "unsupported_version: "),
        ("vacancy.amended.v1", {}, "invalid: data.amended_at: "),
    ],
)
def test_what_breaks_the_contract_is_told_with_the_reason_it_would_be_held_for(
    name, changed, reason, tmp_path, capsys
):
    code, said = told(tmp_path, capsys, EXAMPLE | changed, name)
    assert code == 1
    assert said.startswith(reason)


def test_an_event_that_no_careers_site_may_publish_is_refused_as_the_broker_would(capsys):
    name = "application.accepted.v1"
    assert main(["contract", "check", name, str(FOLDER / "examples" / f"{name}.json")]) == 1
    assert "403" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "part", "changed"),
    [
        (PUBLISHED, "salary", {"starting": 1}),
        (PUBLISHED, "review", {"min_weeks": 3, "max_weeks": 2}),
        ("application.submitted.v1", "documents", [{"key": "incoming/a/../b"}]),
    ],
)
def test_what_no_schema_says_is_told_too(name, part, changed, tmp_path, capsys):
    event = json.loads((FOLDER / "examples" / f"{name}.json").read_text())
    value = event["data"][part]
    event["data"][part] = [value[0] | changed[0]] if isinstance(value, list) else value | changed
    code, said = told(tmp_path, capsys, event, name)
    assert code == 1
    assert said.startswith(f"invalid: data.{part}")
