"""A process that no longer turns must not look alive."""

import signal
import subprocess
import sys

import pytest

_BLOCK = """
import asyncio, re, time
from shared.messaging.watchdog import Watchdog
async def main():
    with Watchdog(1):
        await asyncio.sleep(0.1)
        {block}
asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("block", "ended_by"),
    [
        ("time.sleep(60)", signal.SIGKILL),
        # One call into C that never lets another thread run.
        ("re.match(r'(a+)+$', 'a' * 40 + 'b')", signal.SIGPROF),
    ],
)
def test_a_blocked_process_is_ended(block: str, ended_by: signal.Signals) -> None:
    child = subprocess.run(
        [sys.executable, "-c", _BLOCK.format(block=block)], timeout=30, check=False
    )
    assert child.returncode == -ended_by
