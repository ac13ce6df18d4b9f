"""What each leg found in its last full run, kept so that legs may be run one at a time."""

from datetime import datetime
from typing import Final, NamedTuple

from pydantic import TypeAdapter

from shared import clock
from shared.settings import settings
from tests.bench.findings import Findings
from tests.bench.scale import LEGS

_FOLDER: Final = settings().home / "bench"


class Leg(NamedTuple):
    """What a leg found, when, and of which commit."""

    at: datetime
    found: Findings
    commit: str = "unknown"  # before it was kept


_LEG: Final = TypeAdapter(Leg)


def keep(leg: str, findings: Findings, measured: str) -> None:
    """Remember what a leg found, and of which commit."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    content = _LEG.dump_json(Leg(clock.utc_now(), findings, measured), indent=1)
    (_FOLDER / f"{leg}.json").write_bytes(content)


def everything() -> Findings:
    """Put together what all legs found, and say of each when that was and of which commit."""
    together = Findings()
    for leg in LEGS:
        if (_FOLDER / f"{leg}.json").exists():
            kept = _LEG.validate_json((_FOLDER / f"{leg}.json").read_bytes())
            together.add(kept.found)
            together.remarks.append(
                f"{leg}: measured on {kept.at:%d %B %Y at %H:%M} UTC, commit {kept.commit}"
            )
    return together
