"""Every journey ends at the doctor's."""

from collections.abc import Iterator

import asyncpg
import pytest

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


@pytest.fixture(autouse=True)
def doctor() -> Iterator[Doctor]:
    """To be shown the journey's database, at its end and while it is still there."""
    doctor = Doctor()
    yield doctor
    assert doctor.visits, "this journey was not shown to the doctor"
