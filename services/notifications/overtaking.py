"""What overtakes a letter that waits: a stage at which it is untrue, or another letter.

A letter may wait for days: for its hour, or because the mail server has put it off.
"""

from collections.abc import Collection, Mapping
from typing import Final

from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind

# These are about the time until the review is complete.
BEFORE_COMPLETION: Final = {
    Stage.RECEIVED,
    Stage.DOCUMENTS_NEEDED,
    Stage.WITH_A_PERSON,
    Stage.READY_FOR_REVIEW,
    Stage.UNDER_REVIEW,
}
ENDED: Final = {Stage.NOT_ELIGIBLE, Stage.NOT_SUCCESSFUL, Stage.REFUSED, Stage.WITHDRAWN}
# A letter of a kind named here is sent only while the application is at one of these stages. That
# a manager has declined stays true of somebody whose verdict is corrected afterwards.
_TRUE_ONLY_AT: Final = {
    MessageKind.ACKNOWLEDGEMENT: set(Stage) - {Stage.REFUSED},
    MessageKind.SUBMITTED_LATE: {Stage.REFUSED},
    # The letter that a person is checking names the faults itself.
    MessageKind.DOCUMENTS_PROBLEM: BEFORE_COMPLETION - {Stage.WITH_A_PERSON},
    MessageKind.DOCUMENTS_IN_ORDER: BEFORE_COMPLETION,
    MessageKind.DOCUMENTS_ADVICE: {Stage.READY_FOR_REVIEW},
    MessageKind.PERSON_IS_CHECKING: {Stage.WITH_A_PERSON},
    MessageKind.PERSON_HAS_CHECKED: {Stage.READY_FOR_REVIEW, Stage.UNDER_REVIEW},
    MessageKind.NOT_ELIGIBLE: {Stage.NOT_ELIGIBLE},
    MessageKind.REJECTION_CORRECTED: set(Stage) - {Stage.REFUSED, Stage.WITHDRAWN},
    MessageKind.CHALLENGE_DISMISSED: ENDED,
    MessageKind.NOT_SUCCESSFUL: {Stage.NOT_SUCCESSFUL, Stage.NOT_ELIGIBLE},
    MessageKind.INVITATION: {Stage.INVITED, Stage.INTERVIEW_BOOKED},
    MessageKind.CLOSING_MOVED: BEFORE_COMPLETION,
    MessageKind.REVIEW_LATE: BEFORE_COMPLETION,
}

_RECEIPTS: Final = {MessageKind.ACKNOWLEDGEMENT, MessageKind.SUBMITTED_LATE}
_DOCUMENTS: Final = {MessageKind.DOCUMENTS_PROBLEM, MessageKind.DOCUMENTS_IN_ORDER}
_CHECKS: Final = {MessageKind.PERSON_IS_CHECKING, MessageKind.PERSON_HAS_CHECKED}
_OUTCOMES: Final = {MessageKind.NOT_SUCCESSFUL, MessageKind.INVITATION}
_INTERVIEWS: Final = {MessageKind.INTERVIEW_BOOKING, MessageKind.INTERVIEW_CANCELLATION}
_REJECTIONS: Final = {MessageKind.NOT_ELIGIBLE, MessageKind.REJECTION_CORRECTED}

REPLACED_BY: Final[Mapping[MessageKind, Collection[MessageKind]]] = {
    **dict.fromkeys(_RECEIPTS, _RECEIPTS),
    **dict.fromkeys(_DOCUMENTS, _DOCUMENTS),
    MessageKind.DOCUMENTS_ADVICE: {MessageKind.DOCUMENTS_ADVICE},
    MessageKind.PERSON_IS_CHECKING: {
        *_CHECKS,
        *_DOCUMENTS,
        *_OUTCOMES,
        MessageKind.NOT_ELIGIBLE,
    },
    MessageKind.PERSON_HAS_CHECKED: _CHECKS,
    MessageKind.REJECTION_CORRECTED: _REJECTIONS,
    **dict.fromkeys(_OUTCOMES, _OUTCOMES),
    **dict.fromkeys(_INTERVIEWS, _INTERVIEWS),
    MessageKind.CHALLENGE_UPHELD: {MessageKind.NOT_ELIGIBLE},
}
"""Which letters, planned later, leave nothing to say for one that still waits.

One that was overtaken itself leaves all to say, but for a cancellation: it was dropped because its
booking was not told, which must not go then.
"""

_FOLLOWS: Final[Mapping[MessageKind, Collection[MessageKind | None]]] = {
    MessageKind.ACKNOWLEDGEMENT: {None, MessageKind.SUBMITTED_LATE},
    MessageKind.SUBMITTED_LATE: {None, MessageKind.ACKNOWLEDGEMENT},
    MessageKind.PERSON_IS_CHECKING: {
        None,
        MessageKind.PERSON_HAS_CHECKED,
        *_DOCUMENTS,
        *_OUTCOMES,
        MessageKind.NOT_ELIGIBLE,
    },
    MessageKind.PERSON_HAS_CHECKED: {MessageKind.PERSON_IS_CHECKING},
    MessageKind.NOT_ELIGIBLE: {None, MessageKind.NOT_ELIGIBLE, MessageKind.CHALLENGE_UPHELD},
    MessageKind.REJECTION_CORRECTED: {MessageKind.NOT_ELIGIBLE, MessageKind.REJECTION_CORRECTED},
    MessageKind.NOT_SUCCESSFUL: {None, MessageKind.INVITATION},
    MessageKind.INVITATION: {None, MessageKind.NOT_SUCCESSFUL},
    MessageKind.INTERVIEW_CANCELLATION: {MessageKind.INTERVIEW_BOOKING},
    MessageKind.CHALLENGE_UPHELD: {None, MessageKind.CHALLENGE_DISMISSED},
    MessageKind.CHALLENGE_DISMISSED: {None, MessageKind.CHALLENGE_UPHELD},
}
"""What must have been told last, for a letter to say anything new; None: it may be the first."""


def is_overtaken(kind: MessageKind, stage: Stage | None) -> bool:
    """Whether a letter has become untrue while it waited for its turn."""
    return stage is not None and stage not in _TRUE_ONLY_AT.get(kind, Stage)


def matter_of(kind: MessageKind) -> Collection[MessageKind]:
    """Name the letters of which the one told last says whether this one is news."""
    return {kind, *(other for other in _FOLLOWS.get(kind, ()) if other is not None)}


def says_nothing_new(kind: MessageKind, told_last: MessageKind | None) -> bool:
    """Whether it repeats what its reader was told last, or ends or takes back what was not."""
    return kind in _FOLLOWS and told_last not in _FOLLOWS[kind]


def takes_back(kind: MessageKind, told_last: MessageKind | None) -> bool:
    """Whether a letter takes the place of another that its reader was told last."""
    return told_last not in {None, kind} and told_last in _FOLLOWS.get(kind, ())
