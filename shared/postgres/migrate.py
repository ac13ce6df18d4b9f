"""Numbered SQL files per owner, applied once, in order, by whoever comes first."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import asyncpg

from shared.postgres.database import Transaction
from shared.users import password_of, role_of

_LOCK: Final = 0x6D7573746572
_SHARED: Final = Path(__file__).parent.parent / "messaging"


class MigrationError(Exception):
    """A migration that was changed after it had been applied, or does not run."""


async def migrate(url: str, owners: Mapping[str, Path], secret: str = "") -> int:
    """Bring the database up to date and return how many files were applied.

    `owners` maps each service to its folder of `NNNN_*.sql`. Safe when several workers start
    together: one applies, the others wait on a lock that ends with the transaction.
    Raises MigrationError when an applied file has changed; then nothing is changed.
    """
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
            await connection.execute(
                """
                create table if not exists public.muster_migration (
                    owner text, name text, sha256 text not null,
                    applied_at timestamptz not null default now(), primary key (owner, name)
                )
                """
            )
            for service in owners:
                await _create_role(connection, service, secret)
            applied = await _apply(connection, "messaging", _SHARED / "migrations")
            for service in owners:
                await _create_schema(connection, service)
            for service, folder in owners.items():
                applied += await _apply(connection, service, folder)
            for service in owners:
                await _grant(connection, service)
            return applied
    finally:
        await connection.close()


async def _apply(connection: Transaction, owner: str, folder: Path) -> int:
    done: dict[str, str] = dict(
        await connection.fetch(  # type: ignore[arg-type]
            "select name, sha256 from public.muster_migration where owner = $1", owner
        )
    )
    files = _read(folder)
    if owner != "messaging":
        files.insert(0, ("messaging.sql", (_SHARED / "service.sql").read_text()))
    count = 0
    for name, sql in files:
        sha256 = hashlib.sha256(sql.encode()).hexdigest()
        if name in done:
            if done[name] != sha256:
                message = f"{owner}/{name} was changed after it had been applied; add a new file"
                raise MigrationError(message)
            continue
        await connection.execute(f"set local search_path = {_identifier(owner)}, public")
        try:
            await connection.execute(sql)
        except asyncpg.PostgresError as error:
            message = f"{owner}/{name}: {error.args[0]}"  # the detail quotes rows, and so people
            raise MigrationError(message) from error
        await connection.execute(
            "insert into public.muster_migration (owner, name, sha256) values ($1, $2, $3)",
            owner, name, sha256,
        )  # fmt: skip
        count += 1
    return count


def _read(folder: Path) -> list[tuple[str, str]]:
    return [(path.name, path.read_text()) for path in sorted(folder.glob("[0-9]*.sql"))]


async def _create_role(connection: Transaction, service: str, secret: str) -> None:
    role = _identifier(role_of(service))
    if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
        await connection.execute(f"create role {role} nologin")
    if secret:
        await connection.execute(
            f"alter role {role} login password '{password_of(service, secret)}'"
        )


async def _create_schema(connection: Transaction, service: str) -> None:
    schema, role = _identifier(service), _identifier(role_of(service))
    if not await connection.fetchval("select 1 from pg_namespace where nspname = $1", schema):
        await connection.execute(f"create schema {schema}")
        await connection.execute(f"grant usage on schema {schema}, messaging to {role}")


async def _grant(connection: Transaction, service: str) -> None:
    """Let a service use its own tables and add to the history; views are lent by migrations."""
    schema, role = _identifier(service), _identifier(role_of(service))
    await connection.execute(
        f"""
        grant select, insert, update, delete on all tables in schema {schema} to {role};
        grant usage on all sequences in schema {schema} to {role};
        grant select, insert on messaging.history to {role};
        grant select on messaging.clock to {role};
        """
    )


def _identifier(name: str) -> str:
    if not re.fullmatch(r"[a-z_]{1,40}", name):
        message = f"not a name for a schema or role: {name!r}"
        raise MigrationError(message)
    return name
