"""Gathering what a letter says, from our own tables and the views that others lend us."""

from collections.abc import Sequence
from typing import Final

from services.notifications.decisions import ABOUT_CHALLENGES
from services.notifications.letters import (
    Challenge,
    Claim,
    Contact,
    Explanation,
    File,
    Interview,
    Letter,
    Problem,
)
from services.notifications.overtaking import REPLACED_BY, matter_of, says_nothing_new, takes_back
from shared.contracts.applications import Stage
from shared.contracts.challenges import ChallengeOutcome
from shared.contracts.checks import FindingCode
from shared.contracts.notifications import MessageKind
from shared.contracts.vacancies import VacancyTimetabled
from shared.postgres import Transaction

_ABOUT_VERDICTS: Final = {
    MessageKind.NOT_ELIGIBLE,
    MessageKind.REJECTION_CORRECTED,
    MessageKind.CHALLENGE_DISMISSED,
}
# Whoever is rejected hears of moved dates by the letter that takes the rejection back, or later.
_TELL_DATES: Final = {
    MessageKind.ACKNOWLEDGEMENT,
    MessageKind.CLOSING_MOVED,
    MessageKind.REJECTION_CORRECTED,
    MessageKind.CHALLENGE_UPHELD,
}

_PERHAPS_TOLD: Final = "state in ('sending', 'sent', 'unknown')"
# What says in passing that an earlier rejection no longer holds; a check says that it is open.
_TAKES_BACK: Final = ("person_has_checked", "documents_problem", "documents_in_order")
# Of several challenges ($6) each has its own answer.
_LETTER: Final = f"""
select name, email, submitted_at, received_at, timetable, stage,
    starts_at, ends_at, location, coalesce(last_sequence, 0) as last_sequence,
    told_last, told_faults_of, exists (
        select from notifications.message later
        where later.application = message.application and later.number > message.number
            and later.kind = any($5)
            and (later.state <> 'overtaken' or later.kind = 'interview_cancellation')
    ) as is_replaced, exists (
        select from notifications.message back
        where back.application = message.application and back.state = 'queued'
            and back.kind in ('rejection_corrected', 'challenge_upheld')
    ) as has_way_back_ahead, contact.vacancy <> message.vacancy as is_of_another_vacancy, (
        select coalesce(max(told.version), 0) from notifications.message told
        where told.application = message.application and told.kind = 'not_eligible'
            and told.{_PERHAPS_TOLD}
    ) as told_rejection, coalesce(documents_version, 0) as documents_version
from notifications.message
join notifications.timetable on timetable.vacancy = message.vacancy
    and timetable.version = message.timetable_version
join intake.contact using (application)
left join notifications.standing using (application)
left join lateral (
    select told.kind as told_last, told.faults_of as told_faults_of
    from notifications.message told
    where told.application = message.application and told.number <> message.number
        and told.kind = any($4) and (not $6 or told.version = message.version)
        and told.{_PERHAPS_TOLD}
    order by told.number desc limit 1
) as told on true
where application = $1 and kind = $2 and message.version = $3
"""


async def find_letter(tx: Transaction, claim: Claim) -> Letter | None:
    """Gather what a message says; None if its candidate is no longer known."""
    row = await tx.fetchrow(
        _LETTER,
        claim.application,
        claim.kind,
        claim.version,
        list(matter_of(claim.kind)),
        list(REPLACED_BY.get(claim.kind, ())),
        claim.kind in ABOUT_CHALLENGES,
    )
    if row is None:
        return None
    told_last = MessageKind(row["told_last"]) if row["told_last"] else None
    booked = Interview(row["starts_at"], row["ends_at"], row["location"])
    version = await _find_documents_version(tx, claim, row["documents_version"])
    files = await _load_files(tx, claim, version)
    return Letter(
        claim,
        Stage(row["stage"]) if row["stage"] else None,
        Contact(row["name"], row["email"], row["submitted_at"], row["received_at"]),
        VacancyTimetabled.model_validate_json(row["timetable"]),
        files,
        await _load_problems(tx, claim, version, files),
        await _find_explanation(tx, claim),
        await _find_cancelled(tx, claim) or (booked if row["starts_at"] else None),
        await _find_challenge(tx, claim),
        await _find_told(tx, claim),
        has_told_what_it_takes_back=takes_back(claim.kind, told_last),
        says_nothing_new=says_nothing_new(claim.kind, told_last),
        is_replaced=row["is_replaced"],
        has_way_back_ahead=row["has_way_back_ahead"],
        is_of_another_vacancy=row["is_of_another_vacancy"],
        last_sequence=row["last_sequence"],
        told_rejection=row["told_rejection"],
        uses_earlier_documents=await _uses_earlier_documents(tx, claim),
        was_told_rejected=await _was_told_rejected(tx, claim),
        documents_version=version or row["documents_version"],
        told_faults_of=row["told_faults_of"],
    )


async def _find_told(tx: Transaction, claim: Claim) -> VacancyTimetabled | None:
    """Find the dates that somebody was told last, whether or not that letter certainly arrived."""
    if claim.kind is not MessageKind.CLOSING_MOVED:
        return None
    told: str | None = await tx.fetchval(
        f"""
        select timetable from notifications.message
        join notifications.timetable on timetable.vacancy = message.vacancy
            and timetable.version = message.timetable_version
        where application = $1 and kind = any($4)
            and {_PERHAPS_TOLD} and (kind, message.version) <> ($2, $3)
            and is_way_back is not false
        order by timetable_version desc limit 1
        """,
        claim.application,
        claim.kind,
        claim.version,
        list(_TELL_DATES),
    )
    return VacancyTimetabled.model_validate_json(told) if told else None


