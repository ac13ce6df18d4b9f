"""Every statement stays in its own schema, or in a view that was lent to it."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import service_folders

_SCHEMAS = {folder.name for folder in service_folders()}
_MENTION = re.compile(
    r"\b(?:from|join|into|update|table|only|exists)\s+([a-z_]+)\.([a-z_]+)", re.IGNORECASE
)
_LENT = re.compile(r"grant select on ([a-z_., ]+?)\s+to muster_([a-z_]+)", re.IGNORECASE)


def _lent(folder: Path) -> set[tuple[str, str, str]]:
    """List (borrower, owner, view) for what a service lends."""
    return {
        (borrower, folder.name, view.strip().removeprefix(f"{folder.name}."))
        for path in folder.glob("migrations/*.sql")
        for views, borrower in _LENT.findall(path.read_text())
        for view in views.split(",")
    }


@pytest.mark.parametrize("folder", service_folders(), ids=lambda path: path.name)
def test_sql_names_only_own_tables_and_lent_views(folder: Path) -> None:
    lent = set().union(*map(_lent, service_folders()))
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
    assert {view for _, _, view in _lent(folder)} <= views


@pytest.mark.parametrize("folder", service_folders(), ids=lambda path: path.name)
def test_statements_stand_in_storage_alone(folder: Path) -> None:
    statement = re.compile(
        r"\b(select|insert into|update|delete from)\b.+\b(from|set|values|where)\b"
    )
    found = [
        path.name
        for path in folder.rglob("*.py")
        if path.name not in {"gathering.py", "records.py"} and not path.name.endswith("storage.py")
        for line in path.read_text().splitlines()
        if statement.search(line)
    ]
    assert found == []
