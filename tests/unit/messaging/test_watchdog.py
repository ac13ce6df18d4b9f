"""A process that no longer turns must not look alive."""

import signal
import subprocess
import sys

import pytest

from shared import clock
from shared.messaging.watchdog import Watchdog, has_stood_still_since

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


def test_F9_the_first_process_of_a_container_ends_as_well() -> None:
    """The kernel lets it survive its own SIGKILL."""
    as_first = ["unshare", "--user", "--map-root-user", "--pid", "--fork"]
    if subprocess.run([*as_first, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs unshare, and a kernel that lets us make a process namespace")
    code = _BLOCK.format(block="time.sleep(60)")
    child = subprocess.run([*as_first, sys.executable, "-c", code], timeout=30, check=False)
    assert child.returncode == 128 + signal.SIGKILL


async def test_F8_a_process_that_woke_up_is_known_to_have_slept_before_the_watch_has_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The loop's overdue timers may fire first, and must blame no message."""
    with Watchdog():
        before = clock.monotonic()
        assert not has_stood_still_since(before)
        monkeypatch.setattr(clock, "monotonic", lambda: before + 5)
        assert has_stood_still_since(before)
