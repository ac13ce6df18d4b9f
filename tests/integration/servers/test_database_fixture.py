import asyncpg
import pytest


@pytest.mark.parametrize("_again", [1, 2])
async def test_each_test_has_a_database_of_its_own(database, _again):
    connection = await asyncpg.connect(database.owner)
    await connection.execute("create table mark (n int)")
    assert (
        await connection.fetchval("select to_regclass('messaging.history')::text")
        == "messaging.history"
    )
    await connection.close()
