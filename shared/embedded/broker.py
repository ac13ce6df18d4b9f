"""An AMQP 0-9-1 broker inside Python, for a machine that has no RabbitMQ.

For trying out and for fast tests: it listens on this machine only, keeps its queues in memory,
does what our topology uses, and refuses with 540 what it does not do. Start reading in
`broker_turn.py`.

    python -m shared.embedded.broker --port 5672 --journal broker.journal
"""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from shared.embedded.broker_connection import Connection
from shared.embedded.broker_turn import Turn
from shared.embedded.broker_vhost import VirtualHost
from shared.embedded.journal import Journal, NoJournal
from shared.logs import log


class EmbeddedBroker:
    """A broker on 127.0.0.1; with a journal, whatever it confirmed survives a kill.

    `failed` is set when the disk refused the journal: the broker has then cut everybody off,
    because it can no longer keep its word.
    """

    def __init__(self, journal: Path | None = None, port: int = 0) -> None:
        self.failed = asyncio.Event()
        self._port = port
        self._journal = Journal(journal) if journal else NoJournal()
        self._turn = Turn(self._journal, self._fail)
        self._host = VirtualHost(self._journal, self._turn)
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Replay the journal, listen, and return the URL to connect to."""
        try:
            self._journal.load()
            self._host.recover()
            self._journal.start(self._host.declarations)
            self._server = await asyncio.get_running_loop().create_server(
                lambda: Connection(self._host, self._turn, self._connections),
                "127.0.0.1",
                self._port,
            )
        except BaseException:
            await self.stop()
            raise
        port = self._server.sockets[0].getsockname()[1]
        return f"amqp://guest:guest@127.0.0.1:{port}/"

    async def stop(self) -> None:
        """Say goodbye to everybody and close the journal."""
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.shut_down()
        self._turn.finish()
        self._journal.close()
        for connection in self._connections:
            connection.abort()
        await asyncio.sleep(0)  # asyncio closes the sockets in its next turn

    def _fail(self, error: Exception) -> None:
        log.error("the journal cannot be written", error=type(error).__name__)
        self.failed.set()
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.abort()


async def _run(journal: Path | None, port: int) -> int:
    broker = EmbeddedBroker(journal, port)
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    sys.stdout.write(f"{await broker.start()}\n")
    sys.stdout.flush()
    waits = [asyncio.create_task(event.wait()) for event in (asked_to_stop, broker.failed)]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    await broker.stop()
    return 1 if broker.failed.is_set() else 0


def main() -> int:
    """Run a broker until it is told to stop."""
    parser = argparse.ArgumentParser(prog="broker", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one and prints it")
    parser.add_argument("--journal", type=Path, help="without it, everything is forgotten")
    arguments = parser.parse_args()
    return asyncio.run(_run(arguments.journal, arguments.port))


if __name__ == "__main__":
    sys.exit(main())
