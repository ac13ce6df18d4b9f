"""When an advert closes, in the ways people write it (rules.md section 5)."""

from datetime import date, datetime, time

import pytest

from services.vacancies.reading import Settled, Source, VacancyReading, read_advert
from shared.calendar import LONDON
from shared.contracts.vacancies import Employer
from shared.employers import EmployerTerms, terms_of
from tests.support.adverts import advert, field, holds, lints, read_vacancy

# What is printed, and what a London clock shows then.
FORMS = [
    # day first, with every kind of clock time
    ("Applications have to be sent in by 23:55 on 14th May 2026.", "2026-05-14 23:55"),
    ("Closing date: 11:55 pm on Thursday 14th May 2026", "2026-05-14 23:55"),
    ("Closing date: 11.55pm, 14 May 2026", "2026-05-14 23:55"),
    ("Closing date: 14 May 2026 at 11:55 p.m. Late forms are not read.", "2026-05-14 23:55"),
    ("Closing date: 14 May 2026, 23.55", "2026-05-14 23:55"),
    ("Closing date: 14 May 2026, 2355 hrs", "2026-05-14 23:55"),
    ("Closing date: 14 May 2026 1730hours", "2026-05-14 17:30"),
    ("Closing date: 14 May 2026 17:00:00", "2026-05-14 17:00"),
    ("Closing date: 5pm on 14 May 2026", "2026-05-14 17:00"),
    ("Closing date: 5 PM, 14 May 2026", "2026-05-14 17:00"),
    ("Closing date: 5 o'clock in the afternoon of 14 May 2026", "2026-05-14 17:00"),
    ("Closing date: 12 noon on 14 May 2026", "2026-05-14 12:00"),
    ("Closing date: 14 May 2026, 12.00 noon", "2026-05-14 12:00"),
    ("Closing date: noon, 14 May 2026", "2026-05-14 12:00"),
    ("Closing date: midday on Thursday, 14 May 2026", "2026-05-14 12:00"),
    ("Closing date: 14 May 2026 at 09:30", "2026-05-14 09:30"),
    ("Closing date: 14 May 2026, 12.30am", "2026-05-14 00:30"),
    ("Closing date: 14 May 2026 23:55 BST", "2026-05-14 23:55"),
    ("Closing date: 14 January 2026 23:55 (GMT)", "2026-01-14 23:55"),
    # the day in figures, day first
    ("Closing date: 14/05/2026 23:55", "2026-05-14 23:55"),
    ("Closing date: 14/5/26 at 23:55", "2026-05-14 23:55"),
    ("Closing date: 03/04/2026 at 5pm", "2026-04-03 17:00"),
    ("Closing date: 14.05.2026, 11.55pm", "2026-05-14 23:55"),
    ("Closing date: 14-05-2026 23:55", "2026-05-14 23:55"),
    ("Closing date: Thu 14/05/2026 23:55", "2026-05-14 23:55"),
    ("Closing date: 2026-05-14 23:55", "2026-05-14 23:55"),
    # ordinals, broken and whole, abbreviations, and words between
    ("Closing date: 8 th February 2026 at 23:55", "2026-02-08 23:55"),
    ("Closing date: the 1 st of March 2026 at 23:55", "2026-03-01 23:55"),
    ("Closing date: 22ND APRIL 2026 23:55", "2026-04-22 23:55"),
    ("Closing date: 3rd Sept. 2026 at 23:55", "2026-09-03 23:55"),
    ("Closing date: Tues 21st Oct '25 at 23:55", "2025-10-21 23:55"),
    ("Closing date: 21-Oct-2025 23:55", "2025-10-21 23:55"),
    ("Closing date: Wednesday the 31st of December, 2025 at 23:55", "2025-12-31 23:55"),
    ("Closing date: 14 May 2026 (Thursday), 23:55", "2026-05-14 23:55"),
    ("Closing date: 14 May 2026, Thursday, at 23:55", "2026-05-14 23:55"),
    # month first
    ("Closing date: May 14, 2026 at 11:55pm", "2026-05-14 23:55"),
    ("Closing date: Thursday, May 14th 2026, 23:55", "2026-05-14 23:55"),
    ("Closing date: Feb. 27 2026 at 12 noon", "2026-02-27 12:00"),
    # a label, and its value on the next lines or in the next cell
    ("Closing date:\n14 May 2026 at 23:55", "2026-05-14 23:55"),
    ("Closing date and time\n\nThursday 14 May 2026, 23:55", "2026-05-14 23:55"),
    ("Closing date\n14 May 2026\nClosing time\n23:55", "2026-05-14 23:55"),
    ("Deadline\n14 May 2026\n23:55", "2026-05-14 23:55"),
    ("Grade | C | Closing date | 14/05/2026 23:55 | Hours | 36", "2026-05-14 23:55"),
    ("**Closing date:** 14 May 2026 at 23:55", "2026-05-14 23:55"),
    ("- Closing date \u2013 14 May 2026 at 23:55", "2026-05-14 23:55"),
    # sentences
    ("This vacancy closes at 23:55 on 14 May 2026.", "2026-05-14 23:55"),
    ("Please apply by 23:55 on 14 May 2026.", "2026-05-14 23:55"),
    ("Apply no later than 14 May 2026 at 23:55!", "2026-05-14 23:55"),
    ("The deadline is midday on 14 May 2026.", "2026-05-14 12:00"),
    ("At 23:55 on 14 May 2026 this vacancy closes.", "2026-05-14 23:55"),
    ("Open for applications until 23:55 on 14 May 2026", "2026-05-14 23:55"),
    ("Your form has to be returned to us no later than 14 May 2026, 17:00.", "2026-05-14 17:00"),
    ("Last day to apply: 14 May 2026, 23:55", "2026-05-14 23:55"),
    ("Advert expires 14 May 2026 23:55", "2026-05-14 23:55"),
    (("We will be glad to read every application that is received by 23:55\non Thursday\n"
     "14 May 2026."), "2026-05-14 23:55"),
    ("Forms handed in after the closing date of 14 May 2026, 23:55 cannot count.",
     "2026-05-14 23:55"),
    # said twice, alike
    ("Closing date: 14 May 2026\nApplications close at 11.55pm on Thursday 14 May.",
     "2026-05-14 23:55"),
    ("Closing date: 14 May 2026 at 23:55 (11:55pm)", "2026-05-14 23:55"),
    # other days beside it
    ("Closing date: 14 May 2026, 23:55. Start date: 1 July 2026.",
     "2026-05-14 23:55"),
    ("Contract ends: 31 March 2028. Apply before 23:55 on 14 May 2026.",
     "2026-05-14 23:55"),
    # a morning in winter, an evening in summer: London keeps GMT or BST
    ("Closing date: 24 October 2026, 23:55", "2026-10-24 23:55"),
    ("Closing date: 25 October 2026, 23:55", "2026-10-25 23:55"),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "shown"), FORMS)
