"""A worker's health over HTTP: whether its consumer is attached, as the broker sees it."""

import asyncio
import json
from collections.abc import Mapping

from shared.messaging.worker import Worker


async def report(workers: Mapping[str, Worker | None]) -> dict[str, bool]:
    """Ask the broker about every worker of this process; None is not attached yet."""

    async def is_attached(worker: Worker | None) -> bool:
        return worker is not None and await worker.consumer.is_attached()

    attached = await asyncio.gather(*map(is_attached, workers.values()))
    return dict(zip(workers, attached, strict=True))


async def serve(workers: Mapping[str, Worker | None], host: str, port: int) -> asyncio.Server:
    """Answer `GET /health` with 200, or 503 when a consumer is not attached."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(10):
                request = await reader.readline()
                if request.split(b" ")[1:2] == [b"/health"]:
                    health = await report(workers)
                    is_well = health and all(health.values())
                    status = "200 OK" if is_well else "503 Service Unavailable"
                else:
                    health, status = {}, "404 Not Found"
            body = json.dumps(health).encode()
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        except (TimeoutError, ConnectionError, ValueError):
            pass  # whoever asked has gone, or did not speak HTTP
        finally:
            writer.close()

    return await asyncio.start_server(answer, host, port)
