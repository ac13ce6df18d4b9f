"""Adverts that the vacancies worker has taken, for those who read them."""

from datetime import datetime

from services.vacancies.worker import SERVICE
from shared.contracts import Event, Payload
from shared.contracts.vacancies import VacancyPublished
from tests.support.builders import NOW
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing


async def publish(
    database: TestDatabase,
    *adverts: VacancyPublished | Event[VacancyPublished],
    now: datetime = NOW,
) -> list[Payload]:
    """Publish these in this order; return what vacancies announces of them."""
    return await Hearing(SERVICE, await database.service(SERVICE.name)).hear(*adverts, now=now)
