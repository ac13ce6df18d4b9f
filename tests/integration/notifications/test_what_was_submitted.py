"""The acknowledgement names what was submitted, whatever number intake gives it meanwhile (D8)."""

from datetime import timedelta

import pytest

from services.intake.worker import SERVICE as INTAKE
from tests.support.builders import (
    LAST_ACCEPTED_AT,
    NOW,
    application_submitted,
    document,
    documents_replaced,
    stage_changed,
    vacancy_timetabled,
)
from tests.support.hearing import Hearing
from tests.support.way import send_now, text

EARLY = LAST_ACCEPTED_AT - timedelta(hours=9)
MOVED = vacancy_timetabled(version=2, closes_at=EARLY, last_accepted_at=EARLY)
EXTENDED = vacancy_timetabled(version=3)
LATER = EARLY + timedelta(hours=4)
REPLACED = documents_replaced(
    replaced_at=EARLY + timedelta(hours=1), documents=(document(name="Another CV.pdf"),)
)


@pytest.mark.parametrize("amendments", [[], [MOVED], [MOVED, EXTENDED]])
async def test_C7_D8_what_was_submitted_is_acknowledged_whatever_number_it_has(
    database, post_office, mailbox, amendments
):
    """An earlier closing sets a replacement aside, and the submission's own get a new number."""
    intake = Hearing(INTAKE, await database.service("intake"))
    submitted = application_submitted()
    await intake.hear(vacancy_timetabled(), submitted, REPLACED, *amendments, now=LATER)
    await post_office.hearing.hear(stage_changed(submitted.application), now=NOW)
    await send_now(post_office)
    said = text(mailbox)
    assert "We have received your application" in said
    assert "- My CV.pdf, " in said
    assert "- Personal Statement.docx, " in said
    assert "No files" not in said
    assert "Another CV" not in said
