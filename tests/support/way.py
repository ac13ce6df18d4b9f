"""One rejected application on its way through three workers, up to the letters it gets."""

from email import message_from_bytes, policy
from typing import Final

from services.simulator.mailbox import Mailbox
from shared.contracts import Payload
from shared.contracts.checks import DocumentsChecked, EligibilityChecked
from tests.support.build_eligibility import applied
from tests.support.builders import NOW, departure
from tests.support.hearing import Hearing
from tests.support.post_office import PostOffice

BARRED: Final = applied("2025-06-03", departure("2021-10-21"))


class Way:
    """Eligibility decides, progress moves, notifications plan."""

    def __init__(self, eligibility: Hearing, progress: Hearing, post_office: PostOffice) -> None:
        self._eligibility, self._progress = eligibility, progress
        self._letters = post_office.hearing

    async def go(self, fact: Payload, *, is_stage_first: bool = True) -> list[Payload]:
        """Let a fact have all its consequences, up to what notifications hear."""
        said = await self.judge_alone(fact)
        known = [fact] if fact is BARRED else []
        checked = [one for one in said if isinstance(one, EligibilityChecked)]
        news = [one for one in said if not isinstance(one, EligibilityChecked)]
        stages = await self._progress.hear(*known, *checked, now=NOW)
        heard = [*stages, *news] if is_stage_first else [*news, *stages]
        await self._letters.hear(*heard, now=NOW)
        return heard

    async def inspect(self, checked: DocumentsChecked) -> None:
        """Let the documents have been looked at."""
        await self._letters.hear(*await self._progress.hear(checked, now=NOW), now=NOW)

    async def judge_alone(self, fact: Payload) -> list[Payload]:
        """Let a verdict be reached of which nobody else has heard yet."""
        heard_at = getattr(
            fact, "challenged_at", NOW
        )  # a challenge is not heard before it is made
        return await self._eligibility.hear(fact, now=heard_at)

    async def end_hold(self) -> None:
        """Fire the timer that releases a rejection's letter."""
        (due,) = self._letters.timers.values()
        await self._letters.hear(due.event, now=due.due_at)


async def send_now(post_office: PostOffice) -> None:
    """Send all that is planned, whatever the hour."""
    await post_office.owner.execute("update messaging.clock set clock_offset = $1 - now()", NOW)
    await post_office.owner.execute("update notifications.message set send_after = $1", NOW)
    await post_office.send_all()


async def kinds(post_office: PostOffice) -> list[str]:
    """The kinds of all messages, in the order in which they were planned."""
    return [kind for _, kind, _ in await post_office.messages()]


def text(mailbox: Mailbox) -> str:
    """The last letter's plain text, on one line."""
    message = message_from_bytes(mailbox.letters[-1].read_bytes(), policy=policy.default)
    return " ".join(message.get_body(("plain",)).get_content().split())
