"""Loading what a summary or a command tells about, as the owner of the database."""

from collections.abc import Sequence

from services.console import timeline
from services.console.changes import Cursor, read_changes
from services.console.picture import PICTURED, Picture
from services.console.summary import Findings, Held, Rejection
from services.console.workers import SERVICES
from services.simulator.candidates import Case
from services.simulator.stories import ORDINARY
from services.simulator.stories.story import Replacement
from shared.contracts.applications import Stage
from shared.postgres import Transaction

_REJECTIONS = """
select application, working from eligibility.explanations
where outcome = 'rejected' and not is_by_person order by application
"""

_HELD = """
select '{service}' as service, reason, count(*) as count from {service}.held
where status in ('quarantined', 'parked') group by reason
"""


async def load_picture(tx: Transaction) -> Picture:
    """Read the whole history into a picture."""
    picture, cursor = Picture(), Cursor()
    while changes := await read_changes(tx, cursor, *PICTURED):
        for change in changes:
            picture.add(change.event)
        cursor = changes[-1].cursor
    return picture


async def load_findings(tx: Transaction, seed: int, cases: Sequence[Case]) -> Findings:
    """Read everything that the closing summary tells."""
    picture = await load_picture(tx)
    example = _example(cases, picture)
    events = await timeline.load_events(tx, example)
    held = " union all ".join(_HELD.format(service=service.name) for service in SERVICES)
    return Findings(
        seed=seed,
        until=await tx.fetchval("select virtual_now from simulator.run"),
        cases=cases,
        picture=picture,
        rejections=[
            Rejection(row["application"], row["working"]) for row in await tx.fetch(_REJECTIONS)
        ],
        held=[
            Held(row["service"], row["reason"], row["count"])
            for row in await tx.fetch(f"{held} order by service, reason")
        ],
        example=example,
        timeline=timeline.settled_lines(events),
    )


def _example(cases: Sequence[Case], picture: Picture) -> str:
    """Pick somebody with a long way: documents replaced and invited, if there is one."""

    def length(case: Case) -> tuple[bool, bool, bool]:
        is_booked = case.application in picture.vacancies[case.advert.vacancy].interviews
        return case.story.replaces is Replacement.LATER, is_booked, case.story is not ORDINARY

    in_time = [case for case in cases if case.story.submits is None]
    return max(
        in_time, key=lambda case: (length(case), case.ends is Stage.INTERVIEW_BOOKED)
    ).application
