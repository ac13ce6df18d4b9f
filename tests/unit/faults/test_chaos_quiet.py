"""G29: the quiet after a chaos run ends when nothing is left to do, or nothing new happens."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.faults.chaos import director as directing
from tests.faults.chaos.director import Director
from tests.support.honest_run import DAWN


class Waiting(Director):
    """Hears answers, the last of them for ever; each question takes a minute."""

    def __init__(self, answers: list[list[str]]) -> None:
        self.answers, self.minutes = answers, 0.0
        self.deliveries, self.virtual_now, self._agenda = 0, DAWN, []

    async def _patiently(self, work: Any, *arguments: Any) -> Any:
        return await work(*arguments)

    async def _step(self, to: datetime) -> None:
        self.minutes += 1

    async def _ask(self) -> list[str]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def _next_timer(self) -> None:
        return None


@pytest.mark.parametrize(
    ("answers", "left", "minutes"),
    [
        ([[f"{n} to publish"] for n in range(20, 0, -1)] + [[]], [], 22),
        ([["stuck"]], ["stuck"], 6),
        ([["going"], ["round"], ["in circles"]] * 9, ["round"], 8),
        (
            [[f"answers {n} with another event"] for n in range(99)],
            ["answers 30 with another event"],
            31,
        ),
    ],
)
async def test_G29_the_quiet_waits_while_there_is_anything_new_and_not_for_ever(
    answers: list[list[str]], left: list[str], minutes: float, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(directing, "_LOOK_SECONDS", 0)
    director = Waiting(answers)
    monkeypatch.setattr(directing.clock, "monotonic", lambda: director.minutes * 60)
    (confirmed := tmp_path / "confirmed").touch()
    assert await director.finish(300, confirmed) == left
    assert director.minutes == minutes
