"""`./muster eligibility`: what the rule says of some facts, and correcting what was declared."""

import argparse
from typing import Final

from services.console import correcting, judging

_EXAMPLES: Final = """\
examples: ./muster eligibility judge docs/examples/eligibility/barred.json
          ./muster eligibility correct a-0017 --departure 1 --left-on 2019-03-03"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the console."""
    parser = commands.add_parser(
        "eligibility",
        help="judge facts without an application, or correct a declaration",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    verbs = parser.add_subparsers(required=True, metavar="judge|correct")
    judging.add_parser(verbs)
    correcting.add_parser(verbs)
