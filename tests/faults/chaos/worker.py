"""A worker process whose wall clock is wrong: `python -m ... OFFSET_SECONDS NAME...`.

What follows is `./muster work` itself. Its clock decides nothing, which is what this proves; the
monotonic clock is left alone, as it is on a machine whose date is wrong. Only `time.time` and
`shared.clock` are moved: nothing else in the project may read the wall clock, ruff sees to that.
"""

import os
import sys
import threading
import time
from datetime import datetime, timedelta

from shared import clock


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(1)


def main(offset_seconds: str, *names: str) -> int:
    offset = float(offset_seconds)
    true_time, true_now = time.time, clock.utc_now  # noqa: TID251 - to be replaced

    def wrong_now() -> datetime:
        return true_now() + timedelta(seconds=offset)

    time.time = lambda: true_time() + offset  # noqa: TID251 - what this is for
    time.time_ns = lambda: int((true_time() + offset) * 1e9)
    clock.utc_now = wrong_now
    threading.Thread(target=_end_with_parent, daemon=True).start()

    from services.console.__main__ import main as console
    from shared.messaging import faultpoints

    def tell_of_first_message(point: str) -> None:
        """Tell the parent by a line that this process consumes, and may be killed from now on."""
        if point == "received":
            faultpoints.install(None)
            os.write(1, b"at work\n")

    faultpoints.install(tell_of_first_message)
    return console(["work", *names])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