async def _find_cancelled(tx: Transaction, claim: Claim) -> Interview | None:
    """Find the interview that a cancellation calls off: the one that its reader was told last."""
    if claim.kind is not MessageKind.INTERVIEW_CANCELLATION:
        return None
    row = await tx.fetchrow(
        f"""
        select starts_at, ends_at from notifications.message
        where application = $1 and kind = 'interview_booking' and version < $2
            and {_PERHAPS_TOLD}
        order by version desc limit 1
        """,
        claim.application,
        claim.version,
    )
    return Interview(row["starts_at"], row["ends_at"], None) if row else None


async def _find_documents_version(tx: Transaction, claim: Claim, counting: int) -> int | None:
    """Find the version of the documents that a letter is about; a check is about what counts.

    Where that is not known, it is the last that was sent (C5).
    """
    if claim.kind is MessageKind.DOCUMENTS_PROBLEM:
        return claim.version
    if claim.kind is MessageKind.PERSON_IS_CHECKING and counting:
        return counting
    if claim.kind not in {MessageKind.ACKNOWLEDGEMENT, MessageKind.PERSON_IS_CHECKING}:
        return None
    version: int | None = await tx.fetchval(
        """
        select documents_version from intake.document_versions
        join intake.contact using (application)
        where application = $1 and (not $2 or replaced_at = submitted_at)
        order by replaced_at desc limit 1
        """,
        claim.application,
        claim.kind is MessageKind.ACKNOWLEDGEMENT,  # which is of what was submitted
    )
    return version


async def _uses_earlier_documents(tx: Transaction, claim: Claim) -> bool:
    if claim.kind is not MessageKind.DOCUMENTS_IN_ORDER:
        return False
    return bool(
        await tx.fetchval(
            """
            select exists (
                select from notifications.message problem
                join intake.document_versions later
                    on later.application = problem.application
                    and later.documents_version = problem.version
                join notifications.standing on standing.application = problem.application
                join intake.document_versions used on used.application = problem.application
                    and used.documents_version = standing.documents_version
                where problem.application = $1 and problem.kind = 'documents_problem'
                    and used.replaced_at < later.replaced_at
            )
            """,
            claim.application,
        )
    )


async def _was_told_rejected(tx: Transaction, claim: Claim) -> bool:
    if claim.kind not in {MessageKind.PERSON_IS_CHECKING, *_TAKES_BACK}:
        return False
    return bool(
        await tx.fetchval(
            f"""
            select kind = 'not_eligible' or is_way_back is false from notifications.message
            where application = $1 and (kind, version) <> ($2, $3) and {_PERHAPS_TOLD}
                and kind = any(
                    array['not_eligible', 'rejection_corrected', 'challenge_upheld'] || $4::text[])
            order by number desc limit 1
            """,
            claim.application,
            claim.kind,
            claim.version,
            _TAKES_BACK,
        )
    )


async def _load_files(tx: Transaction, claim: Claim, version: int | None) -> tuple[File, ...]:
    if version is None:
        return ()
    rows = await tx.fetch(
        """
        select name, size, sha256 from intake.received_files
        where application = $1 and documents_version = $2 order by position
        """,
        claim.application,
        version,
    )
    return tuple(File(*row) for row in rows)


async def _load_problems(
    tx: Transaction, claim: Claim, version: int | None, files: Sequence[File]
) -> tuple[Problem, ...]:
    """Load what was found in the documents; for a check, without what is only advice (D2)."""
    is_check = claim.kind is MessageKind.PERSON_IS_CHECKING
    if version is None or claim.kind is MessageKind.ACKNOWLEDGEMENT:
        return ()
    rows = await tx.fetch(
        """
        select code, document from documents.findings
        where application = $1 and documents_version = $2 order by document nulls first, code
        """,
        claim.application,
        version,
    )
    # No files are lent for a version that was renumbered; its findings still hold.
    return tuple(
        Problem(FindingCode(code), files[document] if document in range(len(files)) else None)
        for code, document in rows
        if not (is_check and code == FindingCode.NEAR_COPY_OF_CV)
    )


async def _find_explanation(tx: Transaction, claim: Claim) -> Explanation | None:
    """Find the working of a verdict; of a rejection only while that stands: else it waits."""
    if claim.kind not in _ABOUT_VERDICTS:
        return None
    row = await tx.fetchrow(
        """
        select working, submitted_on, eligible_from, is_by_person,
            outcome = 'rejected' as is_rejection, basis = 'correction' as is_corrected,
            outcome = 'referred' or basis = 'challenge' and outcome = 'eligible'
                as is_told_by_another
        from eligibility.explanations
        where application = $1 and (outcome = 'rejected' or $2 = 'rejection_corrected')
        """,
        claim.application,
        claim.kind,
    )
    return Explanation(**row) if row else None


async def _find_challenge(tx: Transaction, claim: Claim) -> Challenge | None:
    if claim.kind not in ABOUT_CHALLENGES:
        return None
    row = await tx.fetchrow(
        """
        select challenged_at, decide_by, is_late, reason, outcome from eligibility.challenges
        where application = $1 and number = $2
        """,
        claim.application,
        claim.version,
    )
    if row is None:
        return None
    return Challenge(
        row["challenged_at"],
        row["decide_by"],
        row["is_late"],
        row["reason"],
        ChallengeOutcome(row["outcome"]) if row["outcome"] else None,
    )
