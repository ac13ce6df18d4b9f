import json
from datetime import UTC, datetime, time

from services.simulator import candidates, managers
from services.simulator.adverts import ADVERTS
from services.simulator.managers import OpenReview
from services.simulator.script import script
from services.simulator.stories.story import Arrival
from shared.calendar import at_london
from shared.contracts import Event, parse

CASES = candidates.cases(7, ADVERTS, 60)
ENTRIES = script(ADVERTS, CASES)


def test_entries_come_in_order_and_the_site_publishes_at_most_25_times_a_vacancy():
    assert [entry.at for entry in ENTRIES] == sorted({entry.at for entry in ENTRIES})
    for advert in ADVERTS:
        mine = [e for e in ENTRIES if e.deeds[0].name.startswith(advert.vacancy)]
        assert len(mine) <= 25


def test_everything_that_is_published_keeps_the_contract():
    for entry in ENTRIES:
        for deed in entry.deeds:
            payload = deed.write(tuple(file.document(file.content()) for file in deed.files))
            event = Event(
                id=deed.event_id(7),
                source="careers.example",
                type=payload.type,
                subject=payload.subject,
                time=entry.at,
                data=payload,
            )
            assert parse(event.to_json(), payload.type).data == payload


def test_an_entry_and_an_event_have_the_same_name_in_every_run():
    again = script(ADVERTS, candidates.cases(7, ADVERTS, 60))
    assert [entry.name for entry in again] == [entry.name for entry in ENTRIES]
    assert len({entry.name for entry in again}) == len(again)
    first = ENTRIES[1].deeds[0]
    assert first.event_id(7) == again[1].deeds[0].event_id(7) != first.event_id(8)


def test_only_the_reused_id_comes_with_another_body():
    bodies: dict[object, set[str]] = {}
    for entry in ENTRIES:
        for deed in entry.deeds:
            payload = deed.write(tuple(file.document(file.content()) for file in deed.files))
            bodies.setdefault(deed.event_id(7), set()).add(payload.model_dump_json())
    reused = [found for found in bodies.values() if len(found) > 1]
    assert len(reused) == sum(case.story.name == "id_reused" for case in CASES) > 0
    phones = {json.loads(body)["candidate"]["phone"] for found in reused for body in found}
    assert phones == {None, "020 7946 0123"}


def test_managers_decide_on_the_three_working_days_from_the_opening_on():
    cases = {case.application: case for case in CASES}
    wanted = [
        case.application
        for case in CASES
        if case.advert.vacancy == "001" and case.decision and case.story.arrives is None
    ]
    review = OpenReview("001", datetime(2025, 6, 26, 8, tzinfo=UTC), frozenset(wanted))
    entries = managers.decide(review, cases)
    assert [entry.at.date().isoformat() for entry in entries] == [
        "2025-06-26",
        "2025-06-27",
        "2025-06-30",
    ]
    decided = [deed.write(()) for entry in entries for deed in entry.deeds]
    assert {reviewed.application for reviewed in decided} == set(wanted)
    assert all(cases[r.application].decision is r.decision for r in decided)
    assert managers.decide(review, cases)[0].name == entries[0].name


def test_whoever_arrives_in_the_review_is_decided_alone_and_later():
    case = next(case for case in CASES if case.story.arrives is Arrival.DURING_REVIEW)
    cases = {case.application: case for case in CASES}
    opened_at = at_london(case.advert.review_on, time(9))
    everybody = frozenset(c.application for c in CASES if c.advert is case.advert)
    name = f"{case.application} reviewed"
    alone, together = (
        [e for e in managers.decide(OpenReview("x", opened_at, who), cases) if _names(e) == [name]]
        for who in (frozenset({case.application}), everybody)
    )
    assert [entry.name for entry in alone] == [entry.name for entry in together]
    assert alone[0].at > case.moments.arrives_at


def _names(entry):
    return [deed.name for deed in entry.deeds]
