"""Hostile events, rows A1 to A37 as far as the body alone tells: refused at one look."""

import re

import pytest

from shared.contracts import ContractViolation, Event, parse
from shared.contracts.envelope import MAX_BODY_BYTES
from tests.support.builders import (
    application_accepted,
    application_submitted,
    document,
    event,
    manager_reviewed,
)
from tests.support.hostile_bodies import SUBMITTED, spoilt, submission, with_name

ORDINARY = submission()


def refusal(body: bytes, routing_key: str = SUBMITTED) -> str:
    """The reason code; what is said about it quotes nothing and can be stored."""
    with pytest.raises(ContractViolation) as caught:
        parse(body, routing_key)
    assert len(caught.value.detail) < 500
    assert "\0" not in caught.value.detail
    return caught.value.reason


def rewritten(old: str, new: str) -> bytes:
    body = ORDINARY.decode()
    assert old in body
    return body.replace(old, new).encode()


def test_the_ordinary_event_is_read():
    assert isinstance(parse(ORDINARY, SUBMITTED), Event)


@pytest.mark.parametrize("cut", [1, 10, len(ORDINARY) // 2, len(ORDINARY) - 1])
def test_A1_malformed_or_truncated_json(cut):
    assert refusal(ORDINARY[:cut]) == "malformed_json"


def test_A2_an_empty_body():
    assert refusal(b"") == "malformed_json"


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"17", b"null", b"true"])
def test_A3_no_object_at_top_level(body):
    assert refusal(body) == "invalid"


def test_A4_two_documents_in_one_body():
    assert refusal(ORDINARY * 2) == "malformed_json"


@pytest.mark.parametrize(
    "body",
    [
        ORDINARY.replace(b"Ada", b"\xff\xfe"),
        ORDINARY.replace(b"Ada", b"\xed\xa0\x80"),  # a surrogate in UTF-8
        ORDINARY.replace(b"Ada", b"\xc0\x80"),  # NUL written too long
        ORDINARY.decode().encode("utf-16"),
        ORDINARY.decode().encode("utf-32-le"),
        b"\xef\xbb\xbf" + ORDINARY,
    ],
)
def test_A5_not_utf_8_or_with_a_byte_order_mark(body):
    assert refusal(body) == "malformed_json"


@pytest.mark.parametrize(
    "nest",
    [
        b"[" * 200_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
    ],
)
def test_A6_brackets_nested_without_end(nest):
    assert refusal(nest) == "malformed_json"
    assert refusal(ORDINARY.replace(b"20000", nest, 1)) in {"malformed_json", "too_large"}


@pytest.mark.parametrize(
    "number", ["9" * 5000, "1e999", "NaN", "Infinity", "-1", "2e4", "20000.0"]
)
def test_A7_numbers_that_are_no_sizes(number):
    assert refusal(rewritten("20000", number)) in {"malformed_json", "invalid"}


def test_A8_duplicate_keys_at_any_depth():
    assert refusal(rewritten('"specversion"', '"id": "a", "specversion"')) == "duplicate_key"
    assert refusal(rewritten('"name": "Ada', '"name": "Eve", "name": "Ada')) == "duplicate_key"


@pytest.mark.parametrize(
    "where",
    ["sur_prise", "data.surprise", "data.candidate.surprise", "data.documents.0.surprise",
     "data.form.early_departure.departues"],
)  # fmt: skip
def test_A9_an_unknown_field_at_any_depth(where):
    """A misspelt field deep inside would otherwise be an answer that nobody gave."""
    assert refusal(submission({where: []})) == "invalid"


def test_A9_the_name_of_an_unknown_field_is_not_repeated():
    with pytest.raises(ContractViolation) as caught:
        parse(submission({"data.ada@example\0org": 1}), SUBMITTED)
    assert "ada" not in caught.value.detail
    assert "\0" not in caught.value.detail


@pytest.mark.parametrize("name", ["dataschema", "traceparent", "x1"])
@pytest.mark.parametrize("value", ["https://ada@example.org", "\ud800", None, {"deep": [1]}])
def test_A9_what_a_library_adds_to_the_envelope_costs_nobody_their_application(name, value):
    """CloudEvents lets anybody add attributes; they are left out, and the rest is as it was."""
    assert parse(submission({name: value}), SUBMITTED) == parse(ORDINARY, SUBMITTED)


@pytest.mark.parametrize("name", ["Traceparent", "data_base64", "", "tr\u00e1ce", "form"])
def test_A9_what_no_added_attribute_is_called_is_unknown(name):
    assert refusal(submission({name: "00-1"})) == "invalid"


def test_A9_A10_an_added_attribute_excuses_nothing_else():
    added = {"traceparent": "00-1"}
    assert refusal(submission(added | {"data.surprise": 1})) == "invalid"
    assert refusal(submission(added | {"data.documents.0.size": 2e4})) == "invalid"
    assert refusal(submission(added | {"data.candidate.name": "\ud800"})) == "malformed_json"
    assert refusal(submission(added).decode().encode("utf-16")) == "malformed_json"
    twice = submission(added).replace(b'"traceparent"', b'"traceparent": 1, "traceparent"')
    assert refusal(twice) == "duplicate_key"


def test_A9_an_older_worker_ignores_what_a_newer_one_adds_to_our_own_events():
    body = spoilt(event(application_accepted()), {"data.new": 1, "data.early_departure.new": 1})
    assert isinstance(parse(body, "application.accepted.v1"), Event)


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("data.documents.0.size", "20000"),
        ("data.documents.0.size", True),
        ("data.form.version", "1"),
        ("data.form.version", True),
        ("data.candidate.name", 17),
        ("data.application", 17),
        ("id", 17),
    ],
)
def test_A10_a_value_of_another_type(where, value):
    assert refusal(submission({where: value})) == "invalid"


