"""Seeded candidates: what each application contains, and what must come out of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from hashlib import sha256
from random import Random

from services.simulator import people
from services.simulator.adverts import Advert
from services.simulator.files import File
from services.simulator.people import Person
from services.simulator.stories import EXTENDED, ORDINARY, STORIES
from services.simulator.stories.story import (
    Arrival,
    Content,
    Replacement,
    Sheet,
    Story,
    Withdrawal,
)
from shared.calendar import at_london, london_date
from shared.contracts.applications import (
    Answer,
    ApplicationSubmitted,
    Candidate,
    Convictions,
    Documents,
    Form,
    Stage,
)
from shared.contracts.challenges import ChallengeOutcome
from shared.contracts.reviews import ManagerDecision

BUSY_HOURS = 12
"""The hours in which candidates come; each costs the director one jump of the clock."""


@dataclass(frozen=True, slots=True)
class Moments:
    """When an application is submitted, when the site sends it on, and when it changes.

    It changes by papers replaced, by withdrawing or by a challenge, if its story says so.
    `settled_at` is when a recruiter decides what its story leaves to one.
    """

    submitted_at: datetime
    arrives_at: datetime
    changes_at: datetime
    settled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One application: what the generator knows it put in and what must come out."""

    application: str
    advert: Advert
    story: Story
    person: Person
    moments: Moments
    files: tuple[File, ...]
    new_files: tuple[File, ...]
    decision: ManagerDecision | None

    @property
    def comes_to_the_manager_on(self) -> date:
        """The first day on which it can be under review, if the review is open by then."""
        is_reinstated = self.story.challenge is ChallengeOutcome.UPHELD
        return london_date(self.moments.settled_at if is_reinstated else self.moments.arrives_at)

    @property
    def ends(self) -> Stage | None:
        """The stage in which this application must end; None if it never becomes one."""
        if self.story.ends is not None or self.story.is_held:
            return self.story.ends
        if self.decision is ManagerDecision.INVITE:
            return Stage.INTERVIEW_BOOKED
        return Stage.NOT_SUCCESSFUL

    def submission(
        self, documents: Documents, *, phone: str | None = None
    ) -> ApplicationSubmitted:
        """Write the event that the careers site publishes."""
        declares = self.story.declares(london_date(self.moments.submitted_at))
        convicted = self.story.is_convicted
        return ApplicationSubmitted(
            application=self.application,
            vacancy=self.advert.vacancy,
            submitted_at=self.moments.submitted_at,
            candidate=Candidate(name=self.person.name, email=self.person.email, phone=phone),
            form=Form(
                version=1,
                early_departure=declares,
                convictions=Convictions(
                    declared=Answer.YES if convicted else Answer.NO,
                    details="A caution in 2011, explained in person." if convicted else None,
                ),
            ),
            documents=documents,
        )


def cases(seed: int, adverts: Sequence[Advert], applications: int) -> list[Case]:
    """Invent so many applications for each vacancy; every story is told at least once a run."""
    taken: set[str] = set()
    return [
        case
        for number, advert in enumerate(adverts)
        for case in _cases_of(seed, advert, _deal(applications, number, adverts), taken)
    ]


