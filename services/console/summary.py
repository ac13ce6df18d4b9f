"""The closing summary of a demo: what was put in, what came out, and by which working.

Everything in it follows from the seed alone: dates and minutes of the virtual clock, nothing that
depends on the machine.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.console import words
from services.console.picture import Picture, VacancyPicture
from services.console.timeline import Line
from services.simulator.candidates import Case
from services.simulator.stories import EXTENDED, ORDINARY, STORIES
from shared.contracts.applications import Stage

_FUNNEL: Final[tuple[tuple[str, Callable[[VacancyPicture], int]], ...]] = (
    ("submitted", lambda v: len(v.stages)),
    ("  refused, too late", lambda v: len(v.at(Stage.REFUSED))),
    ("  accepted", lambda v: len(v.stages) - len(v.at(Stage.REFUSED))),
    ("    not eligible", lambda v: len(v.at(Stage.NOT_ELIGIBLE))),
    ("    with a person", lambda v: len(v.at(Stage.WITH_A_PERSON))),
    ("    withdrawn", lambda v: len(v.at(Stage.WITHDRAWN))),
    ("    decided by the hiring manager", lambda v: len(v.decisions)),
    ("      not successful this time", lambda v: len(v.at(Stage.NOT_SUCCESSFUL))),
    ("      invited", lambda v: v.invited),
    ("        interview booked", lambda v: len(v.at(Stage.INTERVIEW_BOOKED))),
)


@dataclass(frozen=True, slots=True)
class Rejection:
    """One automatic rejection with its working."""

    application: str
    working: str


@dataclass(frozen=True, slots=True)
class Held:
    """Messages that wait for a person, by service and reason."""

    service: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the summary tells about."""

    seed: int
    until: datetime
    cases: Sequence[Case]
    picture: Picture
    rejections: Sequence[Rejection]
    held: Sequence[Held]
    example: str
    timeline: Sequence[Line]

    def ended(self, case: Case) -> Stage | None:
        """Tell at which stage an application ended."""
        vacancy = self.picture.vacancies.get(case.advert.vacancy)
        stage = vacancy.stages.get(case.application) if vacancy else None
        return stage[1] if stage else None

    @property
    def astray(self) -> list[Case]:
        """List the applications that did not end where their story says."""
        return [case for case in self.cases if self.ended(case) is not case.ends]


def summary(findings: Findings) -> Iterator[str]:
    """Write the whole summary, line by line; a line without indentation is a heading."""
    cases, vacancies = findings.cases, findings.picture.vacancies.values()
    first = min(case.advert.published_at for case in cases)
    yield (
        f"{len(cases)} applications for {len(vacancies)} vacancies, "
        f"{words.minute(first)} to {words.minute(findings.until)} (seed {findings.seed})"
    )
    yield from _section("Funnel", _funnel(list(vacancies)))
    for vacancy in vacancies:
        yield from _section(title(vacancy), promises(vacancy))
    yield from _section("Put in on purpose, and what came out", _stories(findings))
    yield from _section("Automatic rejections, with their working", _rejections(findings))
    yield from _section(
        f"One candidate's way: {findings.example}", timeline_lines(findings.timeline)
    )
    yield from _section("Letters", _letters(findings.picture))
    yield from _section("Held for a person", _held(findings.held))


def _section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield heading
    yield from (f"  {line}" for line in lines)


def _funnel(vacancies: Sequence[VacancyPicture]) -> Iterator[str]:
    names = "".join(f"{vacancy.vacancy:>7}" for vacancy in vacancies)
    yield f"{'':<34}{names}{'all':>7}"
    for label, count in _FUNNEL:
        counts = [count(vacancy) for vacancy in vacancies]
        yield f"{label:<34}" + "".join(f"{n:>7}" for n in [*counts, sum(counts)])


def title(vacancy: VacancyPicture) -> str:
    """Head what was promised of a vacancy."""
    name = vacancy.timetable.title if vacancy.timetable else "never timetabled"
    return f"Vacancy {vacancy.vacancy}, {name}: promised and kept"


def promises(vacancy: VacancyPicture) -> Iterator[str]:
    """Set the advertised dates against the actual ones."""
    promised = vacancy.timetable
    if promised is None:
        return
    yield _promise("closing", words.minute(promised.closes_at), "closed", vacancy.closed_at)
    _, first = vacancy.timetables[min(vacancy.timetables)]
    if first.closes_at != promised.closes_at:
        yield f"{'':<11}moved from {words.minute(first.closes_at)}"
    latest = promised.review_latest_on
    until = "" if latest == promised.review_promised_on else f" to {words.day(latest)}"
    review = words.day(promised.review_promised_on) + until
    yield _promise("review", review, "opened", vacancy.review_opened_at)
    if vacancy.review_overdue_at is not None:
        yield _promise("", "", "late since", vacancy.review_overdue_at)
    yield _promise("", "", "completed", vacancy.review_completed_at)
    interviews = f"not before {words.day(promised.interviews_promised_on)}"
    yield _promise("interviews", interviews, "first", vacancy.first_interview_at)


def _promise(what: str, promised: str, happened: str, at: datetime | None) -> str:
    actual = words.minute(at) if at else "not yet"
    return f"{what:<11}{promised:<35}{happened:<11}{actual}"


def _stories(findings: Findings) -> Iterator[str]:
    for story in (*STORIES, *EXTENDED):
        told = [case for case in findings.cases if case.story is story]
        nowhere = "held" if story.is_held else "nowhere"
        stages = Counter(words.plain(findings.ended(case) or nowhere) for case in told)
        yield f"{story.name}: {story.why}"
        ends = ", ".join(f"{stage} ({count})" for stage, count in sorted(stages.items()))
        yield f"    {' '.join(case.application for case in told)}: {ends}"
    ordinary = sum(case.story is ORDINARY for case in findings.cases)
    yield f"and {ordinary} ordinary applications"
    astray = findings.astray
    right = len(findings.cases) - len(astray)
    yield f"{right} of {len(findings.cases)} applications ended where their story says"
    for case in astray:
        ended = findings.ended(case) or "nowhere"
        yield (
            f"    {case.application} ({case.story.name}) ended {words.plain(ended)}, "
            f"not {words.plain(case.ends or 'nowhere')}"
        )


def _rejections(findings: Findings) -> Iterator[str]:
    for rejection in findings.rejections:
        for number, line in enumerate(words.wrapped(rejection.working)):
            yield f"{rejection.application if number == 0 else '':<11}{line}"


def timeline_lines(lines: Sequence[Line]) -> Iterator[str]:
    """Write what happened, each thing with its minute."""
    for line in lines:
        weekday, at = words.minute(line.at).split(" ", 1)
        yield f"{weekday} {at:>17} {line.text}"


def _letters(picture: Picture) -> Iterator[str]:
    for kind, count in sorted(picture.mails.items()):
        yield f"{words.plain(kind):<34}{count:>7}"
    yield f"{'all':<34}{picture.mails.total():>7}"
    for kind, count in sorted(picture.failed_mails.items()):
        yield f"{words.plain(kind) + ', for a person to look into':<34}{count:>7}"


def _held(held: Sequence[Held]) -> Iterator[str]:
    for row in held:
        yield f"{row.service:<14}{words.plain(row.reason):<20}{row.count:>7}"
    if not held:
        yield "nothing"
