"""What is planned at the very moment at which a sender looks at a letter loses nothing."""

import asyncio

from services.notifications import gathering
from services.notifications.worker import SERVICE
from shared.contracts.applications import Stage
from tests.support.at_once import until_waiting_or_done
from tests.support.builders import NOW, stage_changed
from tests.support.hearing import Hearing


async def test_W7_an_invitation_that_becomes_true_again_while_it_is_dropped_is_told(
    post_office, database, monkeypatch
):
    await post_office.receive("app-1")
    stages = (Stage.RECEIVED, Stage.INVITED, Stage.UNDER_REVIEW, Stage.INVITED)
    *earlier, again = (
        stage_changed("app-1", stage, sequence=sequence)
        for sequence, stage in enumerate(stages, start=1)
    )
    await post_office.hearing.hear(*earlier, now=NOW)
    await post_office.send_next()
    others = Hearing(SERVICE, await database.service("notifications"))
    find_letter = gathering.find_letter
    tasks: list[asyncio.Task] = []

    async def find(tx, claim):
        letter = await find_letter(tx, claim)
        if not tasks:
            tasks.append(asyncio.create_task(others.hear(again, now=NOW)))
            await until_waiting_or_done(database, tasks)
        return letter

    monkeypatch.setattr(gathering, "find_letter", find)
    await post_office.send_all()
    await asyncio.gather(*tasks)
    await post_office.send_all()
    rows = await post_office.owner.fetch("select kind, state from notifications.message")
    assert ("invitation", "sent") in {tuple(row) for row in rows}
