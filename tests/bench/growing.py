"""A long history: multiplies the rows of some applications, in every table that knows them."""

from collections.abc import Collection
from typing import Final

import asyncpg

_TABLES: Final = """
select c.oid::regclass::text as name,
       array_agg(a.attname::text order by a.attnum) as columns,
       array_agg(format_type(a.atttypid, null) order by a.attnum) as types
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind = 'r' and a.attidentity = '' and a.attgenerated = ''
  and c.relnamespace::regnamespace::text = any($1) and c.relname <> all($2)
  and exists (select from pg_attribute k where k.attrelid = c.oid and k.attname = any($3))
group by c.oid
"""
_SIZES: Final = """
select oid::regclass::text as name, reltuples::bigint as count,
       pg_total_relation_size(oid) / 1000000 as mb
from pg_class where oid = any($1::regclass[]) and reltuples > 0 order by mb desc
"""
_REFERENCES: Final = ("application", "subject", "vacancy")
_LEFT_ALONE: Final = ("outbox", "held", "suspect")
_PAST: Final = "past-"
# Spread evenly over all ids, as real ones are, but in order: a random place in a large index for
# every row would take hours.
_ID: Final = (
    "(lpad(to_hex(((row_number() over ())::numeric * 1152921504606846975 / $2)::bigint), 15, '0')"
    " || substr(md5(random()::text), 1, 17))::uuid"
)


async def multiply(url: str, schemas: Collection[str], times: int) -> list[dict[str, object]]:
    """Put `times` copies in place of every row, under other references and ids.

    Returns what each table holds then. Foreign keys are not checked meanwhile: the copies of
    parents and children carry the same new references.
    """
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("set session_replication_role = replica")
        await connection.execute("set synchronous_commit = off")
        tables = await connection.fetch(_TABLES, schemas, _LEFT_ALONE, _REFERENCES)
        for table in tables:
            await _multiply(connection, table, times)
        await connection.execute("vacuum analyze", timeout=3_600)
        await connection.execute("checkpoint", timeout=600)
        return [dict(row) for row in await connection.fetch(_SIZES, [t["name"] for t in tables])]
    finally:
        await connection.close()


async def _multiply(connection: asyncpg.Connection, table: asyncpg.Record, times: int) -> None:
    name = table["name"]
    values = [_value(c, t) for c, t in zip(table["columns"], table["types"], strict=True)]
    total = times * await connection.fetchval(f"select count(*) from {name}")
    await connection.execute(
        f"insert into {name} ({', '.join(table['columns'])}) select {', '.join(values)}"
        f" from generate_series(1, $1::int) as copy (number), (select * from {name}) as old"
        " where $2::numeric > 0",
        times, total, timeout=3_600,
    )  # fmt: skip
    key = next(column for column in _REFERENCES if column in table["columns"])
    await connection.execute(f"delete from {name} where {key} not like '{_PAST}%'", timeout=600)


def _value(name: str, type_: str) -> str:
    if name in _REFERENCES:
        return f"'{_PAST}' || copy.number || '-' || old.{name}"
    if type_ == "uuid":
        return f"case when old.{name} is not null then {_ID} end"
    return "pg_current_xact_id()" if type_ == "xid8" else f"old.{name}"
