"""The bare work: the same inspections, renderings and sends, with no pipeline around them.

python -m tests.bench.bare APPLICATIONS LETTERS  (SMTP_HOST and SMTP_PORT name the sink)
Prints JSON: seconds of CPU for each kind of work.
"""

import asyncio
import json
import sys
import time

from services.documents.inspection import inspect
from services.notifications.provider import MailServer, Sent
from services.notifications.rendering import Letterhead, compose
from shared.contracts.notifications import MessageKind
from shared.settings import settings
from tests.bench.papers import cv, statement
from tests.support.build_letters import SENT_AT, contact, letter


def inspect_papers(applications: int) -> float:
    papers = [paper for n in range(applications) for paper in (cv(n), statement(n))]
    inspect(papers[0].content)
    before = time.process_time()
    for paper in papers:
        inspect(paper.content)
    return time.process_time() - before


async def send_letters(count: int) -> float:
    server, letterhead = MailServer(settings()), Letterhead.of(settings())
    before = time.process_time()
    for number in range(count):
        whom = f"bare-{number}@example.org"
        to_send = letter(MessageKind.ACKNOWLEDGEMENT, number + 1, contact=contact(email=whom))
        message = compose(to_send, letterhead, now=SENT_AT)
        assert isinstance(await server.submit(message, whom), Sent)
    used = time.process_time() - before
    await server.leave()
    return used


if __name__ == "__main__":
    inspecting = inspect_papers(int(sys.argv[1]))
    sending = asyncio.run(send_letters(int(sys.argv[2])))
    print(json.dumps({"inspecting": inspecting, "sending": sending}))  # noqa: T201 - its parent reads it
