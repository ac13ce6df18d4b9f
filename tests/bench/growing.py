"""A long history: multiplies the rows of some applications, in every table that knows them."""

from typing import Any, Final

import asyncpg

_TABLES: Final = """
select c.oid::regclass::text as name,
       array_agg(a.attname::text order by a.attnum) as columns,
       array_agg(format_type(a.atttypid, null) order by a.attnum) as types
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind = 'r' and a.attidentity = '' and a.attgenerated = ''
  and c.relnamespace::regnamespace::text = any($1)
  and exists (select from pg_attribute k where k.attrelid = c.oid
              and k.attname in ('application', 'subject'))
group by c.oid
"""
_PAST: Final = "past-"
_LEFT_ALONE: Final = ("outbox", "held", "suspect", "vacancy")


async def multiply(url: str, schemas: list[str], times: int) -> dict[str, int]:
    """Put `times` copies in place of every row, under other references and ids.

    Returns how many rows each table has then. Foreign keys are not checked meanwhile: the copies
    of parents and children carry the same new references.
    """
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("set session_replication_role = replica")
        tables = await connection.fetch(_TABLES, schemas)
        sizes = {}
        for schema in schemas:
            if schema != "messaging":
                await connection.execute(f"delete from {schema}.held")
        for table in tables:
            name = table["name"]
            if name.rpartition(".")[2] in _LEFT_ALONE:
                continue
            columns = list(zip(table["columns"], table["types"], strict=True))
            await connection.execute(_copying(name, columns), times, timeout=3_600)
            key = "application" if "application" in table["columns"] else "subject"
            await connection.execute(f"delete from {name} where {key} not like '{_PAST}%'")
            sizes[name] = await connection.fetchval(f"select count(*) from {name}")
        await connection.execute("vacuum analyze", timeout=600)
        await connection.execute("checkpoint")
        return sizes
    finally:
        await connection.close()


def _copying(table: str, columns: list[tuple[str, str]]) -> str:
    names = ", ".join(name for name, _ in columns)
    values = ", ".join(_value(name, type_) for name, type_ in columns)
    return (
        f"insert into {table} ({names}) select {values} from (select * from {table}) as old, "
        "generate_series(1, $1::int) as copy (number)"
    )


def _value(name: str, type_: str) -> Any:
    if name in {"application", "subject"}:
        return f"'{_PAST}' || copy.number || '-' || old.{name}"
    if type_ == "uuid":
        return "gen_random_uuid()"
    if type_ == "xid8":
        return "pg_current_xact_id()"
    return f"old.{name}"
