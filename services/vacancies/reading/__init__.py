"""Reads the text of an advert into a proposed vacancy. Pure: text in, frozen values out."""

from services.vacancies.reading.advert import (
    HeldField,
    PoolReading,
    ProfileReading,
    Reading,
    VacancyReading,
    read_advert,
)
from services.vacancies.reading.result import Finding, Found, Source
from services.vacancies.reading.salary import salary_of
from services.vacancies.reading.settled import LEVELLED, NO_SALARY, Settled
from services.vacancies.reading.windows import Promise, window_of

__all__ = [
    "LEVELLED",
    "NO_SALARY",
    "Finding",
    "Found",
    "HeldField",
    "PoolReading",
    "ProfileReading",
    "Promise",
    "Reading",
    "Settled",
    "Source",
    "VacancyReading",
    "read_advert",
    "salary_of",
    "window_of",
]
