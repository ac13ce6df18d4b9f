"""Named points between every two steps of a batch, where a test may pull the plug."""

from collections.abc import Callable
from typing import Final

POINTS: Final = (
    "received",
    "parsed",
    "prepared",
    "claimed",
    "handled",
    "committed",
    "published",
    "confirmed",
    "cleaned",
    "acknowledged",
)

_hook: Callable[[str], None] | None = None


def install(hook: Callable[[str], None] | None) -> None:
    """Have every point call `hook` with its name; None takes it out again."""
    global _hook  # noqa: PLW0603 - one switch for the process, used by fault tests only
    _hook = hook


def reached(point: str) -> None:
    """Mark that the worker stands at a point; nothing happens in production."""
    if _hook is not None:
        _hook(point)
