"""Words that look like a closing or a figure and mean another: read right or held, never wrong."""

import pytest

from shared.calendar import LONDON
from tests.support.adverts import advert, field, holds, lints, read_vacancy


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("14 May 2026 at 08:00 in the evening", "20:00"),
        ("14 May 2026 at 5:30 in the afternoon", "17:30"),
        ("14 May 2026 at 20:00 in the evening", "20:00"),
        ("14 May 2026 at 09:30 in the morning", "09:30"),
        ("14 May 2026 at 00:30 in the morning", "00:30"),
        ("14 May 2026 at 23:55 at night", "23:55"),
    ],
)
def test_C1_the_part_of_the_day_behind_a_clock_time_counts(printed, shown):
    reading = read_vacancy(advert(closing=f"Closing date: {printed}"))
    assert f"{field(reading, 'closes_at').value.astimezone(LONDON):%H:%M}" == shown
    assert lints(reading) == set()


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("14 May 2026 at 12:30 at night", "ambiguous_time"),
        ("2026-05-14T22:55:00Z", "zone_disagrees"),
        ("14 May 2026, 17:00 CET", "zone_disagrees"),
        ("14 January 2026, 17:00 GMT+1", "zone_disagrees"),
        ("14 January 2026, 17:00 GMT-1", "zone_disagrees"),
        ("2026-01-14T17:00+01:00", "zone_disagrees"),
    ],
)
def test_C1_a_clock_time_of_another_zone_or_half_of_the_day_is_held(printed, reason):
    assert holds(read_vacancy(advert(closing=f"Closing date: {printed}"))) == {"closes_at": reason}


def test_C1_universal_time_is_londons_in_winter():
    reading = read_vacancy(advert(closing="Closing date: 2026-01-14T23:55:00Z"))
    assert f"{field(reading, 'closes_at').value:%H:%M}" == "23:55"


OPENINGS = (
    "Do not apply before 14 May 2026, 09:00.",
    "Applications will not be accepted before 09:00 on 14 May 2026.",
    "We can't have applications sent in before 14 May 2026.",
)


@pytest.mark.parametrize("printed", OPENINGS)
def test_C1_a_day_before_which_nobody_may_apply_is_no_closing(printed):
    assert holds(read_vacancy(advert(closing=printed))) == {"closes_at": "no_closing"}
    reading = read_vacancy(advert(closing=f"{printed} Closing date: 28 May 2026, 23:55."))
    assert f"{field(reading, 'closes_at').value.astimezone(LONDON):%d %H:%M}" == "28 23:55"


def test_A1_thousands_apart_from_their_pounds_are_not_a_salary_of_29_pounds():
    reading = read_vacancy(advert(salary="Basic \u00a329 000, top of the scale \u00a332 150"))
    assert field(reading, "salary").value is None
    assert lints(reading) == {"salary_incomplete"}


# None of them is everybody's last day to apply.
LOOKALIKES = (
    "Applications submitted before 14 May 2026 will be read first.",
    "Applications received by 14 May 2026 will be given priority.",
    "Applications submitted by 14 May 2026 may be sifted early.",
    "Early applications will be considered first from 14 May 2026.",
    "Early application deadline: 14 May 2026",
    "We encourage you to apply by 14 May 2026.",
    "Interview date: 14 May 2026",
    "A briefing will be held on 14 May 2026.",
    "The closing date for the briefing is 14 May 2026.",
    "Please apply before the briefing on 14 May 2026.",
    "Closing date for booking a place on the familiarisation evening: 14 May 2026",
    "Shortlisting deadline: 14 May 2026",
    "Please submit questions by 14 May 2026.",
    "Deadline for requests for reasonable adjustments: 14 May 2026, 12 noon.",
    "Apply for vetting by 14 May 2026.",
    "You must get your Level 3 by 14 May 2026.",
    "Payroll deadline: 14 May 2026",
    "Offers expire on 14 May 2026.",
    "This station closes on 14 May 2026 and its staff move to Harlow.",
    "Candidates who apply must turn 18 before 14 May 2026.",
    "You can only apply if you joined before 14 May 2026.",
    "We will return your documents by 14 May 2026.",
    "Applications will be reviewed and returned by 14 May 2026.",
    "If your application was submitted before 14 May 2026 you cannot apply again.",
)