def test_C1_a_closing_is_read_as_people_write_it(printed, shown):
    reading = read_vacancy(advert(closing=printed))
    closing = field(reading, "closes_at")
    assert f"{closing.value.astimezone(LONDON):%Y-%m-%d %H:%M}" == shown
    assert closing.phrase
    assert holds(reading) == {}
    assert lints(reading) == set()


@pytest.mark.parametrize(
    ("printed", "code", "shown"),
    [
        ("Closing date: midnight on 14 May 2026", "midnight", "14 23:59 BST"),
        ("Closing date: 14 May 2026, 12 midnight", "midnight", "14 23:59 BST"),
        ("Closing date: 14 May 2026, 12am", "midnight", "14 23:59 BST"),
        ("Closing date: 14 May 2026, 00:00", "midnight", "14 23:59 BST"),
        ("Closing date: 14 May 2026, 24:00", "midnight", "14 23:59 BST"),
        ("Closing date: 14 May 2026, 11:55", "clock_time", "14 11:55 BST"),
        ("Closing date: 14 May 2026, 12:00", "clock_time", "14 12:00 BST"),
        ("Closing date: 14 May 2026, 12pm", "clock_time", "14 12:00 BST"),
        ("Closing date: 14 May 2026", "no_closing_time", "14 23:55 BST"),
        ("Closing date: 25 October 2026, 01:30", "clocks_change", "25 01:30 GMT"),
        ("Closing date: 29 March 2026, 01:30", "clocks_change", "29 02:30 BST"),
    ],
)
def test_C1_a_doubtful_clock_time_is_read_so_that_nobody_loses_and_is_flagged(
    printed, code, shown
):
    reading = read_vacancy(advert(closing=printed))
    closes_at = field(reading, "closes_at").value.astimezone(LONDON)
    assert f"{closes_at:%d %H:%M %Z}" == shown
    assert lints(reading) == {code}


