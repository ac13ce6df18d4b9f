"""The application form is required, and held to the version that it says it has."""

import json
from typing import Any

import pytest

from shared.contracts import ContractViolation, parse
from tests.support.builders import application_submitted, event

SUBMITTED = "application.submitted.v1"


def said_of(form: Any) -> str:
    """What the sender of a submission with this form (None: without one) is told."""
    body = json.loads(event(application_submitted()).to_json())
    body["data"] |= {"form": form}
    if form is None:
        del body["data"]["form"]
    with pytest.raises(ContractViolation) as violation:
        parse(json.dumps(body).encode(), SUBMITTED)
    assert violation.value.reason == "invalid"
    return violation.value.detail


FORM = json.loads(event(application_submitted()).to_json())["data"]["form"]


@pytest.mark.parametrize(
    ("form", "detail"),
    [
        (None, "data.form: Field required"),
        ({}, "data.form.version: Field required"),
        (FORM | {"version": 2}, "data.form.version: Input should be less than or equal to 1"),
        (FORM | {"version": "1"}, "data.form.version: Input should be a valid integer"),
        (FORM | {"convictions": {}}, "data.form.convictions.declared: Field required"),
        (
            FORM | {"early_departure": {"served_before": "perhaps"}},
            (
                "data.form.early_departure.served_before: "
                "Input should be 'yes', 'no', 'unsure' or 'unanswered'"
            ),
        ),
        (FORM | {"hobbies": []}, "data.form.hobbies: Extra inputs are not permitted"),
    ],
    ids=["none", "empty", "later version", "version in words", "a part", "a value", "a stranger"],
)
def test_D1_D7_what_is_wrong_with_the_form_is_named_and_never_quoted(form, detail):
    assert said_of(form) == detail


@pytest.mark.parametrize("part", [part for part in FORM if part != "adjustments"])
def test_D1_D7_each_missing_part_of_the_form_is_its_own_failure(part):
    lacking = {key: value for key, value in FORM.items() if key != part}
    assert said_of(lacking) == f"data.form.{part}: Field required"


def test_D7_a_form_that_says_its_version_and_keeps_to_it_is_read():
    sent = event(application_submitted())
    assert parse(sent.to_json(), SUBMITTED).data == sent.data
