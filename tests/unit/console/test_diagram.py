"""The stage diagram is drawn from the stage function."""

import pytest

from services.console.diagram import stage_diagram
from shared.contracts.applications import Stage


@pytest.fixture(scope="module")
def diagram():
    return stage_diagram()


def test_the_same_text_is_drawn_every_time(diagram):
    assert stage_diagram() == diagram


def test_every_stage_is_drawn(diagram):
    words = set(diagram.replace(":", " ").split())
    assert set(Stage) <= words


@pytest.mark.parametrize(
    "arrow",
    [
        "[*] --> received: application.accepted",
        "[*] --> refused: application.refused",
        "received --> not_eligible: eligibility.checked",
        "documents_needed --> received: application.documents_accepted",
        "ready_for_review --> under_review: review.opened",
        "under_review --> invited: application.reviewed, review.completed",
        "invited --> interview_booked: interview.booked",
        "interview_booked --> withdrawn: application.withdrawal_accepted",
    ],
)
def test_the_candidates_journey_is_drawn(diagram, arrow):
    assert f"    {arrow}\n" in diagram


def test_nothing_leads_out_of_the_end(diagram):
    assert f"    {Stage.WITHDRAWN} -->" not in diagram


def test_C3_a_refusal_is_left_only_by_being_accepted_after_all(diagram):
    lines = [line for line in diagram.splitlines() if line.startswith("    refused -->")]
    assert lines == ["    refused --> received: application.accepted"]