def test_C1_without_a_clock_time_it_is_the_employers_own_closing_time():
    def at_five(employer: Employer) -> EmployerTerms:
        return terms_of(employer).model_copy(update={"closing_time": time(17)})

    text = advert(closing="Closing date: 14 May 2026")
    reading = read_advert(text, Settled(), at_five)
    assert isinstance(reading, VacancyReading)
    closing = field(reading, "closes_at")
    assert closing.value.astimezone(LONDON).time() == time(17)
    assert reading.published
    assert reading.published.grace_seconds is None  # the employer's own, as the worker finds it


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("Closing date: Friday 14 May 2026, 23:55", "weekday_disagrees"),
        ("Closing date: 14/05/2026 (Monday) 23:55", "weekday_disagrees"),
        ("Closing date: 31 June 2026, 23:55", "impossible_date"),
        ("Closing date: 05/14/2026, 23:55", "impossible_date"),
        ("Closing date: 29 February 2026, 23:55", "impossible_date"),
        ("Closing date: 0 May 2026, 23:55", "impossible_date"),
        ("Closing date: 14 May 2026, 25:10", "impossible_time"),
        ("Closing date: 14 May 2026, 14:00am", "impossible_time"),
        ("Closing date: 14 May 2026, 5:00", "ambiguous_time"),
        ("Closing date: 14 May 2026, five sharp, that is 5 o'clock", "ambiguous_time"),
        ("Closing date: 14 May 2026, 23:55 GMT", "zone_disagrees"),
        ("Closing date: 14 January 2026, 23:55 BST", "zone_disagrees"),
        ("Closing date: 14 May 2026, 23:55\nPlease apply by 15 May 2026.", "two_closings"),
        ("Closing date: 14 May 2026, 23:55\nApplications close at noon on 14 May 2026.",
         "two_closings"),
        ("The closing date has been moved from 14 May 2026 to 21 May 2026.", "two_closings"),
        ("Closing date: 14 May at 23:55", "no_year"),
        ("Closing date: Thursday 14 May, 23:55", "no_year"),
        ("Closes on Thursday.", "no_closing"),
        ("We close when we have found somebody.", "no_closing"),
        ("", "no_closing"),
    ],
)  # fmt: skip
def test_C1_a_closing_that_can_be_read_in_two_ways_or_none_is_held_with_the_reason(
    printed, reason
):
    reading = read_vacancy(advert(closing=printed))
    assert holds(reading) == {"closes_at": reason}
    assert reading.published is None
    assert reading.timetable is None


@pytest.mark.parametrize(
    ("posted", "closing", "closes_on"),
    [
        ("Posted on 2nd May 2026", "Closing date: 14 May, 23:55", date(2026, 5, 14)),
        ("Posted: Sat 2 May 2026", "Closing date: Thursday 14 May, 23:55", date(2026, 5, 14)),
        ("Date posted: 20/12/2025", "Closing date: 9th January at noon", date(2026, 1, 9)),
        ("Published 14 May 2026", "Closing date: 14 May, 23:55", date(2026, 5, 14)),
    ],
)
def test_C1_the_posting_date_settles_a_closing_without_a_year(posted, closing, closes_on):
    reading = read_vacancy(advert(posted=posted, closing=closing))
    assert field(reading, "closes_at").value.astimezone(LONDON).date() == closes_on
    assert holds(reading) == {}


@pytest.mark.parametrize(
    ("posted", "closing", "held"),
    [
        ("Posted on 20 May 2026", "Closing date: 14 May 2026",
         {"closes_at": "closes_before_posting"}),
        ("Posted on 20 May 2026", "Closing date: 14 May", {"closes_at": "no_year"}),
        ("Posted on 2 May", "Closing date: 14 May",
         {"closes_at": "no_year", "posted_on": "no_year"}),
        ("Posted on Monday 2 May 2026", "Closing date: 14 May 2026",
         {"posted_on": "weekday_disagrees"}),
        ("Posted on 1 May 2026\nPublished 2 May 2026", "Closing date: 14 May 2026",
         {"posted_on": "two_postings"}),
    ],
)  # fmt: skip
def test_D9_posting_and_closing_that_disagree_are_held(posted, closing, held):
    assert holds(read_vacancy(advert(posted=posted, closing=closing))) == held


@pytest.mark.parametrize(
    ("posted", "posted_on"),
    [
        ("Posted on 2nd May 2026", date(2026, 5, 2)),
        ("Date posted\n02/05/2026", date(2026, 5, 2)),
        ("Opening date: Saturday 2 May 2026", date(2026, 5, 2)),
        ("Applications open on May 2, 2026", date(2026, 5, 2)),
        ("Advert date: 2 May", date(2026, 5, 2)),
        ("Posted: 30th November", date(2025, 11, 30)),
        ("Posted two days ago", None),
    ],
)
def test_D9_the_day_of_posting_is_read(posted, posted_on):
    assert field(read_vacancy(advert(posted=posted)), "posted_on").value == posted_on


def test_what_a_person_settles_goes_before_what_is_printed():
    closes_at = datetime(2026, 5, 14, 23, 55, tzinfo=LONDON)
    reading = read_vacancy(advert(closing=""), closes_at=closes_at)
    assert field(reading, "closes_at").value == closes_at
    assert field(reading, "closes_at").source is Source.GIVEN
    assert reading.published


def test_D9_a_closing_settled_before_the_posting_is_held_all_the_same():
    reading = read_vacancy(
        advert(posted="Posted on 20 May 2026"),
        closes_at=datetime(2026, 5, 14, 23, 55, tzinfo=LONDON),
    )
    assert holds(reading) == {"closes_at": "closes_before_posting"}
