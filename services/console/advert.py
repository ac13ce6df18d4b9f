"""`./muster vacancy read FILE`: what an advert says, and publishing it if a person agrees."""

import argparse
import codecs
import json
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

from services.console import reading, words
from services.console.mistakes import USAGE_ERROR, read_day, read_reference
from services.console.timetable import read_window
from services.vacancies.reading import (
    LEVELLED,
    NO_SALARY,
    Settled,
    VacancyReading,
    read_advert,
    salary_of,
)
from shared import clock
from shared.contracts import Event, Exchange, event_id
from shared.contracts.vacancies import (
    ClosingAnchor,
    Employer,
    Engagement,
    RoleType,
    Salary,
    VacancyPublished,
)
from shared.employers import terms_of
from shared.messaging.outbox import Outgoing
from shared.messaging.publisher import Publisher
from shared.settings import settings

SOURCE: Final = "muster/console"
_MOST_BYTES: Final = 64 * 1024
_FOREIGN: Final = {
    b"%PDF": "a PDF",
    b"PK\3\4": "a Word or zip file",
    b"\xd0\xcf\x11\xe0": "a .doc",
}
_HTML: Final = re.compile(
    r"</?(?:a|b|br|div|em|font|h[1-6]|i|li|ol|p|span|strong|t[dhr]|table|u|ul)(?:\s[^<>]*)?/?>"
    r"|(?-i:&(?:[a-z]{2,6}|#\d{1,5}|#x[0-9a-fA-F]{1,5});)",
    re.IGNORECASE,
)


class UnreadableFile(Exception):  # noqa: N818 - it names what is the matter
    """The file is no text that could be an advert; says what to do."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes: a file, and what a person settles."""
    parser.add_argument("file", metavar="FILE", help="a text file, or - for standard input")
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.add_argument("--publish", action="store_true", help="publish it on AMQP_URL, if agreed")
    parser.add_argument("--accept", action="store_true", help="agree beforehand, for a rehearsal")
    settle = parser.add_argument_group("to settle a field, instead of what is printed")
    settle.add_argument("--vacancy", metavar="REF", type=read_reference)
    settle.add_argument("--employer", type=Employer, choices=list(Employer))
    settle.add_argument("--title", type=_words)
    settle.add_argument("--location", type=_words)
    settle.add_argument("--role-type", type=RoleType, choices=list(RoleType))
    settle.add_argument("--engagement", type=Engagement, choices=list(Engagement))
    settle.add_argument("--posted-on", metavar="DATE", type=read_day, help="2025-06-07")
    settle.add_argument("--closes", metavar="TIME", type=_time, dest="closes_at",
                        help='London time, "2025-10-21 23:55"')  # fmt: skip
    settle.add_argument("--review", metavar="WEEKS", type=read_window, help='"1 to 2 weeks"')
    settle.add_argument("--review-anchor", type=ClosingAnchor, choices=list(ClosingAnchor))
    settle.add_argument("--interviews", metavar="WEEKS", type=read_window, help='"2 weeks"')
    settle.add_argument("--salary", type=_salary,
                        help=f"43294=40366+1928+1000/TOP, or {NO_SALARY}")  # fmt: skip
    settle.add_argument("--vetting", type=_words)
    settle.add_argument("--criteria", choices=[LEVELLED],
                        help="what lacks a level is none, and left out")  # fmt: skip


async def read(arguments: argparse.Namespace) -> int:
    """Print the reading, and publish it if that was asked for; 1 while anything is held."""
    try:
        text = _text(arguments.file)
    except UnreadableFile as error:
        print(f"{arguments.file}: {error}", file=sys.stderr)
        return USAGE_ERROR
    settled = Settled(**{name: getattr(arguments, name) for name in Settled.__dataclass_fields__})
    found = read_advert(text, settled, terms_of)
    if arguments.json:
        print(json.dumps(reading.as_json(found), indent=2, ensure_ascii=False))
    else:
        print(words.fit(*reading.lines(found)))
    published = found.published if isinstance(found, VacancyReading) else None
    if not arguments.publish:
        return 0 if published else 1
    if published is None:
        print("Not published: settle what is held, see above.", file=sys.stderr)
        return 1
    return await _publish(published, arguments)


async def _publish(published: VacancyPublished, arguments: argparse.Namespace) -> int:
    """Send the vacancy as a careers site does, once a person has agreed."""
    if not settings().amqp_url:
        print("Set AMQP_URL to the careers site's URL of the broker.", file=sys.stderr)
        return USAGE_ERROR
    if not arguments.accept and (arguments.file == "-" or not sys.stdin.isatty()):
        print("Nobody can be asked here: read it, then add --accept.", file=sys.stderr)
        return USAGE_ERROR
    if not arguments.accept and not _agreed(published):
        print("Not published.", file=sys.stderr)
        return 1
    now = clock.utc_now()
    event = Event[VacancyPublished](
        id=event_id(f"{now.isoformat()} {published.model_dump_json()}", published),
        source=SOURCE,
        type=published.type,
        subject=published.subject,
        time=now,
        data=published,
    )
    async with Publisher(settings().amqp_url) as publisher:
        message = Outgoing(event.id, event.type, event.to_json())
        confirmed = await publisher.publish([message], Exchange.CAREERS)
    if not confirmed:
        print(
            "The broker did not confirm it: is AMQP_URL the careers site's, and has "
            "`./muster topology` run? Then run the same command again; twice is harmless.",
            file=sys.stderr,
        )
        return 1
    print(f"Published vacancy {published.vacancy} as event {event.id}.", file=sys.stderr)
    return 0


def _agreed(published: VacancyPublished) -> bool:
    print(f"Publish vacancy {published.vacancy} like this? [y/N] ", end="", file=sys.stderr,
          flush=True)  # fmt: skip
    return sys.stdin.readline().strip().casefold() in {"y", "yes"}


def _text(file: str) -> str:
    """Read a text file; what was taken out of a web page is refused, and not read around."""
    text = _decoded(file)
    if html := _HTML.search(text):
        raise UnreadableFile(f"HTML ({html.group()}), not text; copy the text that the page shows")
    return text


def _decoded(file: str) -> str:
    """Read a file in whichever encoding an office writes it."""
    content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    if len(content) > _MOST_BYTES:
        raise UnreadableFile(f"longer than any advert ({_MOST_BYTES} bytes)")
    for mark, kind in _FOREIGN.items():
        if content.startswith(mark):
            raise UnreadableFile(f"{kind}, not text; save it as plain text first")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _words(text: str) -> str:
    return " ".join(text.split())


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
        if len(text.strip()) < len("2025-10-21 23:55"):
            raise ValueError  # noqa: TRY301 - a day alone is no time
    except ValueError:
        message = f"{text!r} is no time such as 2025-10-21 23:55"
        raise argparse.ArgumentTypeError(message) from None
    return at


def _salary(text: str) -> Salary | str:
    if text.strip().casefold() == NO_SALARY:
        return NO_SALARY
    salary = salary_of(text)
    if salary is None:
        message = f"{text!r} does not add up, or is not written like 43294=40366+1928+1000/42071"
        raise argparse.ArgumentTypeError(message)
    return salary
