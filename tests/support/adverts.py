"""Adverts in our own words; name only the line that the test is about."""

from services.vacancies.reading import (
    Found,
    PoolReading,
    ProfileReading,
    Reading,
    Settled,
    VacancyReading,
    read_advert,
)
from shared.employers import terms_of

CLOSING = "We must have your application in by 23:55 on 14 May 2026."
REVIEW = "The manager's review of applications starts 1 week after the closing date."
INTERVIEWS = "Interviews follow 2 weeks after the hiring manager's review."
SALARY = """\
Starting salary: £31,400 including allowances of £2,400.
Made up of £29,000 basic, rising to the top of the scale at £32,150, a location allowance of £1,500
and a non-pensionable allowance of £900."""
PAPERS = """\
To apply, send us your CV, a personal statement and the application form, each saved as PDF or
Word."""


def advert(
    *,
    head: str = "Job title: Workshop Planner\nLocation: Gravel Lane Garage\nReference: WP-77",
    posted: str = "",
    employer: str = "The Metropolitan Police keeps a workshop that never sleeps.",
    closing: str = CLOSING,
    review: str = REVIEW,
    interviews: str = INTERVIEWS,
    salary: str = SALARY,
    body: str = "",
) -> str:
    """A whole advert; a part set to an empty text is not printed."""
    parts = [head, posted, employer, salary, body, PAPERS, closing, review, interviews]
    return "\n\n".join(part for part in parts if part)


def read(text: str, **settled: object) -> Reading:
    return read_advert(text, Settled(**settled), terms_of)  # type: ignore[arg-type]


def read_vacancy(text: str, **settled: object) -> VacancyReading:
    found = read(text, **settled)
    assert isinstance(found, VacancyReading)
    return found


def read_profile(text: str) -> ProfileReading:
    found = read(text)
    assert isinstance(found, ProfileReading)
    return found


def read_pool(text: str) -> PoolReading:
    found = read(text)
    assert isinstance(found, PoolReading)
    return found


def field(reading: VacancyReading, name: str) -> Found:
    assert name in reading.fields, f"{name} is held: {reading.held}"
    return reading.fields[name]


def holds(reading: VacancyReading) -> dict[str, str]:
    """What is held, by field, with the reason code."""
    return {one.field: one.held.reason for one in reading.held}


def lints(reading: VacancyReading) -> set[str]:
    """The codes of the findings, without those that nearly every advert has."""
    return {finding.code for finding in reading.findings} - {
        "role_type_assumed",
        "engagement_assumed",
    }