@pytest.mark.parametrize("printed", LOOKALIKES)
def test_C1_a_last_day_for_something_else_than_applying_is_no_closing(printed):
    assert holds(read_vacancy(advert(closing=printed))) == {"closes_at": "no_closing"}
    reading = read_vacancy(advert(closing=f"{printed}\n\nClosing date: 28 May 2026, 23:55."))
    assert f"{field(reading, 'closes_at').value.astimezone(LONDON):%d %H:%M}" == "28 23:55"


@pytest.mark.parametrize(
    "printed", ["The office closes at 5pm.", "Lines close at 5pm on Fridays."]
)
def test_C1_the_hour_at_which_an_office_closes_is_not_that_of_the_vacancy(printed):
    reading = read_vacancy(advert(closing=f"Closing date: 14 May 2026, 23:55. {printed}"))
    assert f"{field(reading, 'closes_at').value.astimezone(LONDON):%d %H:%M}" == "14 23:55"


def test_C1_an_hour_printed_apart_from_the_day_is_to_be_looked_at():
    printed = "Closing date: 14 May 2026. Please apply before 5pm if you want a reply that day."
    assert "clock_time" in lints(read_vacancy(advert(closing=printed)))


@pytest.mark.parametrize(
    "printed",
    [
        "Our strategy published 3 May 2026 sets our aims.",
        "Pay figures, published on 3 May 2026, are under review.",
        "The garage opened on 3 May 2026.",
    ],
)
def test_D9_a_day_on_which_something_else_was_published_or_opened_is_no_posting(printed):
    assert field(read_vacancy(advert(posted=printed)), "posted_on").value is None


@pytest.mark.parametrize("weeks", ["1.5", "2/3", "half a"])
def test_W11_a_part_of_a_week_or_a_choice_is_never_read_as_the_figure_behind_it(weeks):
    printed = f"The review starts {weeks} week after the closing date."
    assert holds(read_vacancy(advert(review=printed))) == {"review": "no_review_window"}


def test_C1_what_looks_like_a_closing_is_shown_where_none_is_printed():
    [held] = read_vacancy(advert(closing=LOOKALIKES[0])).held
    assert held.held.phrases == (LOOKALIKES[0],)


@pytest.mark.parametrize(
    "printed",
    [
        "Closing date for internal candidates is 14 May 2026; for external ones 28 May 2026.",
        "Internal closing date: 14 May 2026\nExternal closing date: 28 May 2026",
        "Closing date (internal applicants only): 14 May 2026",
        "Closing date: 14 May 2026 (internal), 28 May 2026 (external)",
        "Closing date: 28 May 2026\n\nServing officers have to apply by 14 May 2026.",
    ],
)
def test_C1_a_closing_of_internal_or_external_applicants_is_held_with_its_words(printed):
    [held] = read_vacancy(advert(closing=printed)).held
    assert (held.field, held.held.reason) == ("closes_at", "closing_for_some")
    assert all(phrase in " ".join(printed.split()) for phrase in held.held.phrases)
    assert held.held.phrases


def test_C1_a_closing_of_internal_and_external_applicants_alike_is_everybodys():
    printed = "Internal and external applicants must apply by 23:55 on 14 May 2026."
    assert holds(read_vacancy(advert(closing=printed))) == {}