@pytest.mark.parametrize("key", ["application.submitted.v2", "application.submitted.v999"])
def test_A14_A15_a_version_that_is_not_known(key):
    assert refusal(ORDINARY, key) == "unsupported_version"
    assert refusal(submission(type=key), key) == "unsupported_version"


@pytest.mark.parametrize(
    "key", ["application.exploded.v1", "", "#", "application.submitted", "\0"]
)
def test_A16_a_type_that_is_not_known(key):
    assert refusal(ORDINARY, key) in {"unknown_type", "unsupported_version"}


@pytest.mark.parametrize(
    "where", ["data.candidate.name", "data.application", "source", "data.vacancy"]
)
def test_A19_nul_in_a_string(where):
    assert refusal(submission({where: "a\0b"})) == "invalid"


def test_A19_nul_where_the_refusal_would_quote_it():
    assert refusal(submission(id="\0")) == "invalid"


def test_A20_a_lone_surrogate():
    assert refusal(rewritten("Ada O'Neill", "\\ud800")) == "malformed_json"
    assert refusal(rewritten("Ada O'Neill", "\\udc00\\ud800")) == "malformed_json"


@pytest.mark.parametrize(
    ("where", "value", "reason"),
    [
        ("data.candidate.name", "x" * 1_000_000, "too_large"),
        ("data.candidate.name", "x" * 201, "invalid"),
        ("data.form.adjustments", "x" * 10_001, "invalid"),
        ("data.documents", [document().model_dump(mode="json")] * 21, "invalid"),
        ("data.documents", [0] * 10_000, "too_large"),
        ("data.form.early_departure.departures", [{}] * 10_000, "too_large"),
        ("data.candidate", {f"field {n}": n for n in range(10_000)}, "too_large"),
    ],
)
def test_A21_a_text_or_a_list_without_end(where, value, reason):
    assert refusal(submission({where: value})) == reason


def test_A21_scores_without_end():
    scores = {f"prompt-{n}": 5 for n in range(21)}
    body = spoilt(event(manager_reviewed()), {"data.scores": scores})
    assert refusal(body, "manager.reviewed.v1") == "invalid"


def test_A22_a_body_over_the_limit_is_not_even_parsed():
    assert refusal(b"[" * (MAX_BODY_BYTES + 1)) == "too_large"


def test_A28_a_type_under_another_routing_key():
    assert refusal(ORDINARY, "application.withdrawn.v1") == "invalid"
    assert refusal(submission(type="application.withdrawn.v1")) == "wrong_type"
    assert refusal(submission(subject="app-2")) == "wrong_subject"


@pytest.mark.parametrize(
    "moment",
    ["2025-10-20T11:59:00", 1760961540, "1760961540", "1760961540.5", "2025-10-20", "today", None],
)
def test_A29_a_naive_time_or_a_number(moment):
    assert refusal(submission({"data.submitted_at": moment})) == "invalid"
    assert refusal(submission(time=moment)) == "invalid"


@pytest.mark.parametrize("year", ["0001", "1970", "1999", "2101", "9999"])
def test_A30_a_time_far_from_any_honest_clock(year):
    assert refusal(submission({"data.submitted_at": f"{year}-06-01T00:00:00Z"})) == "invalid"


def test_A31_half_past_one_in_the_night_when_the_clocks_go_back():
    """Two instants have that name in London; only an offset tells them apart."""
    assert refusal(submission({"data.submitted_at": "2026-10-25T01:30:00"})) == "invalid"
    first, second = (
        parse(submission({"data.submitted_at": f"2026-10-25T01:30:00{offset}"}), SUBMITTED)
        for offset in ("+01:00", "+00:00")
    )
    assert (second.data.submitted_at - first.data.submitted_at).total_seconds() == 3600  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "key",
    [
        "http://169.254.169.254/latest/meta-data", "https://localhost/x", "file:///etc/passwd",
        "gopher://x", "//evil.example/x", "http://user@evil.example", "http://[::1]/",
        "incoming/../../etc/passwd", "incoming/a/../b", "incoming/a//b", "incoming/a/./b",
        "incoming/a/", "incoming/", "incoming/http://x", "incoming/%2e%2e/x", "incoming/a\n",
        "incoming/a\\..\\b", "incoming/" + "a" * 300, "/incoming/a", "INCOMING/a",
    ],
)  # fmt: skip
def test_A34_whatever_is_no_key_of_our_own_store(key):
    assert refusal(submission({"data.documents.0.key": key})) == "invalid"


def test_A34_no_field_of_any_event_is_an_address_to_fetch():
    assert document().key.startswith("incoming/")
    assert not re.search(r"https?:|file:", application_submitted().model_dump_json())


@pytest.mark.parametrize("name", ["a\0", "a\u0007b", "a\x1bb", "a\x7fb", "a\x9fb"])
def test_A37_control_characters_in_a_name(name):
    assert refusal(with_name(name)) == "invalid"


def test_A37_names_are_kept_in_one_normal_form():
    composed, decomposed = (
        parse(with_name(name), SUBMITTED) for name in ("Zo\u00eb", "Zoe\u0308")
    )
    assert composed.data.candidate.name == decomposed.data.candidate.name == "Zo\u00eb"  # type: ignore[attr-defined]
