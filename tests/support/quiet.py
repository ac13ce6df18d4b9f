"""Whether everybody is done: what was sent is heard, and nothing is due or on its way."""

from collections.abc import Collection

from tests.support.rig import Rig


async def is_quiet(bench: Rig, ids: Collection[str]) -> bool:
    """Whether these are heard and all is settled, announced and heard, and nothing is held."""
    for service in bench.services:
        leftovers = await bench.fetch(
            f"select 1 from {service.name}.held"
            f" union all select 1 from {service.name}.outbox"
            " where due_at is null or due_at <= messaging.virtual_now()"
        )
        if leftovers or not await bench.queue_is_empty(service):
            return False
    heard = {
        str(row["id"])
        for row in await bench.fetch(
            "select id from vacancies.inbox union select id from intake.inbox"
        )
    }
    return {*ids} <= heard and not await bench.fetch(_unheard(bench))


def _unheard(bench: Rig) -> str:
    return " union all ".join(
        f"select id from messaging.history where type = any('{{{','.join(types)}}}')"
        f" and id not in (select id from {service.name}.inbox)"
        for service in bench.services
        if (types := [s.event.type for s in service.subscriptions])
    )
