"""Which versions of the documents count once something else has changed: pure rules."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from services.intake.decisions import Application, Version, bar


@dataclass(frozen=True, slots=True)
class Recounted:
    """A version is now `becomes`: set aside, or counting under a new number."""

    number: int
    becomes: Version


def recount(application: Application) -> Iterator[Recounted]:
    """Judge versions anew after a withdrawal, a moved closing, a refusal or its lifting (D8).

    To others a number that was set aside never counts again. So a version that comes to count
    after all gets a new one. So does the one that is left when another counts no longer, because
    what changes for it, for its reader too, is told with its number. The submission's own
    documents are never set aside.
    """
    first_new = application.next_number
    is_any_lost = False
    for version in sorted(application.versions, key=lambda version: version.sent_at):
        reason = bar(version.sent_at, application)
        if version.sent_at == application.submitted_at or reason is version.set_aside:
            continue
        number = version.number if reason else application.next_number
        becomes = replace(version, number=number, set_aside=reason)
        is_any_lost |= version.set_aside is None
        others = tuple(other for other in application.versions if other is not version)
        application = replace(application, versions=(*others, becomes))
        yield Recounted(version.number, becomes)
    left = application.current
    if is_any_lost and left.number < first_new and not application.withdrawn_at:
        yield Recounted(left.number, replace(left, number=application.next_number))


def gone(recounted: Iterable[Recounted]) -> tuple[int, ...]:
    """Name the numbers under which nothing counts any more."""
    return tuple(
        one.number
        for one in recounted
        if one.becomes.set_aside or one.becomes.number != one.number
    )
