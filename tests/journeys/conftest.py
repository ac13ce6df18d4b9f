"""Every journey ends at the doctor's."""

from collections.abc import Iterator

import pytest

from tests.support.doctor import Doctor


@pytest.fixture(autouse=True)
def doctor() -> Iterator[Doctor]:
    """To be shown the journey's database, at its end and while it is still there."""
    doctor = Doctor()
    yield doctor
    assert doctor.visits, "this journey was not shown to the doctor"
