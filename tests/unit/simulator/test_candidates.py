from collections import Counter
from datetime import date

import pytest

from services.simulator import candidates
from services.simulator.adverts import ADVERTS
from services.simulator.stories import ORDINARY, STORIES
from services.simulator.stories.story import Arrival, Repeat, Replacement
from shared.calendar import london_date
from shared.contracts.applications import Stage
from shared.contracts.reviews import ManagerDecision


def test_the_same_seed_invents_the_same_candidates_and_another_seed_others():
    assert candidates.cases(7, ADVERTS, 60) == candidates.cases(7, ADVERTS, 60)
    assert candidates.cases(7, ADVERTS, 60) != candidates.cases(8, ADVERTS, 60)


@pytest.mark.parametrize(
    "applications", [-(-len(STORIES) // len(ADVERTS)), 30, 60, 2 * len(STORIES)]
)
def test_every_story_is_told_at_least_once_a_run(applications):
    told = Counter(case.story.name for case in candidates.cases(1, ADVERTS, applications))
    assert not {story.name for story in STORIES} - set(told)
    assert sum(told.values()) == 3 * applications


def test_ordinary_applications_are_the_majority_of_each_vacancy():
    for advert in ADVERTS:
        cases = [c for c in candidates.cases(1, ADVERTS, 60) if c.advert is advert]
        assert sum(c.story is ORDINARY for c in cases) > len(cases) / 2


@pytest.mark.parametrize("seed", range(20))
def test_six_to_fifteen_candidates_of_each_vacancy_are_invited(seed):
    cases = candidates.cases(seed, ADVERTS, 60)
    for advert in ADVERTS:
        invited = [c for c in cases if c.advert is advert and c.decision is ManagerDecision.INVITE]
        assert 6 < len(invited) <= 16
        assert 6 <= sum(c.ends is Stage.INTERVIEW_BOOKED for c in invited) <= 15


@pytest.mark.parametrize("seed", range(20))
def test_everything_happens_in_the_order_that_its_story_needs(seed):
    for case in candidates.cases(seed, ADVERTS, 60):
        submitted_on = london_date(case.moments.submitted_at)
        assert (case.advert.posted_on <= submitted_on) is not case.story.is_before_posting
        assert submitted_on <= case.advert.closes_on
        assert case.moments.submitted_at <= case.moments.arrives_at
        if case.story.replaces is Replacement.LATER:
            assert case.moments.arrives_at < case.moments.changes_at < case.advert.closes_at
        if case.story.replaces is Replacement.AFTER_CLOSING:
            assert case.advert.closes_at < case.moments.changes_at
        if case.story.arrives is Arrival.BEFORE_ADVERT:
            assert case.moments.arrives_at < case.advert.published_at
        if case.story.arrives is Arrival.DURING_REVIEW:
            assert case.moments.submitted_at < case.advert.closes_at
            assert london_date(case.moments.arrives_at) > case.advert.review_on
        if case.story.withdraws is not None:
            assert case.moments.arrives_at < case.moments.changes_at
        assert bool(case.new_files) == (case.story.replaces is not None)


@pytest.mark.parametrize("today", [date(2025, 6, 8), date(2025, 8, 27), date(2025, 10, 21)])
def test_E3_E8_declared_days_lie_where_their_story_says(today):
    left = {
        story.name: story.declares(today).departures[0].left_on
        for story in STORIES
        if story.declares(today).departures
    }
    assert left["anniversary"] == today.replace(year=2020).isoformat()
    assert left["day_before_anniversary"] > left["anniversary"] > left["day_after_anniversary"]
    assert left["month_only"] + "-01" <= left["anniversary"] <= left["month_only"] + "-31"


def test_nobody_has_the_same_name_or_writes_to_a_real_domain():
    cases = candidates.cases(3, ADVERTS, 60)
    people = [case.person for case in cases if not case.story.is_somebody_again]
    assert len({person.name for person in people}) == len(people)
    assert {case.person for case in cases} == set(people)
    assert {person.email.rpartition("@")[2] for person in people} <= {
        "example.org",
        "example.com",
        "example.net",
    }


def test_the_careers_site_stutters_in_every_way():
    assert {story.repeats for story in STORIES} >= set(Repeat)


def test_the_same_file_always_has_the_same_bytes():
    for case in candidates.cases(3, ADVERTS, 12):
        for file in (*case.files, *case.new_files):
            assert file.content() == file.content()
            assert file.document(file.content()).key == file.key
