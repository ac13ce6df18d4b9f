"""Whoever is accepted and refused by closings that move is told what is true last (C3, C7)."""

from datetime import timedelta
from itertools import groupby, permutations

import pytest

from shared.contracts.applications import Stage
from tests.support.builders import LAST_ACCEPTED_AT, NOW, stage_changed
from tests.support.post_office import PostOffice

# In time, too late, in time again and so on, from either beginning.
STORIES = [
    tuple(stages[n % 2] for n in range(length))
    for length in range(1, 5)
    for stages in ((Stage.RECEIVED, Stage.REFUSED), (Stage.REFUSED, Stage.RECEIVED))
]
# What the closing that moves makes of a submission.
SUBMITTED_AT = {Stage.RECEIVED: NOW, Stage.REFUSED: LAST_ACCEPTED_AT + timedelta(hours=1)}
SAYS = {Stage.RECEIVED: "acknowledgement", Stage.REFUSED: "submitted_late"}


async def sent(post_office: PostOffice, application: str) -> list[str]:
    rows = await post_office.owner.fetch(
        "select kind from notifications.message"
        " where application = $1 and state = 'sent' order by number",
        application,
    )
    return [kind for (kind,) in rows]


@pytest.mark.parametrize("is_sent_at_once", [True, False])
async def test_C3_C7_G4_in_any_order_the_last_letter_is_true_and_none_repeats_the_one_before(
    post_office, is_sent_at_once
):
    """Whoever is accepted in the end has one acknowledgement, and another only if denied since."""
    for number, story in enumerate(STORIES):
        for order in permutations(range(len(story))):
            name = f"app-{number}-{''.join(map(str, order))}"
            await post_office.receive(name)
            heard = 0
            for place in order:
                change = stage_changed(name, story[place], sequence=place + 1)
                heard = max(heard, place)
                await post_office.date(name, SUBMITTED_AT[story[heard]])
                await post_office.hearing.hear(change, now=NOW)
                if is_sent_at_once:
                    await post_office.send_all()
            await post_office.send_all()
            told = await sent(post_office, name)
            assert told[-1] == SAYS[story[-1]], (story, order)
            assert [kind for kind, _ in groupby(told)] == told, (story, order)
            if not is_sent_at_once:
                assert told == [SAYS[story[-1]]], (story, order)


async def test_C3_the_second_acknowledgement_lists_what_was_submitted(post_office, mailbox):
    await post_office.receive("app-1")
    for sequence, stage in enumerate((Stage.RECEIVED, Stage.REFUSED, Stage.RECEIVED), 1):
        await post_office.date("app-1", SUBMITTED_AT[stage])
        await post_office.hearing.hear(stage_changed("app-1", stage, sequence=sequence), now=NOW)
        await post_office.send_all()
    assert await sent(post_office, "app-1") == [
        "acknowledgement", "submitted_late", "acknowledgement",
    ]  # fmt: skip
    said = mailbox.letters[-1].read_text()
    assert "My CV.pdf, 20 KB" in said
    assert "Please ignore our earlier email" in " ".join(said.replace("=\n", "").split())
