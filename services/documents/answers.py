"""What a person's answer makes of documents that no machine could judge (C5, D4, D5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from shared.contracts.checks import DocumentsOutcome, Finding
from shared.contracts.referrals import ReferralAnswer, ReferralResolved

_OUTCOMES: Final = {
    ReferralAnswer.RETURN: DocumentsOutcome.FAULTY,
    ReferralAnswer.ACCEPT: DocumentsOutcome.COMPLETE,
}
_REVISIONS: Final = {ReferralAnswer.RETURN: 1, ReferralAnswer.ACCEPT: 2}


@dataclass(frozen=True, slots=True)
class Question:
    """What the machine said of one version, and when each answer to it was first given."""

    outcome: DocumentsOutcome
    findings: tuple[Finding, ...]
    answered_at: Mapping[ReferralAnswer, datetime]


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer counts; of several for one version the highest revision stands.

    Accepting outranks returning, whichever came first: what was accepted is not taken back, and
    what was returned and never mended may still be accepted after the closing (C5).
    """

    outcome: DocumentsOutcome
    revision: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """The answer changes nothing, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Early:
    """The version has not been judged here yet: the answer waits for that."""


Answering: TypeAlias = Answered | Ignored | Early


def answer(resolved: ReferralResolved, question: Question | None) -> Answering:
    """Take a person's answer about one version of the documents; the first one given stands.

    That a newer version has come meanwhile needs no check here: the newer one stands anyway.
    """
    if question is None:
        return Early()
    if question.outcome is DocumentsOutcome.COMPLETE:
        return Ignored("nothing was asked: the documents are complete")
    given = resolved.answer
    if given is ReferralAnswer.RETURN and question.outcome is DocumentsOutcome.FAULTY:
        return Ignored("the candidate has been asked to mend them already")
    if given in question.answered_at and question.answered_at[given] <= resolved.decided_at:
        return Ignored("somebody has answered so already")
    return Answered(_OUTCOMES[given], _REVISIONS[given], question.findings)
