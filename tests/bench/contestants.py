"""Who takes part: how each is started and spoken to."""

import ast
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import aio_pika

from tests.bench.job import HOPS, TYPES

PROCESSES: Final = 2
_PROGRAMS: Final = "tests.bench.contenders"
_PERSISTENT: Final = aio_pika.DeliveryMode.PERSISTENT
_SETS_NOTHING: Final = (
    ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.If,
)  # fmt: skip

Wrap = Callable[[UUID, bytes, int], aio_pika.Message]


@dataclass(frozen=True)
class Contestant:
    """`wrap` puts an event (id, body, number) into the form that its own client would send."""

    name: str
    title: str
    commands: tuple[tuple[str, ...], ...]
    exchange: str
    routing_key: str
    out_queue: str
    queues: tuple[str, ...]
    wrap: Wrap
    is_fast: bool = False

    @property
    def fuses(self) -> tuple[str, ...]:
        """Where the broker puts what a contestant on our topology rejects."""
        ours = self.queues if self.exchange == "muster.events" else ()
        return tuple(f"{queue}.fuse" for queue in ours)

    def settings(self) -> str:
        """How it is started, and every line at the top of its program that sets something."""
        words = self.commands[0][2:]
        program = next(word for word in words if word.startswith(_PROGRAMS)).partition(":")[0]
        path = Path(__file__).parent / "contenders" / f"{program.rpartition('.')[2]}.py"
        source = path.read_text()
        set_ = [node for node in ast.parse(source).body[1:] if not isinstance(node, _SETS_NOTHING)]
        lines = "\n".join(str(ast.get_source_segment(source, node)) for node in set_)
        return f"`{' '.join(words)}`\n\n```python\n{lines}\n```"


def python(module: str, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *words)


def _event(id_: UUID, body: bytes, _: int) -> aio_pika.Message:
    return aio_pika.Message(
        body,
        content_type="application/json",
        delivery_mode=_PERSISTENT,
        message_id=str(id_),
    )


def _celery(id_: UUID, body: bytes, number: int) -> aio_pika.Message:
    task = f"{id_}-{number}"
    headers = {
        "lang": "py", "task": "bench.hop_one", "id": task, "root_id": task, "parent_id": None,
        "group": None, "retries": 0, "eta": None, "expires": None, "timelimit": [None, None],
        "argsrepr": "", "kwargsrepr": "{}", "origin": "driver", "ignore_result": True,
    }  # fmt: skip
    embed = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    return aio_pika.Message(
        json.dumps([[body.decode()], {}, embed]).encode(),
        headers=headers,
        content_type="application/json",
        content_encoding="utf-8",
        correlation_id=task,
        delivery_mode=_PERSISTENT,
    )


def _dramatiq(id_: UUID, body: bytes, number: int) -> aio_pika.Message:
    message = {
        "queue_name": "hop_one", "actor_name": "hop_one", "args": [body.decode()], "kwargs": {},
        "options": {}, "message_id": f"{id_}-{number}", "message_timestamp": 1_780_000_000_000,
    }  # fmt: skip
    return aio_pika.Message(json.dumps(message).encode(), delivery_mode=_PERSISTENT)


def _taskiq(id_: UUID, body: bytes, number: int) -> aio_pika.Message:
    task = f"{id_}-{number}"
    labels = {"queue_name": "hop_one"}
    message = {
        "task_id": task, "task_name": "hop_one", "labels": labels,
        "labels_types": {"queue_name": 3}, "args": [body.decode()], "kwargs": {},
    }  # fmt: skip
    return aio_pika.Message(
        json.dumps(message).encode(),
        headers={"task_id": task, "task_name": "hop_one", **labels},
        delivery_mode=_PERSISTENT,
    )


_OURS: Final = tuple(f"muster.{hop}" for hop in HOPS)
_THEIRS: Final = tuple(HOPS)


def _on_our_topology(name: str, title: str, module: str, **more: bool) -> Contestant:
    return Contestant(
        name, title, (python(f"{_PROGRAMS}.{module}"),) * PROCESSES,
        "muster.events", TYPES[0], "bench.out", _OURS, _event, **more,
    )  # fmt: skip


def _on_its_own(
    name: str, title: str, command: tuple[str, ...], exchange: str, wrap: Wrap
) -> Contestant:
    return Contestant(name, title, (command,), exchange, HOPS[0], "hop_out", _THEIRS, wrap)


MUSTER: Final = _on_our_topology("muster", "Muster", "muster_worker", is_fast=True)
FLOOR: Final = _on_our_topology("floor", "hand-written aio-pika floor", "floor", is_fast=True)
PEERS: Final = (
    _on_our_topology("faststream", "ordinary FastStream", "with_faststream"),
    _on_its_own(
        "celery", "Celery prefork",
        python(
            "celery", "-A", f"{_PROGRAMS}.with_celery", "worker", "-P", "prefork", "-c",
            str(PROCESSES), "-Q", ",".join(HOPS), "--without-gossip", "--without-mingle",
            "--without-heartbeat", "-l", "CRITICAL",
        ),
        "celery_tasks", _celery,
    ),
    _on_its_own(
        "dramatiq", "Dramatiq",
        python(
            "dramatiq", f"{_PROGRAMS}.with_dramatiq", "-p", str(PROCESSES), "-t", "8",
            "--queues", *HOPS,
        ),
        "", _dramatiq,
    ),
    _on_its_own(
        "taskiq", "taskiq-aio-pika",
        python(
            "taskiq", "worker", f"{_PROGRAMS}.with_taskiq:broker", "-w", str(PROCESSES),
            "--ack-type", "when_executed", "--log-level", "ERROR", "--max-async-tasks", "100",
        ),
        "taskiq_tasks", _taskiq,
    ),
)  # fmt: skip
BY_NAME: Final = {contestant.name: contestant for contestant in (MUSTER, FLOOR, *PEERS)}
