"""The doctor, for journeys to end at."""

import asyncpg

from services.console.doctor import diagnose


class Doctor:
    """Looks for every impossible state in what a journey has left behind."""

    def __init__(self) -> None:
        self.visits = 0

    async def finds_nothing(self, owner_url: str) -> None:
        self.visits += 1
        owner = await asyncpg.connect(owner_url)
        try:
            findings = await diagnose(owner)
        finally:
            await owner.close()
        assert {one.detector.name: one.subjects for one in findings} == {}