@pytest.mark.parametrize(
    ("closing", "reason"),
    [
        ("Closing date: 14 May 2025, 23:55", "closes_before_posting"),
        ("Closing date: 14 May 2027, 23:55", "closes_long_after_posting"),
        ("Closing date: 14 May 2206", "impossible_date"),
        ("Closing date: 14 May 20026", "impossible_date"),
        ("Closing date: 14 May 202", "impossible_date"),
        ("Closing date: 14 May 1926", "impossible_date"),
        ("Closing date: Wednesday 14 May 2026", "weekday_disagrees"),
    ],
)
def test_D9_a_mistyped_year_is_held_and_never_replaced_by_the_year_of_posting(closing, reason):
    reading = read_vacancy(advert(posted="Posted on 2 May 2026", closing=closing))
    assert holds(reading) == {"closes_at": reason}


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("13th - 14th May 2026", "no_single_day"),
        ("14/15 May 2026", "no_single_day"),
        ("Thursday 14 or Friday 15 May 2026, 23:55", "no_single_day"),
        ("week commencing 11 May 2026", "no_closing"),
        ("w/e 15 May 2026", "no_single_day"),
        ("midnight between 14 and 15 May 2026", "no_single_day"),
        ("two weeks from 14 May 2026", "no_single_day"),
        ("not before 14 May 2026", "no_single_day"),
        ("on or after 14 May 2026", "no_single_day"),
        ("around 14 May 2026", "no_single_day"),
        ("provisionally 14 May 2026", "no_single_day"),
        ("TBC, likely 14 May 2026", "no_single_day"),
        ("14 May 2026, close of business", "unread_time"),
        ("COB 14 May 2026", "unread_time"),
        ("14 May 2026, end of the working day", "unread_time"),
        ("14 May 2026 at half past five", "unread_time"),
        ("14 May 2026 at half past 5pm", "unread_time"),
        ("14 May 2026 at five o'clock", "unread_time"),
        ("14 May 2026 at 5 in the afternoon", "unread_time"),
        ("14 May 2026 at 5", "unread_time"),
        ("morning of 14 May 2026", "unread_time"),
        ("1 minute past midnight on 14 May 2026", "unread_time"),
        ("14 May 2026 at 23h55", "unread_time"),
    ],
)
def test_C1_a_range_of_days_or_words_that_no_clock_shows_are_held(printed, reason):
    assert holds(read_vacancy(advert(closing=f"Closing date: {printed}"))) == {"closes_at": reason}


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("14 May 2026, 2355", "23:55"),
        ("2355 on 14 May 2026", "23:55"),
        ("14 May 2026 at 2355h", "23:55"),
        ("14 May 2026, 23.55hrs", "23:55"),
        ("close of business (5pm) on 14 May 2026", "17:00"),
        ("noon on 14 May 2026", "12:00"),
        ("12noon on 14 May 2026", "12:00"),
    ],
)
def test_C1_a_clock_time_without_its_colon_is_read(printed, shown):
    reading = read_vacancy(advert(closing=f"Closing date: {printed}"))
    assert f"{field(reading, 'closes_at').value.astimezone(LONDON):%H:%M}" == shown
    assert lints(reading) <= {"clock_time"}


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("Interviews: 14th - 16th May 2026", "interview_days"),
        ("Interviews will be held w/c 3rd November 2026.", "interview_days"),
        ("Interviews week commencing 3 November", "no_interview_window"),
        ("Interviews in early June", "no_interview_window"),
    ],
)
def test_W11_interviews_on_days_or_in_a_week_are_held_with_their_words(printed, reason):
    [held] = read_vacancy(advert(interviews=printed)).held
    assert (held.field, held.held.reason) == ("interviews", reason)
    assert held.held.phrases
    assert all(phrase in printed for phrase in held.held.phrases)


def test_W11_interviews_printed_in_weeks_and_as_days_are_to_be_looked_at():
    printed = "Interviews will be held on 9th - 11th June 2026, 2 weeks after the review."
    assert lints(read_vacancy(advert(interviews=printed))) == {"interview_days"}


PAY = "Basic \u00a329,000, top of the scale \u00a332,150"


@pytest.mark.parametrize(
    "printed",
    [
        f"{PAY}, location allowance \u00a3125 a month",
        f"{PAY}, location allowance \u00a3125 pcm",
        f"{PAY}, monthly location allowance of \u00a3125",
        f"{PAY}, location allowance up to \u00a31,500",
        "Basic \u00a32,400 a month, top of the scale \u00a32,700 a month",
        "Basic \u00a315 an hour, top of the scale \u00a318 an hour",
        "Basic \u00a329,000 pro rata, top of the scale \u00a332,150",
    ],
)
def test_A1_a_figure_by_the_month_or_the_hour_is_held_and_not_added_to_a_years(printed):
    assert holds(read_vacancy(advert(salary=printed))) == {"salary": "salary_not_by_the_year"}


@pytest.mark.parametrize("figure", ["\u00a31,500.50", "\u00a31.5k", "1,500"])
def test_A1_an_allowance_whose_figure_is_not_read_leaves_the_salary_out(figure):
    reading = read_vacancy(advert(salary=f"{PAY}, location allowance {figure}"))
    assert field(reading, "salary").value is None
    assert lints(reading) == {"salary_incomplete"}


def test_A1_figures_by_the_year_and_paid_by_the_month_are_a_salary():
    printed = f"{PAY} a year, paid monthly; location allowance \u00a31,500 p.a."
    assert field(read_vacancy(advert(salary=printed)), "salary").value.starting == 30_500
