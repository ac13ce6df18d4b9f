"""Every command, in the order of `./muster --help`."""

import argparse
from importlib import import_module
from typing import Any, Final, NamedTuple, TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - has no other name


class Command(NamedTuple):
    """What a command does, an example, and the module of this folder that does it.

    The module has `add_arguments(parser)` and `run(arguments)`, or `add_parser(commands)` if it
    has several commands or wants more say. It is imported only for its own command: the others
    start more quickly, and start at all if it is broken.
    """

    help: str
    example: str
    module: str
    run: str = "run"
    verb: str = ""

    def add(self, name: str, commands: Commands) -> None:
        """Import the module and add its arguments."""
        module: Any = import_module(f"services.console.{self.module}")
        if hasattr(module, "add_parser"):
            module.add_parser(commands)
            return
        parser = commands.add_parser(
            name,
            help=self.help,
            description=f"{self.help[0].upper()}{self.help[1:]}.",
            epilog=f"example: ./muster {self.example}",
            allow_abbrev=False,
        )
        if self.verb:
            parser = parser.add_subparsers(required=True, metavar=self.verb).add_parser(self.verb)
        module.add_arguments(parser)
        parser.set_defaults(run=getattr(module, self.run))


COMMANDS: Final = {
    "demo": Command("play three vacancies from advert to interview", "demo --seed 7", "demo"),
    "watch": Command("follow stage changes as they happen", "watch --json --once", "watch"),
    "application": Command(
        "say where an application stands, and why", "application show a-0017", "application"
    ),
    "vacancy": Command(
        "read an advert; say what was promised of a vacancy, and who is where; plan it anew",
        "vacancy read advert.txt", "vacancy",
    ),
    "timetable": Command(
        "compute every date that an advert's words promise",
        'timetable --closes "2025-10-21 23:55" --review "1 week" --interviews "2 to 3 weeks"',
        "timetable",
    ),
    "referrals": Command(
        "the questions that wait for a person, and answering them", "referrals list", "referrals"
    ),
    "challenges": Command(
        "what candidates say against a rejection", "challenges list", "challenges"
    ),
    "letters": Command(
        "letters that did not go or perhaps did not, and sending one again", "letters list",
        "letters",
    ),
    "criteria": Command(
        "what an advert requires, and what people found", "criteria list a-0017", "criteria"
    ),
    "documents": Command(
        "say what the documents worker would say of files",
        "documents inspect cv=CV.pdf statement=why.docx --employer met",
        "documents", verb="inspect",
    ),
    "eligibility": Command(
        "judge facts without an application, or correct a declaration",
        "eligibility judge docs/examples/eligibility/barred.json", "eligibility",
    ),
    "rules": Command("list every rule, what changes it and where it is", "rules E3", "rules"),
    "held": Command("what waits for a retry, a parent or a person", "held list", "held"),
    "doctor": Command("look for states that must not exist", "doctor --json", "doctor"),
    "redrive": Command(
        "publish again what a broker lost", "redrive --since 2025-10-21T09:00:00+01:00", "redrive"
    ),
    "up": Command("migrate, declare, and run all workers in one process", "up", "work"),
    "work": Command("run some workers, as a deployment does", "work intake progress", "work"),
    "migrate": Command("bring the database up to date", "migrate", "deployment"),
    "topology": Command("declare exchanges and queues, or write them down", "topology",
        "deployment"),
    "secrets": Command("print a fresh .env for compose.yaml", "secrets > .env", "deployment"),
    "mailbox": Command(
        "take mail and write .eml files, delivering nothing", "mailbox --port 1025", "mailbox"
    ),
    "contract": Command(
        "write docs/contract; say whether an event would be taken",
        "contract check vacancy.published.v1 event.json", "contract",
    ),
    "test": Command("run the tests on real servers", "test integration", "test"),
    "chaos": Command("break everything for ten minutes, then count", "chaos --minutes 2", "chaos"),
    "mutants": Command("plant fifteen bugs, and see each test turn red", "mutants", "mutants"),
    "bench": Command("measure speed and cost against others", "bench --short", "bench"),
    "check": Command("format, lint, types, imports and architecture", "check", "check"),
}  # fmt: skip
