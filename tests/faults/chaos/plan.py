"""What one seed makes of a run: who applies for what and when, and how the run's time is spent."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Final

from services.simulator import candidates
from services.simulator.adverts import ADVERTS, Advert
from services.simulator.candidates import Case
from services.simulator.deeds import Entry
from services.simulator.people import Person
from services.simulator.script import script
from shared.calendar import at_london

VACANCIES_A_MINUTE: Final = 20
APPLICATIONS_A_VACANCY: Final = 10

_FIRST_DAY: Final = date(2025, 6, 2)
_POSTING_DAYS: Final = 21
# Adverts are open for 13 days, so the first reviews run while the last applications come in and
# there is work until the end; what is planned for later is jumped to when everything is quiet.
_VIRTUAL_SPAN: Final = timedelta(days=44)
# All stories are told to every so many vacancies, and ordinary applications stay the majority.
_VACANCIES_A_COHORT: Final = 12


@dataclass(frozen=True)
class Plan:
    """The same seed and length make the same candidates and the same faults in the same order."""

    seed: int
    minutes: float

    @cached_property
    def adverts(self) -> list[Advert]:
        """Vary the three real adverts over three weeks of posting days."""
        count = max(round(self.minutes * VACANCIES_A_MINUTE), _VACANCIES_A_COHORT)
        adverts = []
        for number in range(count):
            posted_on = _FIRST_DAY + timedelta(days=number % _POSTING_DAYS)
            model = ADVERTS[number % len(ADVERTS)]
            closes_on = posted_on + timedelta(days=13)
            adverts.append(
                replace(model, vacancy=f"{number:03}", posted_on=posted_on, closes_on=closes_on)
            )
        return adverts

    @cached_property
    def cases(self) -> dict[str, Case]:
        """Invent the candidates; each has a mail address of their own, to be counted by."""
        cases: dict[str, Case] = {}
        for start in range(0, len(self.adverts), _VACANCIES_A_COHORT):
            cohort = self.adverts[start : start + _VACANCIES_A_COHORT]
            for case in candidates.cases(self.seed, cohort, APPLICATIONS_A_VACANCY):
                person = Person(case.person.name, f"{case.application}@example.org")
                cases[case.application] = replace(case, person=person)
        return cases

    @property
    def entries(self) -> list[Entry]:
        """Write down what the careers site does and when, in virtual time."""
        return script(self.adverts, self.cases.values())

    @property
    def starts_at(self) -> datetime:
        """Eight in the morning of the first posting day."""
        return at_london(_FIRST_DAY, time(8))

    def virtual_time(self, share: float) -> datetime:
        """Say how late it is in the world of the candidates when this share of it is over."""
        return self.starts_at + share * _VIRTUAL_SPAN

    @property
    def scale(self) -> float:
        """Faults last as long as they are named for in ten minutes, and less in a short run."""
        return min(max(self.minutes / 10, 0.3), 1)

    @property
    def shuffle_seconds(self) -> float:
        """Deliveries are shuffled within so many seconds."""
        return 30 * self.scale


class Pace:
    """Spreads virtual time over the faults, however long they take: each finds work to disturb."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._at = self._share = 0.0

    def go_on(self, at: float, suffered: float) -> float:
        """Say which share of virtual time is over after so many seconds and this share of faults.

        What is left of it is spread over what the faults have left if they go on as they did.
        """
        left = max(self._seconds - at, at * (1 - suffered) / suffered, 1)
        self._share += (1 - self._share) * min((at - self._at) / left, 1)
        self._at = at
        return self._share


def deliveries(seed: int, event: str, shuffle_seconds: float) -> Iterator[float]:
    """Say after how many seconds each of the one to three copies of an event is delivered."""
    dice = random.Random(f"{seed} {event}")
    for _ in range(dice.randint(1, 3)):
        yield dice.uniform(0, shuffle_seconds)
