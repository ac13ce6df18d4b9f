"""How much of everything: enough for figures, or just enough to show that the bench works."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers of rounds, applications and seconds."""

    rounds: int
    fast_applications: int
    slow_applications: int
    peers: tuple[str, ...]
    latency_seconds: float
    pipeline_applications: int
    peak_applications: int
    peak_seconds: float
    history_sizes: tuple[int, ...]
    history_applications: int
    memory_messages: int
    legs: tuple[str, ...]


FULL: Final = Scale(
    rounds=5,
    fast_applications=20_000,
    slow_applications=3_000,
    peers=("faststream", "celery", "dramatiq", "taskiq"),
    latency_seconds=30,
    pipeline_applications=1_000,
    peak_applications=5_000,
    peak_seconds=60,
    history_sizes=(100_000, 1_000_000),
    history_applications=5_000,
    memory_messages=100_000,
    legs=("hops", "latency", "pipeline", "peak", "history", "memory"),
)
SHORT: Final = Scale(
    rounds=1,
    fast_applications=1_000,
    slow_applications=300,
    peers=("celery",),
    latency_seconds=5,
    pipeline_applications=100,
    peak_applications=200,
    peak_seconds=5,
    history_sizes=(100_000,),
    history_applications=1_000,
    memory_messages=6_000,
    legs=("hops", "history"),
)
