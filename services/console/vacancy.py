"""`./muster vacancy`: what can be asked of vacancies, and done about them."""

import argparse

from services.console import advert, replan, show


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its verbs to the console."""
    vacancy = commands.add_parser(
        "vacancy",
        help="what was promised of a vacancy, and who is where",
        epilog="example: ./muster vacancy show 12345",
        allow_abbrev=False,
    )
    verbs = vacancy.add_subparsers(required=True, metavar="show|read|replan")
    showing = verbs.add_parser(
        "show",
        help="what was promised, what was changed, what happened, and who is where",
        epilog="example: ./muster vacancy show 12345 --json",
    )
    show.add_arguments(showing)
    showing.set_defaults(run=show.show_vacancy)
    reading = verbs.add_parser(
        "read",
        help="an advert's text as a proposed vacancy",
        description="Reads the text of an advert: every field with the words it came from, what "
        "is held and why, and the timetable. Ends with 1 while anything is held.",
        epilog='example: ./muster vacancy read advert.txt --vacancy 12345 --closes "2025-10-21 '
        '23:55" --publish',
        allow_abbrev=False,
    )
    advert.add_arguments(reading)
    reading.set_defaults(run=advert.read)
    replanning = verbs.add_parser(
        "replan",
        help="plan vacancies anew after bank holidays or an employer's settings have changed",
        description="Compute timetables anew by this machine's bank holidays and employers' "
        "settings, show old against new, and ask the vacancies worker to do the same. Restart "
        "the workers with the new files first.",
        epilog='example: ./muster vacancy replan --by recruiter-7 --why "a new bank holiday"',
    )
    replan.add_arguments(replanning)
    replanning.set_defaults(run=replan.run)
