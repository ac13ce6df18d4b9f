"""What is announced of a verdict on a submission, whenever it is reached."""

from datetime import datetime

from services.intake.decisions import Accepted, Refused
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationRefused,
    ApplicationSubmitted,
)


def accepted(
    submission: ApplicationSubmitted, verdict: Accepted, received_at: datetime
) -> ApplicationAccepted:
    """Say that it is an application, with the facts that others judge by."""
    return ApplicationAccepted(
        application=submission.application,
        vacancy=submission.vacancy,
        submitted_at=submission.submitted_at,
        received_at=received_at,
        arrived_after_close=verdict.arrived_after_close(received_at),
        employer=verdict.vacancy.employer,
        role_type=verdict.vacancy.role_type,
        engagement=verdict.vacancy.engagement,
        early_departure=submission.form.early_departure,
        conviction_declared=submission.form.convictions.declared,
        timetable_version=verdict.vacancy.version,
    )


def refused(submission: ApplicationSubmitted, verdict: Refused) -> ApplicationRefused:
    """Say that it is too late, and for which closing."""
    return ApplicationRefused(
        application=submission.application,
        vacancy=submission.vacancy,
        reason=verdict.reason,
        submitted_at=submission.submitted_at,
        last_accepted_at=verdict.last_accepted_at,
        timetable_version=verdict.timetable_version,
    )
