"""What the careers site and the managers do, and when: entries in order of their instant."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta

from services.simulator import recruiters
from services.simulator.adverts import Advert
from services.simulator.candidates import Case
from services.simulator.deeds import BEFORE_PUBLISHING, Deed, Entry
from services.simulator.stories.story import Repeat, Replacement
from shared.calendar import at_london
from shared.contracts import Payload
from shared.contracts.applications import (
    ApplicationDocumentsReplaced,
    ApplicationWithdrawn,
    Documents,
)
from shared.contracts.vacancies import VacancyAmended, VacancyClosingDatePassed


def script(adverts: Iterable[Advert], cases: Iterable[Case]) -> list[Entry]:
    """Write down everything that needs no answer from the pipeline, in order."""
    deeds: defaultdict[datetime, list[Deed]] = defaultdict(list)
    for advert in adverts:
        for at, deed in _advertise(advert):
            deeds[at].append(deed)
    for case in cases:
        for at, deed in (*_apply(case), *recruiters.put_right(case)):
            deeds[at].append(deed)
    return [Entry(at, tuple(deeds[at])) for at in sorted(deeds)]


def _advertise(advert: Advert) -> Iterator[tuple[datetime, Deed]]:
    """Publish the advert, extend it; say that it closed, too early, too late and twice (C6)."""
    yield advert.published_at, Deed(f"{advert.vacancy} published", lambda _: advert.as_published())
    if advert.extended_by_days:
        amended = VacancyAmended(
            vacancy=advert.vacancy,
            amended_at=advert.amended_at - BEFORE_PUBLISHING,
            closes_at=advert.closes_at,
        )
        yield advert.amended_at, Deed(f"{advert.vacancy} extended", lambda _: amended)
    passed = VacancyClosingDatePassed(vacancy=advert.vacancy)
    for day, name in ((-1, "early"), (1, "late"), (1, "twice")):
        at = at_london(advert.closes_on + timedelta(days=day), time(8))
        yield at, Deed(f"{advert.vacancy} closing date passed {name}", lambda _: passed)


def _apply(case: Case) -> Iterator[tuple[datetime, Deed]]:
    """Submit, stutter, replace and withdraw as the case's story says."""
    name = f"{case.application} submitted"
    submitted = Deed(name, case.submission, case.files)
    replaced_at = case.moments.changes_at - BEFORE_PUBLISHING
    replaced = Deed(
        f"{case.application} documents replaced",
        lambda documents: ApplicationDocumentsReplaced(
            application=case.application,
            vacancy=case.advert.vacancy,
            replaced_at=replaced_at,
            documents=documents,
        ),
        case.new_files,
    )
    if case.story.replaces is Replacement.OVERTAKING:
        yield case.moments.changes_at, replaced
    yield case.moments.arrives_at, submitted
    if case.story.replaces in {Replacement.LATER, Replacement.AFTER_CLOSING}:
        yield case.moments.changes_at, replaced
    match case.story.repeats:
        case Repeat.SAME_EVENT:
            yield case.moments.arrives_at, submitted
        case Repeat.SAME_ID_OTHER_BODY:
            yield case.moments.arrives_at, Deed(name, _with_phone(case), case.files)
        case Repeat.OTHER_ID_OTHER_BODY:
            yield case.moments.arrives_at, Deed(f"{name} again", _with_phone(case), case.files)
        case None:
            pass
    if case.story.withdraws is not None:
        withdrawn = ApplicationWithdrawn(
            application=case.application,
            vacancy=case.advert.vacancy,
            withdrawn_at=case.moments.changes_at - BEFORE_PUBLISHING,
        )
        yield case.moments.changes_at, Deed(f"{case.application} withdrawn", lambda _: withdrawn)


def _with_phone(case: Case) -> Callable[[Documents], Payload]:
    return lambda documents: case.submission(documents, phone="020 7946 0123")
