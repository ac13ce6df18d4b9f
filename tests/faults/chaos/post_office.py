"""The mail server, a process of its own: its folder of letters is what candidates really got.

It fails on some letters in every way that mail servers do, the same ones for the same seed, and
writes down how.
"""

import asyncio
import json
import random
import sys
from collections import Counter
from email.message import EmailMessage
from pathlib import Path
from typing import IO

from services.simulator.mailbox import Fault, Mailbox
from tests.faults.chaos.processes import lines_from_parent

_SLOW_SECONDS = 3.0
# Of a thousand attempts.
_FAULTS = {
    Fault.BUSY_451: 20,
    Fault.CLOSING_421: 10,
    Fault.FULL_552: 3,
    Fault.CUT_BEFORE_TAKING: 3,
    Fault.CUT_AFTER_TAKING: 3,
    Fault.CUT_AFTER_REPLY: 10,
    Fault.SLOW: 5,
}


class Moods:
    """Chooses how to fail on an attempt, by seed, letter and number of the attempt."""

    def __init__(self, seed: int, log: IO[str]) -> None:
        self._seed, self._log = seed, log
        self._attempts: Counter[str] = Counter()

    def choose(self, letter: EmailMessage) -> Fault | None:
        message_id = str(letter["Message-ID"])
        self._attempts[message_id] += 1
        dice = random.Random(f"{self._seed} {message_id} {self._attempts[message_id]}")
        left = dice.randrange(1000)
        for fault, share in _FAULTS.items():
            left -= share
            if left < 0:
                self._log.write(json.dumps({"message_id": message_id, "fault": fault}) + "\n")
                self._log.flush()
                return fault
        return None


async def answer_at_last(mailbox: Mailbox, after_seconds: float = _SLOW_SECONDS) -> None:
    """Answer, every few seconds, whoever has waited for it since the last time."""
    while True:
        await asyncio.sleep(after_seconds)
        mailbox.resume.set()
        mailbox.resume.clear()


async def main(folder: str, log: str, seed: str) -> None:
    with open(log, "a") as file:  # noqa: PTH123, ASYNC230 - a log, opened once
        async with Mailbox(Path(folder), Moods(int(seed), file).choose) as mailbox:
            sys.stdout.write(f"{mailbox.port}\n")
            sys.stdout.flush()
            answering = asyncio.create_task(answer_at_last(mailbox))
            async for _ in lines_from_parent():
                pass
            answering.cancel()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
