"""How much of everything: enough for figures, or just enough to show that the bench works."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers of rounds, applications and seconds."""

    extra_rounds: int
    rounds: int
    fast_applications: int
    slow_applications: int
    peers: tuple[str, ...]
    latency_rounds: int
    latency_seconds: float
    has_curves: bool
    pipeline_rounds: int
    pipeline_applications: int
    peak_rounds: int
    peak_applications: int
    peak_seconds: float
    history_seeds: int
    history_sizes: tuple[int, ...]
    history_rounds: int
    history_applications: int
    memory_messages: int


LEGS: Final = ("hops", "latency", "pipeline", "peak", "history", "memory", "slow_disk", "crash")
FULL: Final = Scale(
    extra_rounds=3,
    rounds=5,
    fast_applications=10_000,
    slow_applications=2_000,
    peers=("faststream", "celery", "dramatiq", "taskiq"),
    latency_rounds=5,
    latency_seconds=15,
    has_curves=True,
    pipeline_rounds=5,
    pipeline_applications=600,
    peak_rounds=1,
    peak_applications=5_000,
    peak_seconds=60,
    history_seeds=500,
    history_sizes=(100_000, 1_000_000),
    history_rounds=5,
    history_applications=500,
    memory_messages=100_000,
)
SHORT: Final = Scale(
    extra_rounds=0,  # it judges nobody: what the host disturbed has balanced all the same
    rounds=1,
    fast_applications=1_000,
    slow_applications=120,
    peers=("celery",),
    latency_rounds=1,
    latency_seconds=5,
    has_curves=False,
    pipeline_rounds=1,
    pipeline_applications=60,
    peak_rounds=1,
    peak_applications=200,
    peak_seconds=5,
    history_seeds=100,
    history_sizes=(100_000,),
    history_rounds=1,
    history_applications=200,
    memory_messages=6_000,
)
