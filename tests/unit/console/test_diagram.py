"""The stage diagram is drawn from the stage function."""

import pytest

from services.console.diagram import stage_diagram
from shared.contracts.applications import Stage


def test_the_same_text_is_drawn_every_time():
    assert stage_diagram() == stage_diagram()


def test_every_stage_is_drawn():
    words = set(stage_diagram().replace(":", " ").split())
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
def test_the_candidates_journey_is_drawn(arrow):
    assert f"    {arrow}\n" in stage_diagram()


def test_nothing_leads_out_of_the_end():
    assert f"    {Stage.WITHDRAWN} -->" not in stage_diagram()


def test_C3_a_refusal_is_left_only_by_being_accepted_after_all():
    lines = [line for line in stage_diagram().splitlines() if line.startswith("    refused -->")]
    assert lines == ["    refused --> received: application.accepted"]
