"""Every statement stays in its own schema, or in a view that was lent to it."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import service_folders

_SCHEMAS = {folder.name for folder in service_folders()}
_MENTION = re.compile(
    r"\b(?:from|join|into|update|table|only|exists)\s+([a-z_]+)\.([a-z_]+)", re.IGNORECASE
)
_LENT = re.compile(r"grant select on ([a-z_]+)\.([a-z_]+) to muster_([a-z_]+)", re.IGNORECASE)


def _lent() -> set[tuple[str, str, str]]:
    return {
        (borrower, schema, view)
        for folder in service_folders()
        for path in folder.glob("migrations/*.sql")
        for schema, view, borrower in _LENT.findall(path.read_text())
    }


@pytest.mark.parametrize("folder", service_folders(), ids=lambda path: path.name)
def test_sql_names_only_own_tables_and_lent_views(folder: Path) -> None:
    lent = _lent()
    strangers = {
        f"{path.name}: {schema}.{table}"
        for path in folder.rglob("*.py")
        for schema, table in _MENTION.findall(path.read_text())
        if schema in _SCHEMAS
        and schema != folder.name
        and (folder.name, schema, table) not in lent
    }
    assert strangers == set()


@pytest.mark.parametrize("folder", service_folders(), ids=lambda path: path.name)
def test_only_views_are_lent_never_tables(folder: Path) -> None:
    text = "\n".join(path.read_text() for path in folder.glob("migrations/*.sql"))
    views = {name.split(".")[-1] for name in re.findall(r"create view ([a-z_.]+)", text)}
    assert {view for _, view, _ in _LENT.findall(text)} <= views


@pytest.mark.parametrize("folder", service_folders(), ids=lambda path: path.name)
def test_statements_stand_in_storage_alone(folder: Path) -> None:
    statement = re.compile(
        r"\b(select|insert into|update|delete from)\b.+\b(from|set|values|where)\b"
    )
    found = [
        path.name
        for path in folder.rglob("*.py")
        if path.name != "storage.py"
        for line in path.read_text().splitlines()
        if statement.search(line)
    ]
    assert found == []
