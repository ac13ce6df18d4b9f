"""Child processes that end with their parent, however it ends: its end of their pipe closes."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
_LONGEST_LINE = 1024 * 1024


async def start(
    module: str, *arguments: str, log: Path, environment: Mapping[str, str] | None = None
) -> asyncio.subprocess.Process:
    """Start one of our modules; what it complains about is appended to `log`."""
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", f"tests.faults.chaos.{module}", *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=output,
            cwd=REPOSITORY,
            env={**os.environ, **(environment or {})},
            start_new_session=True,  # Ctrl-C is for the parent, which ends it
        )  # fmt: skip


async def kill(process: asyncio.subprocess.Process) -> None:
    """End it as a crash would."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()


async def lines_from_parent() -> AsyncIterator[bytes]:
    """Read standard input, line by line, until the parent closes it or is gone."""
    reader = asyncio.StreamReader(_LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        yield line
