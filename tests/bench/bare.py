"""The bare work: the same inspections, renderings and sends, with no pipeline around them.

python -m tests.bench.bare APPLICATIONS  (SMTP_HOST and SMTP_PORT name the sink)
Prints JSON: seconds of CPU to inspect the papers of one application, and to send one letter.
"""

import json
import sys
import time

import uvloop

from services.documents.inspection import inspect
from services.notifications.provider import MailServer, Sent
from services.notifications.rendering import Letterhead, compose
from shared.contracts.notifications import MessageKind
from shared.settings import settings
from tests.bench.papers import papers_of
from tests.support.build_letters import SENT_AT, contact, letter


def inspect_papers(applications: int) -> float:
    papers = [paper for number in range(applications) for paper in papers_of(number)]
    inspect(papers[0].content)
    before = time.process_time()
    for paper in papers:
        inspect(paper.content)
    return (time.process_time() - before) / applications


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
    return used / count


if __name__ == "__main__":
    applications = int(sys.argv[1])
    inspecting = inspect_papers(applications)
    letter_ = uvloop.run(send_letters(applications))
    print(json.dumps({"inspecting": inspecting, "letter": letter_}))  # noqa: T201 - its parent reads it
