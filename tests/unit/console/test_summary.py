from datetime import UTC, datetime, timedelta

import pytest

from services.console import words
from services.console.changes import Cursor
from services.console.picture import Picture
from services.console.show import vacancy_lines
from services.console.summary import Findings, Held, Rejection, _funnel, summary
from services.console.timeline import settled_lines
from services.simulator import candidates
from services.simulator.adverts import ADVERTS
from shared.contracts import Event, Payload, event_id
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationStageChanged,
    Stage,
)
from shared.contracts.interviews import InterviewBooked, InterviewCancelled
from tests.support import builders

NINE = datetime(2025, 10, 28, 9, tzinfo=UTC)


def at(moment: datetime, payload: Payload) -> Event[Payload]:
    return Event(
        id=event_id(moment.isoformat(), payload),
        source="muster/test",
        type=payload.type,
        subject=payload.subject,
        time=moment,
        data=payload,
    )


def moved(stage: Stage, sequence: int, application: str = "000-001") -> ApplicationStageChanged:
    return ApplicationStageChanged(
        application=application, vacancy="000", stage=stage, previous=None, sequence=sequence
    )


def test_dates_are_written_as_a_clock_in_london_shows_them():
    assert words.minute(datetime(2025, 10, 21, 22, 55, tzinfo=UTC)) == "Tue 21 Oct 2025 23:55"
    assert words.minute(datetime(2025, 10, 28, 9, 0, tzinfo=UTC)) == "Tue 28 Oct 2025 09:00"


@pytest.mark.parametrize("text", ["12", "12.", ".7", "x.y", "1.2.3", ""])
def test_a_cursor_that_was_not_printed_by_us_is_refused(text):
    with pytest.raises(ValueError, match=r"12345\.678"):
        Cursor.read(text)


def test_a_cursor_is_read_as_it_was_written():
    assert Cursor.read(str(Cursor(812, 77))) == Cursor(812, 77)


def test_the_latest_stage_counts_in_whatever_order_the_changes_come():
    picture = Picture()
    for stage, sequence in ((Stage.UNDER_REVIEW, 3), (Stage.RECEIVED, 1), (Stage.WITHDRAWN, 4)):
        picture.add(at(NINE, moved(stage, sequence)))
    assert picture.vacancies["000"].at(Stage.WITHDRAWN) == ["000-001"]
    assert picture.vacancies["000"].at(Stage.UNDER_REVIEW) == []


def test_a_cancelled_interview_is_not_the_first():
    picture = Picture()
    for application, hour in (("000-001", 9), ("000-002", 10)):
        starts_at = datetime(2025, 11, 7, hour, tzinfo=UTC)
        ends_at = starts_at + timedelta(minutes=45)
        booked = InterviewBooked(
            application=application,
            vacancy="000",
            starts_at=starts_at,
            ends_at=ends_at,
            location="x",
        )
        picture.add(at(NINE, booked))
    cancelled = InterviewCancelled(
        application="000-001", vacancy="000", starts_at=NINE, ends_at=NINE, sequence=1
    )
    picture.add(at(NINE, cancelled))
    assert picture.vacancies["000"].first_interview_at == datetime(2025, 11, 7, 10, tzinfo=UTC)


def test_what_is_shown_of_a_vacancy_fits_a_terminal():
    picture = Picture()
    first = builders.vacancy_timetabled(vacancy="000", version=1)
    moved_on = {
        "version": 2,
        "closes_at": first.closes_at + timedelta(days=7),
        "title": "Head of Business Support and of Everything Else, Fleet Services",
        "review_latest_on": first.review_promised_on + timedelta(days=14),
    }
    for made in (first, first.model_copy(update=moved_on)):
        picture.add(at(NINE, made))
    for number in range(40):
        picture.add(at(NINE, moved(Stage.READY_FOR_REVIEW, 1, f"000-{number:03}")))
    vacancy = picture.vacancies["000"]
    vacancy.review_opened_at = NINE
    asking = vacancy.at(Stage.READY_FOR_REVIEW)
    shown = list(vacancy_lines(vacancy, asking))
    assert max(map(len, shown)) <= 80
    assert any(f"what adjustment they need ({len(asking)}): 000-" in line for line in shown)
    assert any(line.startswith("  review ") and line.endswith("2025 09:00") for line in shown)


def test_C7_a_vacancy_that_was_extended_after_its_closing_has_not_closed_yet():
    picture = Picture()
    first = builders.vacancy_timetabled(vacancy="000")
    later = first.last_accepted_at + timedelta(days=7)
    closed = builders.vacancy_closed("000", closed_at=first.last_accepted_at)
    extended = first.model_copy(update={"version": 2, "last_accepted_at": later})
    for said, closed_at in (
        (first, None),
        (closed, first.last_accepted_at),
        (extended, None),
        (closed.model_copy(update={"closed_at": later}), later),
    ):
        picture.add(at(NINE, said))
        vacancy = picture.vacancies["000"]
        assert vacancy.closed_at == closed_at
        [line] = [line for line in vacancy_lines(vacancy, []) if line.startswith("  closing ")]
        assert line.endswith("not yet") is (closed_at is None)


def test_C7_who_is_refused_and_then_accepted_is_counted_once_in_the_funnel():
    picture = Picture()
    refused, accepted = builders.application_refused, builders.application_accepted
    for said in (
        refused("000-001", vacancy="000"),
        moved(Stage.REFUSED, 1, "000-001"),
        accepted("000-001", vacancy="000"),
        moved(Stage.RECEIVED, 2, "000-001"),
        refused("000-002", vacancy="000"),
        moved(Stage.REFUSED, 1, "000-002"),
    ):
        picture.add(at(NINE, said))
    lines = [" ".join(line.split()) for line in _funnel([*picture.vacancies.values()])]
    assert lines[1:4] == ["submitted 2 2", "refused, too late 1 1", "accepted 1 1"]


def test_a_timeline_is_the_same_however_fast_the_machine_was():
    moments = [NINE + timedelta(seconds=n) for n in range(3)]
    received = moved(Stage.RECEIVED, 1)
    ready = moved(Stage.READY_FOR_REVIEW, 2)
    accepted = builders.application_accepted(application="000-001")
    assert isinstance(accepted, ApplicationAccepted)
    quick = [at(NINE, ready), at(NINE, accepted)]
    slow = [at(m, p) for m, p in zip(moments, (accepted, received, ready), strict=True)]
    told = [[line.text for line in settled_lines(events)] for events in (quick, slow)]
    assert told[0] == told[1]
    assert told[0][-1] == "stage: ready for review"


def test_the_summary_names_every_application_that_went_astray():
    cases = candidates.cases(1, ADVERTS, 12)
    astray = next(case for case in cases if case.ends)
    picture = Picture()
    for case in cases:
        if case is astray or case.ends is None:
            continue
        stage = ApplicationStageChanged(
            application=case.application,
            vacancy=case.advert.vacancy,
            stage=case.ends,
            previous=None,
            sequence=1,
        )
        picture.add(at(NINE, stage))
    findings = Findings(
        seed=1,
        until=NINE,
        cases=cases,
        picture=picture,
        rejections=[Rejection("001-007", "You left on 13 June 2020.")],
        held=[Held("intake", "id_conflict", 1)],
        example="001-001",
        timeline=[],
    )
    text = "\n".join(summary(findings))
    assert findings.astray == [astray]
    assert "35 of 36 applications ended where their story says" in text
    assert f"{astray.application} ({astray.story.name}) ended nowhere" in text
    assert "001-007    You left on 13 June 2020." in text
    assert not {case.person.name for case in cases if case.person.name in text}
