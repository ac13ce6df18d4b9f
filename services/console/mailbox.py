"""`muster mailbox`: a mail server that delivers nothing and writes .eml files."""

import argparse
import asyncio
import signal
from pathlib import Path

from services.simulator.mailbox import Mailbox


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--host", default="127.0.0.1", help="listen on this address")
    parser.add_argument("--port", type=int, default=1025, help="and this port")
    parser.add_argument("--folder", type=Path, default=Path("mail"), help="write the mails here")


async def run(arguments: argparse.Namespace) -> int:
    """Take mail until told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    mailbox = Mailbox(arguments.folder)
    await mailbox.open(arguments.port, arguments.host)
    print(f"mails to {arguments.host}:{mailbox.port} go to {arguments.folder}", flush=True)
    await stop.wait()
    await mailbox.close()
    return 0
