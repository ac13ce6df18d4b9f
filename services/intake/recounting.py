"""Which versions of the documents count once something else has changed: pure rules."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from services.intake.decisions import Application, Version, bar, set_aside


@dataclass(frozen=True, slots=True)
class Recounted:
    """A version is now `becomes`: set aside, or counting under a new number."""

    number: int
    becomes: Version


def recount(application: Application) -> Iterator[Recounted]:
    """Judge versions anew after a withdrawal, a moved closing, a refusal or its lifting (D8).

    Others know the version that counts by its number, the highest they have heard of. So one that
    comes to count after all gets a new number, and so does the one that is left when a higher one
    counts no longer. The submission's own documents are never set aside.
    """
    by_moment = sorted(application.versions, key=lambda version: version.sent_at)
    highest = 0
    for version in by_moment:
        if version.set_aside or version.sent_at == application.submitted_at:
            continue
        if reason := bar(version.sent_at, application):
            highest = max(highest, version.number)
            becomes = replace(version, set_aside=reason)
            application = _with(application, version, becomes)
            yield Recounted(version.number, becomes)
    for version in by_moment:
        if version.set_aside is None:
            continue
        reason = set_aside(version.sent_at, application)
        number = version.number if reason else application.next_number
        becomes = replace(version, number=number, set_aside=reason)
        if becomes != version:
            application = _with(application, version, becomes)
            yield Recounted(version.number, becomes)
    left = application.current
    if left.number < highest and not application.withdrawn_at:
        yield Recounted(left.number, replace(left, number=application.next_number))


def _with(application: Application, version: Version, becomes: Version) -> Application:
    others = tuple(other for other in application.versions if other is not version)
    return replace(application, versions=(*others, becomes))
