"""Our own three-hop chain: three small services that do the job of job.py through `shared`."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

from pydantic import Field

from shared.contracts import Payload
from shared.contracts.envelope import Instant, Model, Ref
from shared.messaging import Batch, Service, Subscription
from shared.postgres import Transaction
from tests.bench.job import HOPS, TYPES, decide

_FOLDER: Final = Path(__file__).parent / "chain_migrations"
OWNERS: Final = dict.fromkeys(HOPS, _FOLDER)


class Paper(Model):
    kind: str
    name: str
    sha256: str
    size: int


class Applicant(Model):
    name: str
    email: str
    phone: str
    birth_date: date
    country: str
    languages: Annotated[tuple[str, ...], Field(strict=False)]
    years_experience: int


class Carried(Payload):
    """What travels along the chain: about 1.5 KB of an application."""

    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    submitted_at: Instant
    applicant: Applicant
    papers: Annotated[tuple[Paper, ...], Field(strict=False)]
    cover_letter: str
    answers: dict[str, Any]


class HopOne(Carried):
    type: ClassVar[str] = TYPES[0]


class HopTwo(Carried):
    type: ClassVar[str] = TYPES[1]


class HopThree(Carried):
    type: ClassVar[str] = TYPES[2]


class Done(Carried):
    type: ClassVar[str] = TYPES[3]


async def _record(batch: Batch[Any], tx: Transaction, hop: str, announced: type[Carried]) -> None:
    """Load, decide, save, announce: the shape of every handler in services/."""
    await tx.fetch(
        f"select application, version from {hop}.state where application = any($1) for update",
        [event.subject for event in batch],
    )
    await tx.execute(
        f"""
        insert into {hop}.state as s (application, vacancy, outcome)
        select * from unnest($1::text[], $2::text[], $3::text[])
        on conflict (application) do update
        set outcome = excluded.outcome, version = s.version + 1
        """,
        [event.subject for event in batch],
        [event.data.vacancy for event in batch],
        [decide(len(e.data.papers), e.data.applicant.years_experience) for e in batch],
    )
    for event in batch:
        batch.announce(announced(**event.data.__dict__), because_of=event)


async def record_one(batch: Batch[HopOne], tx: Transaction) -> None:
    await _record(batch, tx, HOPS[0], HopTwo)


async def record_two(batch: Batch[HopTwo], tx: Transaction) -> None:
    await _record(batch, tx, HOPS[1], HopThree)


async def record_three(batch: Batch[HopThree], tx: Transaction) -> None:
    await _record(batch, tx, HOPS[2], Done)


SERVICES: Final = (
    Service(HOPS[0], (Subscription(HopOne, record_one),), announces=(HopTwo,)),
    Service(HOPS[1], (Subscription(HopTwo, record_two),), announces=(HopThree,)),
    Service(HOPS[2], (Subscription(HopThree, record_three),), announces=(Done,)),
)
ROUTED: Final = frozenset(TYPES)