def _deal(applications: int, number: int, adverts: Sequence[Advert]) -> list[Story]:
    """Give each vacancy its share of the stories, and more while most are ordinary."""
    own = EXTENDED if adverts[number].extended_by_days else ()
    step = len(adverts)
    share = len(own) - (-len(STORIES) // step)
    count = min(max(share, (applications - 1) // 2), applications)
    own_first = [s for n in range(step) for s in STORIES[(number + n) % step :: step]]
    stories = [*own, *own_first][:count]
    return [*stories, *[ORDINARY] * (applications - len(stories))]


def _cases_of(seed: int, advert: Advert, stories: list[Story], taken: set[str]) -> list[Case]:
    """Invent one vacancy's applications, numbered in the order of their submission."""
    rng = Random(f"{seed} {advert.vacancy}")
    hours = _busy_hours(advert, rng)
    told = [(_moments(advert, story, hours, rng), story) for story in stories]
    told.sort(key=lambda pair: (pair[0].submitted_at, pair[1].name))
    named = {f"{advert.vacancy}-{n:03}": pair for n, pair in enumerate(told, start=1)}
    decisions = _decisions(seed, {name: story for name, (_, story) in named.items()})
    found: list[Case] = []
    for name, (moments, story) in named.items():
        is_again = story.is_somebody_again and found
        person = found[-1].person if is_again else people.invent(rng, taken)
        write = partial(_files, name, person=person, advert=advert, rng=rng)
        found.append(
            Case(
                application=name,
                advert=advert,
                story=story,
                person=person,
                moments=moments,
                files=tuple(write(1, story.papers)),
                new_files=tuple(write(2, story.new_papers)) if story.replaces else (),
                decision=decisions.get(name),
            )
        )
    return found


def _busy_hours(advert: Advert, rng: Random) -> list[datetime]:
    """Draw the full hours at which the site publishes, from 9:00 to 22:00 on different days."""
    days = (advert.closes_on - advert.posted_on).days
    slots = rng.sample(
        [(day, hour) for day in range(1, days) for hour in range(9, 23)], BUSY_HOURS
    )
    return sorted(
        at_london(advert.posted_on + timedelta(days=day), time(hour)) for day, hour in slots
    )


def _moments(advert: Advert, story: Story, hours: list[datetime], rng: Random) -> Moments:
    """Choose the moments that a story needs."""
    settled_at = _in_review(advert) if story.challenge else _morning_after(advert)
    if story.submits is not None:
        submitted_at = at_london(advert.closes_on, story.submits)
        arrives_at = _late_arrival(advert, story.arrives) or submitted_at
        return Moments(submitted_at, arrives_at, arrives_at, settled_at)
    if story.arrives is Arrival.BEFORE_EXTENSION:
        arrives_at = advert.amended_at - timedelta(hours=1)
        return Moments(arrives_at - timedelta(minutes=5), arrives_at, arrives_at, settled_at)
    if story.arrives is Arrival.BEFORE_ADVERT:
        arrives_at = advert.published_at - timedelta(minutes=30)
        return Moments(arrives_at - timedelta(minutes=5), arrives_at, arrives_at, settled_at)
    middle = len(hours) // 2
    changes_early = story.replaces is not None or story.withdraws is Withdrawal.BEFORE_CLOSING
    arrives_at = rng.choice(hours[:middle] if changes_early else hours)
    submitted_at = arrives_at - timedelta(seconds=rng.randrange(60, 3540))
    if story.is_before_posting:
        submitted_at = at_london(advert.posted_on - timedelta(days=1), time(18, 30))
    if story.withdraws is Withdrawal.DURING_REVIEW:
        changes_at = _in_review(advert)
    elif story.withdraws is Withdrawal.AFTER_BOOKING:
        changes_at = at_london(advert.review_on + timedelta(days=8), time(12, 5))
    elif story.replaces is Replacement.OVERTAKING:
        changes_at = arrives_at
    elif story.replaces is Replacement.AFTER_CLOSING or story.challenge:
        changes_at = _morning_after(advert)
    else:
        changes_at = rng.choice(hours[middle:])
    return Moments(submitted_at, arrives_at, changes_at, settled_at)


def _late_arrival(advert: Advert, arrival: Arrival | None) -> datetime | None:
    match arrival:
        case Arrival.NEXT_MORNING:
            return _morning_after(advert)
        case Arrival.DURING_REVIEW:
            return _in_review(advert)
        case _:
            return None


def _morning_after(advert: Advert) -> datetime:
    return at_london(advert.closes_on + timedelta(days=1), time(8))


def _in_review(advert: Advert) -> datetime:
    return at_london(advert.review_on + timedelta(days=1), time(8, 15))


def _decisions(seed: int, stories: dict[str, Story]) -> dict[str, ManagerDecision]:
    """Decide by a hash of seed and application, so that the order of arrival has no say."""

    def rank(name: str) -> tuple[bool, bytes]:
        is_wanted = stories[name].withdraws is Withdrawal.AFTER_BOOKING
        return not is_wanted, sha256(f"{seed} {name}".encode()).digest()

    decided = sorted((name for name in stories if stories[name].is_for_the_manager), key=rank)
    fewest, most = (len(decided) + 5) // 6, (len(decided) + 2) // 3
    dice = sha256(" ".join([str(seed), *stories]).encode()).digest()[0]
    invited = fewest + dice % (most - fewest + 1)
    return {
        name: ManagerDecision.INVITE if number < invited else ManagerDecision.DECLINE
        for number, name in enumerate(decided)
    }


def _files(
    application: str,
    version: int,
    sheets: tuple[Sheet, ...],
    *,
    person: Person,
    advert: Advert,
    rng: Random,
) -> Iterator[File]:
    """Write what the candidate uploads: one text of each kind, in one or several formats."""
    career = people.curriculum_vitae(person, rng)
    statement = people.personal_statement(person, advert.title, rng)
    texts = {
        Content.CV: career,
        Content.STATEMENT: statement,
        Content.CV_AS_STATEMENT: (*career, "All of this makes me the right person."),
        Content.BOTH: (*career, *statement),
        Content.NOTES: ("Written on the way home.", *rng.sample(people.EVIDENCE, 2)),
    }
    for number, sheet in enumerate(sheets, start=1):
        suffix = sheet.suffix or rng.choice((".docx", ".pdf"))
        yield File(
            key=f"incoming/{application}/{version}-{number}{suffix}",
            role=sheet.role,
            name=f"{person.name} {sheet.name}{suffix}",
            title=sheet.content.value,
            paragraphs=texts[sheet.content],
            flaw=sheet.flaw,
        )
