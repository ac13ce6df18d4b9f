"""What a careers site may rely on: the published schema and what we take agree (D7)."""

import json
import re
from contextlib import nullcontext

import pytest
from pydantic import ValidationError

from services.console.contract import schema
from shared.contracts import ContractViolation, parse
from shared.contracts.applications import ApplicationSubmitted
from tests.support.builders import application_submitted, event


def taken(submitted: dict) -> ApplicationSubmitted | None:
    try:
        return ApplicationSubmitted.model_validate_json(json.dumps(submitted))
    except ValidationError:
        return None


@pytest.mark.parametrize(
    ("model", "field", "value", "is_taken"),
    [
        ("ApplicationSubmitted", "application", " APP-2025.17 ", True),
        ("ApplicationSubmitted", "application", "2025/0017", False),
        ("ApplicationSubmitted", "vacancy", "-x", False),
        ("Candidate", "email", "sam@example.org", True),
        ("Candidate", "email", f"sam@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.org", True),
        ("Candidate", "email", "sam@exämple.de", False),
        ("Candidate", "email", "Sam <sam@example.org>", False),
        ("Candidate", "email", "sam@localhost", False),
    ],
)
def test_D7_what_the_schema_lets_pass_is_what_is_taken(model, field, value, is_taken):
    part = schema(ApplicationSubmitted)["$defs"][model]["properties"][field]
    assert bool(re.search(part["pattern"], value)) is is_taken
    submitted = application_submitted().model_dump(mode="json")
    (submitted["candidate"] if model == "Candidate" else submitted)[field] = value
    assert (taken(submitted) is not None) is is_taken


@pytest.mark.parametrize(
    ("name", "is_taken"), [("traceparent", True), ("Traceparent", False), ("data_base64", False)]
)
def test_D7_an_attribute_that_the_schema_lets_pass_in_an_envelope_is_taken(name, is_taken):
    document = schema(ApplicationSubmitted)
    [pattern] = document["patternProperties"]
    assert document["additionalProperties"] is False
    assert bool(re.search(pattern, name)) is is_taken
    sent = json.loads(event(application_submitted()).to_json()) | {name: "00-1"}
    with nullcontext() if is_taken else pytest.raises(ContractViolation):
        parse(json.dumps(sent).encode(), ApplicationSubmitted.type)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_D7_whatever_ends_the_lines_of_a_browser_ends_lines(end):
    """Otherwise whoever asks for adjustments in two lines would not be received."""
    submitted = application_submitted().model_dump(mode="json")
    submitted["form"]["adjustments"] = f"A ramp, please.{end}And large print."
    found = taken(submitted)
    assert found is not None
    assert found.form.adjustments == "A ramp, please.\nAnd large print."
    submitted["form"]["adjustments"] = "A ramp\x00"
    assert taken(submitted) is None
