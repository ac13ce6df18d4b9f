"""The shape of the house: a new colleague finds the room, and a machine keeps it so."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import (
    ROOT,
    classes,
    functions,
    python_files,
    relative,
    service_folders,
)

ANATOMY = ("worker.py", "handlers.py", "decisions.py", "storage.py", "README.md")
FORBIDDEN = (
    "utils", "helpers", "common", "misc", "base", "core", "manager", "processor", "engine", "data",
    "info", "service",
)  # fmt: skip
EVERYTHING = ("services", "shared", "tests")


@pytest.mark.parametrize("folder", service_folders(), ids=lambda path: path.name)
def test_every_service_has_the_same_few_files(folder: Path) -> None:
    assert [name for name in ANATOMY if not (folder / name).exists()] == []
    assert list(folder.glob("migrations/0001_*.sql"))


def test_files_are_at_most_300_lines() -> None:
    long = {relative(p): n for p in python_files(*EVERYTHING) if (n := _lines(p)) > 300}
    assert long == {}


def test_functions_are_at_most_60_lines() -> None:
    long = {
        f"{relative(path)}:{f.name}": f.end_lineno - f.lineno + 1
        for path in python_files(*EVERYTHING)
        for f in functions(path)
        if f.end_lineno and f.end_lineno - f.lineno + 1 > 60
    }
    assert long == {}


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    bad = [
        relative(path)
        for path in python_files(*EVERYTHING)
        for part in path.relative_to(ROOT).parts
        if part.removesuffix(".py") in FORBIDDEN
    ]
    assert bad == []


def test_no_class_has_a_suffix_that_says_nothing() -> None:
    suffix = re.compile(r"(?<=[a-z])(" + "|".join(w.capitalize() for w in FORBIDDEN) + r"s?)$")
    bad = [
        f"{relative(path)}:{c.name}"
        for path in python_files("services", "shared")
        for c in classes(path)
        if suffix.search(c.name)
    ]
    assert bad == []


def test_handlers_are_named_after_what_is_done() -> None:
    bad = [
        f"{relative(path)}:{f.name}"
        for folder in service_folders()
        for path in [folder / "handlers.py"]
        for f in functions(path)
        if re.match(r"_*(on|handle|process)_", f.name)
    ]
    assert bad == []


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())
