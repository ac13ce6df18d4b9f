"""The input: seeded applications whose outcomes only the driver knows, and the trouble in it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from uuid import UUID, uuid5

from shared.contracts.envelope import NAMESPACE
from tests.bench.job import TYPES, Envelope, next_id

_DUPLICATES: Final = 0.05
_REDELIVERIES: Final = 0.01
_POISON: Final = 0.01
_SUBMITTED_AT: Final = "2026-06-01T09:00:00Z"
_WORDS: Final = (
    "I have inspected and repaired response vehicles of six manufacturers for eight years and "
    "would bring the same care, and the same patience with people, to your two sites. "
)
_COVER_LETTER: Final = _WORDS * 3
_NAME: Final = "Ada O'Neill"
_QUESTION: Final = "driving_licence"
CARRIED: Final = tuple(text.encode() for text in (_COVER_LETTER, _NAME, _QUESTION))


@dataclass(frozen=True, slots=True)
class Sent:
    """One message as it goes out; several may carry the same id."""

    id: UUID
    body: bytes


@dataclass(frozen=True)
class Submissions:
    """`count` applications of one seed, with duplicates and poison among them."""

    seed: int
    count: int

    @cached_property
    def outcomes(self) -> dict[str, str]:
        """What each healthy application must end as."""
        chooser = random.Random(self.seed)
        kinds = ("accepted", "rejected", "missing_document")
        return {
            f"bench-{self.seed}-{n:07}": chooser.choices(kinds, (6, 2, 2))[0]
            for n in range(self.count)
        }

    @cached_property
    def poison(self) -> set[UUID]:
        return {_id(f"poison {self.seed} {n}") for n in range(max(1, int(self.count * _POISON)))}

    @property
    def redeliveries(self) -> int:
        return max(1, int(self.count * _REDELIVERIES))

    def first_ids(self) -> dict[str, UUID]:
        return {application: _id(application) for application in self.outcomes}

    def ids(self) -> list[dict[str, UUID]]:
        """Every event id by application, at each hop and at the end."""
        hops = [self.first_ids()]
        for hop in range(len(TYPES) - 1):
            hops.append({app: next_id(id_, hop, app) for app, id_ in hops[-1].items()})
        return hops

    def messages(self) -> list[Sent]:
        """Everything to publish, shuffled."""
        chooser = random.Random(self.seed + 1)
        healthy = [Sent(_id(app), body) for app, body in self._bodies()]
        again = chooser.sample(healthy, int(self.count * _DUPLICATES))
        bad = [Sent(id_, _poisonous(id_)) for id_ in sorted(self.poison)]
        everything = [*healthy, *again, *bad]
        chooser.shuffle(everything)
        return everything

    def _bodies(self) -> Iterator[tuple[str, bytes]]:
        chooser = random.Random(self.seed + 2)
        for application, outcome in self.outcomes.items():
            papers = 1 if outcome == "missing_document" else chooser.randint(2, 3)
            years = chooser.randint(0, 2) if outcome == "rejected" else chooser.randint(3, 30)
            event = Envelope.model_validate(_envelope(application, papers, years, chooser))
            yield application, event.model_dump_json().encode()


def _id(text: str) -> UUID:
    return uuid5(NAMESPACE, text)


def _envelope(
    application: str, papers: int, years: int, chooser: random.Random
) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": _id(application),
        "source": "careers.example",
        "type": TYPES[0],
        "subject": application,
        "time": _SUBMITTED_AT,
        "datacontenttype": "application/json",
        "data": {
            "application": application,
            "vacancy": f"v-{chooser.randint(1, 50)}",
            "submitted_at": _SUBMITTED_AT,
            "applicant": {
                "name": _NAME,
                "email": f"{application}@example.org",
                "phone": "+44 20 7946 0000",
                "birth_date": "1990-05-17",
                "country": "GB",
                "languages": ["en", "cy"],
                "years_experience": years,
            },
            "papers": [
                {
                    "kind": "cv" if number == 0 else "personal_statement",
                    "name": f"paper {number}.pdf",
                    "sha256": chooser.randbytes(32).hex(),
                    "size": chooser.randint(20_000, 9_000_000),
                }
                for number in range(papers)
            ],
            "cover_letter": _COVER_LETTER,
            "answers": {"shifts": "yes", _QUESTION: "full", "notice_weeks": 4},
        },
    }


def _poisonous(id_: UUID) -> bytes:
    """Break the contract where a model sees it and a JSON parser does not."""
    event = _envelope("poison", 2, 3, random.Random(0)) | {"id": str(id_)}
    text = Envelope.model_validate(event).model_dump_json()
    return text.replace('"years_experience":3', '"years_experience":"many"').encode()
