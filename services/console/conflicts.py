"""What the submissions of a conflict say where they differ: personal data, for whoever asks."""

import json
from collections.abc import Iterator
from typing import Any, Final

DECLARED: Final = "form.convictions"
"""What is declared of convictions is shown to whoever asks for it, and to nobody else (K3)."""


def differences(both: str) -> Iterator[str]:
    """Set the first value of each field against the later one, a line each.

    `both` is JSON: `first`, `later`, and the names of the fields as `differs_in`, or null where an
    earlier release did not record them.
    """
    conflict = json.loads(both)
    if conflict["differs_in"] is None:
        yield "Compare both in the database: intake.conflict."
    for field in conflict["differs_in"] or ():
        first, later = (_value(conflict[which], field) for which in ("first", "later"))
        yield f"{field}: first {first}, later {later}"


def _value(submission: Any, field: str) -> str:  # noqa: ANN401 - whatever JSON holds
    """Find what stands under a name such as `documents.0.name`, or that nothing does."""
    for name in field.split("."):
        if isinstance(submission, list):
            submission = submission[int(name)] if int(name) < len(submission) else None
        else:
            submission = (submission or {}).get(name)
    return "nothing" if submission is None else json.dumps(submission, ensure_ascii=False)
