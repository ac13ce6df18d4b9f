"""Which state of the project a report was written of."""

import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent.parent
_PAPER: Final = (":!docs", ":!*.md")  # the reports themselves are written there


def commit() -> str:
    """Name the commit of the files here, `-dirty` if any but documentation differs."""
    try:
        head = _git("rev-parse", "--short", "HEAD")
        is_dirty = _git("status", "--porcelain", "--", ".", *_PAPER) != ""
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{head}-dirty" if is_dirty else head


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()
