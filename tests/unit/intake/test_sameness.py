"""What is the same, where two submissions differ, and whose applications look alike."""

import pytest

from services.intake.sameness import content_sha256, differing_fields, marks
from shared.contracts.applications import Answer, Convictions, Role
from tests.support.builders import (
    NOW,
    application_submitted,
    candidate,
    departure,
    document,
    form,
    served,
)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, ()),
        ({"submitted_at": NOW}, ("submitted_at",)),
        ({"vacancy": "met-001"}, ("vacancy",)),
        (
            {"candidate": candidate(email="other@example.org", phone="020 7946 0000")},
            ("candidate.email", "candidate.phone"),
        ),
        (
            {"form": form(convictions=Convictions(declared=Answer.YES, details="a story"))},
            ("form.convictions.declared", "form.convictions.details"),
        ),
        (
            {"form": form(early_departure=served(departure("2021-03-31")))},
            ("form.early_departure.departures.0", "form.early_departure.served_before"),
        ),
        ({"documents": ()}, ("documents.0", "documents.1")),
        (
            {"documents": (document(Role.CV, sha256="f" * 64), document(Role.PERSONAL_STATEMENT))},
            ("documents.0.sha256",),
        ),
    ],
)
def test_a_conflict_names_the_fields_that_differ_and_no_value(change, fields):
    assert differing_fields(application_submitted(**change), application_submitted()) == fields


def test_B29_a_file_name_differs_only_if_what_is_stored_of_it_does():
    one, other = (
        application_submitted(documents=(document(name=name),))
        for name in ("cv\0.pdf", "cv\N{REPLACEMENT CHARACTER}.pdf")
    )
    assert differing_fields(one, other) == ()
    assert content_sha256(one) != content_sha256(other)


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        ("ada@example.org", "ADA@Example.ORG", True),
        ("ada@example.org", "ada@example.com", False),
        ("ada@example.org", "a.da@example.org", False),
        ("ada@example.org", "ada+jobs@example.org", False),
    ],
)
def test_E19_an_address_is_folded_but_never_interpreted(one, other, is_alike):
    found = marks(candidate(email=one)).email == marks(candidate(email=other)).email
    assert found is is_alike


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        (("Åsa Öst", "020 7946 0000"), ("ÅSA  ÖST", "+44 (0)20 7946 0000"), True),
        (("Ada O'Neill", "07700 900123"), ("ada o'neill", "0044 7700 900123"), True),
        (("Ada O'Neill", "07700 900123"), ("Ada O'Neill", "07700 900124"), False),
        (("Ada O'Neill", "07700 900123"), ("Eve O'Neill", "07700 900123"), False),
    ],
)
def test_E19_a_person_is_recognised_by_name_and_number_together(one, other, is_alike):
    left, right = (marks(candidate(name=name, phone=phone)) for name, phone in (one, other))
    assert left.person is not None
    assert (left.person == right.person) is is_alike


@pytest.mark.parametrize("phone", [None, "none", "999", "123456"])
def test_E19_a_name_without_a_number_to_ring_is_nobody_in_particular(phone):
    assert marks(candidate(phone=phone)).person is None


def test_E19_nothing_personal_can_be_read_from_a_mark():
    found = marks(candidate(phone="07700 900123"))
    assert {len(found.email), len(found.person)} == {32}
