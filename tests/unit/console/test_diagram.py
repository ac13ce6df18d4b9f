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
        "interview_booked --> withdrawn: application.withdrawn",
    ],
)
def test_the_candidates_journey_is_drawn(arrow):
    assert f"    {arrow}\n" in stage_diagram()


@pytest.mark.parametrize("end", [Stage.REFUSED, Stage.WITHDRAWN])
def test_C3_nothing_leads_out_of_an_end(end):
    assert f"    {end} -->" not in stage_diagram()
