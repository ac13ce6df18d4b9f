"""Recruiters: they answer what a machine referred, decide challenges and correct declarations."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.simulator.candidates import Case
from services.simulator.deeds import BEFORE_PUBLISHING, Deed, Entry
from shared.contracts import Payload
from shared.contracts.applications import Documents
from shared.contracts.challenges import ChallengeDecided, DecisionChallenged
from shared.contracts.corrections import DeclarationCorrected
from shared.contracts.referrals import ReferralKind, ReferralResolved

RECRUITER: Final = "recruiter-1"


@dataclass(frozen=True, slots=True)
class Question:
    """A verdict that leaves something to a person: about which documents, if about them."""

    application: str
    asked_at: datetime
    documents_version: int | None


def answer(questions: Iterable[Question], cases: Mapping[str, Case]) -> list[Entry]:
    """Answer what is to be answered, each in an entry of its own, as its story says."""
    return [
        Entry(case.moments.settled_at, (Deed(f"{case.application} answered", _answer(one, case)),))
        for one in questions
        if (case := cases[one.application]).story.answer
    ]


def _answer(question: Question, case: Case) -> Callable[[Documents], Payload]:
    is_about_documents = question.documents_version is not None
    assert case.story.answer
    resolved = ReferralResolved(
        application=case.application,
        vacancy=case.advert.vacancy,
        kind=ReferralKind.DOCUMENTS if is_about_documents else ReferralKind.ELIGIBILITY,
        asked_at=question.asked_at,
        documents_version=question.documents_version,
        answer=case.story.answer,
        by=RECRUITER,
        decided_at=case.moments.settled_at - BEFORE_PUBLISHING,
        rationale="I have asked the candidate and seen the papers.",
    )
    return lambda _: resolved


def put_right(case: Case) -> Iterator[tuple[datetime, Deed]]:
    """Challenge a rejection and decide it, or correct a declaration, as the story says."""
    at = case.moments.settled_at
    about: dict[str, Any] = {"application": case.application, "vacancy": case.advert.vacancy}
    decided = about | {"by": RECRUITER, "decided_at": at - BEFORE_PUBLISHING}
    if case.story.challenge is not None:
        challenged_at = case.moments.changes_at - BEFORE_PUBLISHING
        challenged = DecisionChallenged(
            **about, challenged_at=challenged_at, grounds="I did not leave under a scheme."
        )
        verdict = ChallengeDecided(
            **decided,
            challenged_at=challenged_at,
            outcome=case.story.challenge,
            rationale="We have looked at the letter of leaving.",
        )
        yield case.moments.changes_at, Deed(f"{case.application} challenged", lambda _: challenged)
        yield at, Deed(f"{case.application} challenge decided", lambda _: verdict)
    if case.story.corrected is not None:
        corrected = DeclarationCorrected(
            **decided,
            departure=1,
            corrected=case.story.corrected,
            rationale="The letter of leaving gives another day.",
        )
        yield at, Deed(f"{case.application} corrected", lambda _: corrected)
