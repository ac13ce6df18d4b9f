"""Every question that waits for a person, read out of the workers' tables as their owner."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from services.console.conflicts import differences
from shared.calendar import add_working_days_or_weekdays, london_date
from shared.contracts.vacancies import Employer
from shared.employers import terms_of
from shared.postgres import Transaction

IF_NOBODY_ACTS: Final[Mapping[str, str]] = {
    "eligibility": "It stays here. Nobody is rejected, and nothing is put before the hiring "
    "manager. The candidate has been told that a person is checking.",
    "documents": "It stays here. Nobody is rejected, and nothing is put before the hiring "
    "manager. The candidate has been told that a person is checking.",
    "conviction": "The application goes on through every other stage; nothing waits for this.",
    "conflict": "What came first stands and goes on; what came later is kept, applied to nothing.",
    "challenge": "The rejection stands meanwhile. After its day it is raised as overdue and "
    "stays here; nothing is dropped.",
}

_ELIGIBILITY: Final = """
select 'eligibility' as kind, v.application, v.vacancy, array_to_string(v.reasons, ', ') as reason,
       coalesce(v.decided_at, v.checked_at) as since, null::date as answer_by,
       null::int as documents_version, v.working as detail, false as is_past_mending
from eligibility.verdict v left join progress.application p using (application)
where v.outcome = 'referred' and p.is_withdrawn is not true
  and p.stage is distinct from 'refused'
"""

# Unclear whenever it is; faulty only once it is too late for the candidate to mend it (C5).
_DOCUMENTS: Final = """
select 'documents', p.application, p.vacancy,
       case p.documents when 'unclear' then 'unclear' else 'faulty at closing' end || ': '
           || coalesce((
               select string_agg(distinct f ->> 'code', ', ')
               from jsonb_array_elements(d.findings) as f
           ), 'see the documents'),
       case p.documents when 'unclear' then d.checked_at
            else greatest(d.checked_at, v.closed_at) end,
       null, p.documents_version,
       'version ' || p.documents_version || ' of the documents', is_past_mending
from progress.application p
join progress.vacancy v using (vacancy)
cross join lateral (
    select p.complete_version is null
           and (v.closed_at >= coalesce(v.last_accepted_at, v.closed_at)) is true
) as mending (is_past_mending)
join documents.verdict d using (application, documents_version)
where p.stage not in ('refused', 'invited', 'interview_booked', 'not_successful')
  and not p.is_withdrawn and p.eligibility is distinct from 'rejected'
  and (p.documents = 'unclear' or p.documents = 'faulty' and is_past_mending)
"""

# Nobody looks at a conviction of somebody who is out anyhow; it is asked again once they are back.
_CONVICTIONS: Final = """
select 'conviction', c.application, c.vacancy, 'to be considered', c.opened_at, null, null,
       'Declared: ' || c.declared || E'.\\n'
           || coalesce(a.form #>> '{convictions,details}', 'The candidate wrote nothing about it.')
       , false
from eligibility.consideration c
left join progress.application p using (application)
left join intake.application a using (application)
where c.considered_at is null and p.is_withdrawn is not true
  and (p.stage is null or p.stage not in ('refused', 'not_eligible', 'not_successful'))
"""

# One after the other, in the order in which they came; as json, which holds any file name.
_CONFLICTS: Final = """
(
select distinct on (c.application) 'conflict', c.application, a.vacancy,
       'submitted again with other content', c.received_at, null::date, null::int,
       json_build_object('differs_in', c.differs_in, 'later', c.body, 'first', json_build_object(
           'vacancy', a.vacancy, 'submitted_at', a.submitted_at, 'form', a.form,
           'candidate', json_build_object('name', a.name, 'email', a.email, 'phone', a.phone),
           'documents', (
               select json_agg(json_build_object('key', d.key, 'sha256', d.sha256, 'size', d.size,
                                                 'role', d.role, 'name', d.name)
                               order by position)
               from intake.document_set s
               join intake.document d using (application, documents_version)
               where s.application = a.application and s.replaced_at = a.submitted_at
           )
       ))::text, false
from intake.conflict c join intake.application a using (application)
where c.decided_at is null
order by c.application, c.received_at, c.content_sha256
)
"""

_CHALLENGES: Final = """
select 'challenge', application, vacancy,
       'number ' || number || case when is_late then ', came late' else '' end,
       challenged_at, decide_by, null, grounds, false
from eligibility.challenge c
where not exists (
    select from eligibility.challenge_decision d
    where (d.application, d.challenged_at) = (c.application, c.challenged_at)
)
"""

_SOURCES: Final = (_ELIGIBILITY, _DOCUMENTS, _CONVICTIONS, _CONFLICTS, _CHALLENGES)
_ALL: Final = f"""
select question.*, employer
from ({" union all ".join(_SOURCES)}) as question left join intake.vacancy using (vacancy)
order by since, application, kind
"""


@dataclass(frozen=True, slots=True)
class Question:
    """One question: about what, since when, and what a person needs to know to answer it.

    `answer_by` is a London day: a challenge has its own, for all else the employer says how many
    working days a person has. `detail` is personal data: for whoever answers, never for a list.
    `is_past_mending` says of documents that the closing is past and no version was complete.
    """

    kind: str
    application: str
    vacancy: str
    reason: str
    since: datetime
    answer_by: date | None
    documents_version: int | None
    detail: str
    is_past_mending: bool = False

    @property
    def token(self) -> str:
        """Name what was asked, for whoever answers it."""
        return token_of(self.kind, self.since, self.documents_version)

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether its day is over in London; that is said, and changes nothing."""
        return self.answer_by is not None and london_date(now) > self.answer_by


def token_of(kind: str, since: datetime, documents_version: int | None = None) -> str:
    """Name a question shortly: once it is asked of something else, its name is another."""
    asked = f"{kind} {since.astimezone(UTC).isoformat()} {documents_version}"
    return hashlib.sha256(asked.encode()).hexdigest()[:8]


async def load_questions(tx: Transaction) -> list[Question]:
    """Load all that wait, the oldest first. Raises UnusableTerms if the employers' file is."""
    return [_question(**dict(row)) for row in await tx.fetch(_ALL)]


def _question(*, employer: str | None, **found: Any) -> Question:  # noqa: ANN401 - a row's columns
    question = Question(**found)
    if question.kind == "conflict":
        question = replace(question, detail="\n".join(differences(question.detail)))
    if question.answer_by or employer is None:
        return question
    days = terms_of(Employer(employer)).referral_working_days
    answer_by = add_working_days_or_weekdays(london_date(question.since), days)
    return replace(question, answer_by=answer_by)


_ANSWERS: Final = """
select 'eligibility' as kind, answer, answered_by as by, decided_at
from eligibility.answer where application = $1
union all
select 'documents', answer, answered_by, decided_at from documents.answer where application = $1
union all
select 'conviction', 'considered', considered_by, considered_at
from eligibility.consideration where application = $1 and considered_at is not null
union all
select distinct 'conflict', answer, answered_by, decided_at
from intake.conflict where application = $1 and decided_at is not null
union all
select 'challenge', outcome, decided_by, decided_at
from eligibility.challenge_decision where application = $1
order by decided_at
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a person has answered already."""

    kind: str
    answer: str
    by: str
    decided_at: datetime


async def load_answers(tx: Transaction, application: str) -> list[Answered]:
    """Load what people have answered about an application, the oldest first."""
    return [Answered(**dict(row)) for row in await tx.fetch(_ANSWERS, application)]
