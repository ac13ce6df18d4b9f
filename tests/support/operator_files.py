"""The files an operator may change, changed for the length of a test."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from unittest.mock import patch

from shared import calendar, employers

_SHARED = Path(employers.__file__).parent


@contextmanager
def employers_file(folder: Path, old: str, new: str) -> Iterator[None]:
    """Have another `employers.toml` in which `old` reads `new`, the first time it stands there."""
    text = (_SHARED / "employers.toml").read_text()
    assert old in text
    file = folder / "employers.toml"
    file.write_text(text.replace(old, new, 1))
    with patch.dict(os.environ, MUSTER_EMPLOYERS=str(file)):
        try:
            employers._all_terms.cache_clear()
            yield
        finally:
            employers._all_terms.cache_clear()


@contextmanager
def more_bank_holidays(folder: Path, *days: str) -> Iterator[None]:
    """Have these days proclaimed bank holidays."""
    known = json.loads((_SHARED / "bank_holidays.json").read_text())
    known["holidays"] |= dict.fromkeys(days, "proclaimed")
    known["last_year"] = max(known["last_year"], *(date.fromisoformat(day).year for day in days))
    file = folder / "bank_holidays.json"
    file.write_text(json.dumps(known))
    with patch.dict(os.environ, MUSTER_BANK_HOLIDAYS=str(file)):
        try:
            calendar._bank_holidays.cache_clear()
            yield
        finally:
            calendar._bank_holidays.cache_clear()
