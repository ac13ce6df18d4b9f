"""What the bench learns of the disk from pg_test_fsync."""

import sys

from tests.bench.disk import _busy

TESTS = """#!/bin/sh
echo "1 second per test"
echo "(in wal_sync_method preference order, except fdatasync is Linux's default)"
echo "        open_datasync        30000.000 ops/sec      33 usecs/op"
echo "        fdatasync            {result}"
{then}
"""


def program(folder, result: str, then: str):
    path = folder / "pg_test_fsync"
    path.write_text(TESTS.format(result=result, then=then))
    path.chmod(0o755)
    return path


def test_the_tests_after_the_one_that_is_asked_for_are_not_waited_for(tmp_path) -> None:
    waits = f"exec {sys.executable} -c 'import signal; signal.pause()'"
    endless = program(tmp_path, "20000.000 ops/sec      51 usecs/op", waits)
    assert _busy(endless, tmp_path / "file") == 51


def test_a_disk_that_cannot_say_is_not_known(tmp_path) -> None:
    assert _busy(program(tmp_path, "n/a*", ""), tmp_path / "file") is None
