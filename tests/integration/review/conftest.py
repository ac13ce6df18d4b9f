"""The review on a real database."""

import pytest

from services.review.worker import SERVICE
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing


@pytest.fixture
async def review(database: TestDatabase) -> Hearing:
    return Hearing(SERVICE, await database.service("review"))
