"""Windows as people write them, and what their weeks count from (W11, C7)."""

from datetime import date

import pytest

from shared.contracts.vacancies import ClosingAnchor, Window
from tests.support.adverts import advert, field, holds, lints, read_vacancy

ON_PAPER = ClosingAnchor.CLOSING_DATE
REAL = ClosingAnchor.ACTUAL_CLOSE


def weeks(low: int, high: int | None = None) -> Window:
    return Window(min_weeks=low, max_weeks=low if high is None else high)


@pytest.mark.parametrize(
    ("printed", "window", "anchor"),
    [
        ("The review begins 1 week after the closing date.", weeks(1), ON_PAPER),
        ("Application review will start one week after the closing date.", weeks(1), ON_PAPER),
        ("The sift starts a week after the closing date.", weeks(1), ON_PAPER),
        ("Shortlisting: 1 to 2 weeks after closing date", weeks(1, 2), ON_PAPER),
        ("Shortlisting takes place 1-2 weeks after the deadline", weeks(1, 2), ON_PAPER),
        ("Managers review forms 1 \u2013 2 weeks after the closing date.", weeks(1, 2), ON_PAPER),
        ("The review starts between one and two weeks after closing.", weeks(1, 2), ON_PAPER),
        ("The review will start two to three weeks from the closing date.", weeks(2, 3), ON_PAPER),
        ("The review starts a fortnight after the closing date.", weeks(2), ON_PAPER),
        ("The review starts 14 days after the closing date.", weeks(2), ON_PAPER),
        ("The review starts 7 to 14 days after the closing date.", weeks(1, 2), ON_PAPER),
        ("The review starts within 2 weeks of the closing date.", weeks(0, 2), ON_PAPER),
        ("The review starts up to 3 weeks after the closing date.", weeks(0, 3), ON_PAPER),
        ("The review starts within 1 to 2 weeks of the closing date.", weeks(1, 2), ON_PAPER),
        ("The review starts no later than 2 weeks after the closing date.", weeks(0, 2), ON_PAPER),
        ("The review starts less than 2 weeks after the closing date.", weeks(0, 2), ON_PAPER),
        ("The review starts at most 2 weeks after the closing date.", weeks(0, 2), ON_PAPER),
        ("The review starts a maximum of 2 weeks after the closing date.", weeks(0, 2), ON_PAPER),
        ("The review starts two-to-three weeks after the closing date.", weeks(2, 3), ON_PAPER),
        ("The review starts 2-to-3 weeks after the closing date.", weeks(2, 3), ON_PAPER),
        ("1 - 2 weeks after the closing date the review starts.", weeks(1, 2), ON_PAPER),
        ("Two weeks after the closing date the manager's review opens.", weeks(2), ON_PAPER),
        ("The review starts 1 week after the vacancy has closed.", weeks(1), REAL),
        ("The review starts 1 to 2 weeks after this vacancy closes.", weeks(1, 2), REAL),
        ("The review starts 1 week following the closure of the campaign.", weeks(1), REAL),
        ("The review starts 1 week once the advert is closed.", weeks(1), REAL),
        ("Review by the manager\nThe review starts 3 weeks after the\nclosing date.", weeks(3),
         ON_PAPER),
    ],
)  # fmt: skip
def test_W11_C7_a_review_window_is_read_with_what_it_counts_from(printed, window, anchor):
    reading = read_vacancy(advert(review=printed))
    promise = field(reading, "review").value
    assert (promise.window, promise.anchor) == (window, anchor)
    assert holds(reading) == {}
    assert lints(reading) == set()


@pytest.mark.parametrize(
    ("printed", "window"),
    [
        ("Interviews start 1 week after the hiring manager's review.", weeks(1)),
        ("Interview dates: 2 to 3 weeks after the review", weeks(2, 3)),
        ("We interview two weeks after the hiring manager review.", weeks(2)),
        ("A fortnight after the manager's review, interviews begin.", weeks(2)),
        ("Three weeks after the review interviews begin.", weeks(3)),
        ("Interviews will be held 21 days after the sift.", weeks(3)),
        ("Interviews begin between two and four weeks after shortlisting.", weeks(2, 4)),
        ("INTERVIEWS: 2 WEEKS AFTER REVIEW", weeks(2)),
    ],
)
def test_W11_an_interview_window_is_read(printed, window):
    reading = read_vacancy(advert(interviews=printed))
    assert field(reading, "interviews").value.window == window
    assert holds(reading) == {}
    assert lints(reading) == set()


def test_W11_both_windows_are_read_from_one_sentence():
    said = (
        "The review starts 1 to 2 weeks after the vacancy has closed and interviews 3 weeks after"
        " the hiring manager review."
    )
    reading = read_vacancy(advert(review=said, interviews=""))
    assert field(reading, "review").value.window == weeks(1, 2)
    assert field(reading, "review").value.anchor is REAL
    assert field(reading, "interviews").value.window == weeks(3)


@pytest.mark.parametrize(
    ("part", "printed", "code"),
    [
        ("review", "The review starts one week later.", "anchor_assumed"),
        ("review", "The review starts about 2 weeks after the closing date.", "vague_window"),
        ("review", "The review starts at least 2 weeks after closing.", "vague_window"),
        ("review", "The review starts no less than 2 weeks after closing.", "vague_window"),
        ("review", "The review starts not less than 2 weeks after closing.", "vague_window"),
        ("review", "The review starts not earlier than 2 weeks after closing.", "vague_window"),
        ("review", "The review starts more than 2 weeks after closing.", "vague_window"),
        ("review", "The review starts over 2 weeks after closing.", "vague_window"),
        ("interviews", "Interviews start one week later.", "anchor_assumed"),
        ("interviews", "Interviews start roughly 3 weeks after the review.", "vague_window"),
        (
            "interviews",
            "Interviews are held no fewer than 3 weeks after the review.",
            "vague_window",
        ),
    ],
)
def test_W11_what_is_vague_is_flagged_and_stays_the_earliest(part, printed, code):
    reading = read_vacancy(advert(**{part: printed}))
    assert field(reading, part).value.window.min_weeks > 0
    assert lints(reading) == {code}
    assert holds(reading) == {}


@pytest.mark.parametrize(
    ("part", "printed", "reason"),
    [
        ("review", "", "no_review_window"),
        ("review", "We look at forms soon.", "no_review_window"),
        ("review", "The review starts 10 days after the closing date.", "not_in_weeks"),
        ("review", "The review starts 5 working days after the closing date.", "not_in_weeks"),
        ("review", "The review starts a month after the closing date.", "not_in_weeks"),
        ("review", "The review starts 3 to 2 weeks after the closing date.", "not_in_weeks"),
        ("review", "The review starts 90 weeks after the closing date.", "not_in_weeks"),
        ("review", "The review starts 1 week after the open day.", "unknown_anchor"),
        ("review", ("The review starts 1 week after the closing date.\n\n"
         "The review starts 2 weeks after the closing date."), "two_review_windows"),
        ("review", ("The review starts 1 week after the closing date.\n\n"
         "The review starts 1 week after the vacancy has closed."), "two_anchors"),
        ("interviews", "", "no_interview_window"),
        ("interviews", "Interviews will be held on 9 June 2026.", "interview_days"),
        ("interviews", "Interviews start 2 weeks after the closing date.", "unknown_anchor"),
        ("interviews", ("Interviews start 2 weeks after the review.\n\n"
         "Interviews start 3 weeks after the review."), "two_interview_windows"),
    ],
)  # fmt: skip
def test_W11_a_window_that_is_missing_or_can_be_read_in_two_ways_is_held(part, printed, reason):
    assert holds(read_vacancy(advert(**{part: printed}))) == {part: reason}


@pytest.mark.parametrize(
    ("part", "printed"),
    [
        ("review", "The review ends 3 weeks after the closing date."),
        ("review", "The review will be complete 3 weeks after the closing date."),
        ("review", "We aim to complete shortlisting within 2 weeks of the closing date."),
        ("review", "Three weeks after the closing date the review is finished."),
        ("review", "Reviews take 2 weeks from the closing date."),
        ("review", "The sift lasts up to 2 weeks from the closing date."),
        ("review", "The review starts 1 week and ends 3 weeks after the closing date."),
        ("review", "The review does not start within 2 weeks of the closing date."),
        ("review", "The review starts, but not within 2 weeks of the closing date."),
        ("review", "No review will start until 2 weeks after the closing date."),
        ("review", "The review starts no earlier than 1 and no later than 3 weeks after closing."),
        ("interviews", "Interviews end 4 weeks after the review."),
        ("interviews", "Interviews conclude 4 weeks after the review."),
    ],
)
def test_W9_W11_weeks_that_are_not_plainly_those_to_a_beginning_are_held(part, printed):
    [held] = read_vacancy(advert(**{part: printed})).held
    assert (held.field, held.held.reason) == (part, "unread_window")
    assert held.held.phrases == (printed.rstrip("."),)


@pytest.mark.parametrize(
    ("part", "printed", "window"),
    [
        ("review", "Completed applications are reviewed 1 week after the closing date.", weeks(1)),
        ("review", "The review starts 1 week after the closing date and takes 2 weeks.", weeks(1)),
        ("review", "Shortlisting takes place 1 week after the closing date.", weeks(1)),
        ("review", "Two weeks after closing the review opens and is soon complete.", weeks(2)),
        ("interviews", "Upon completion of the review, interviews start 2 weeks later.", weeks(2)),
        ("interviews", "Interviews: 2 weeks after the review is complete.", weeks(2)),
        ("interviews", "Interviews begin 2 weeks after completion of the review.", weeks(2)),
        ("interviews", "Two weeks after the review has ended, interviews begin.", weeks(2)),
    ],
)
def test_W9_W11_a_beginning_beside_an_end_is_read(part, printed, window):
    reading = read_vacancy(advert(**{part: printed}))
    assert field(reading, part).value.window == window


def test_W11_a_window_is_never_the_last_number_of_something_longer():
    printed = "The review starts 1&ndash;2 weeks after the closing date."
    assert holds(read_vacancy(advert(review=printed))) == {"review": "no_review_window"}


@pytest.mark.parametrize(
    "printed",
    [
        ("If you have not heard from us within four weeks of the closing date, please assume that"
         " you were not shortlisted."),
        "Shortlisted candidates will be contacted within two weeks of the closing date.",
        "All applicants will be informed of the sift within 3 weeks of the deadline.",
    ],
)  # fmt: skip
def test_W11_when_candidates_hear_of_the_review_is_not_when_it_begins(printed):
    assert holds(read_vacancy(advert(review=printed))) == {"review": "no_review_window"}
    reading = read_vacancy(advert(body=printed))
    assert field(reading, "review").value.window == weeks(1)


@pytest.mark.parametrize(
    "printed",
    [
        "The sift starts within 1 week of the closing date and all will be informed.",
        "Forms will be reviewed within 1 week of the closing date and candidates contacted.",
        "We review forms within 1 week of the closing date, and everybody is notified.",
    ],
)
def test_W11_a_sentence_that_says_when_it_begins_may_say_that_candidates_hear_of_it(printed):
    assert field(read_vacancy(advert(review=printed)), "review").value.window == weeks(0, 1)


@pytest.mark.parametrize(
    ("printed", "anchor", "codes"),
    [
        ("", None, {"anchor_assumed"}),
        ("The review starts 1 week after the open day.", None, {"anchor_assumed"}),
        ("The review starts one week later.", None, {"anchor_assumed"}),
        ("", REAL, set()),
        ("The review starts about 1 week after the vacancy has closed.", None, set()),
    ],
)
def test_C7_weeks_settled_without_what_they_count_from_are_flagged(printed, anchor, codes):
    reading = read_vacancy(advert(review=printed), review=weeks(2), review_anchor=anchor)
    assert lints(reading) == codes
    assert reading.published


def test_W11_a_person_settles_windows_and_anchor():
    reading = read_vacancy(
        advert(review="", interviews=""),
        review=weeks(1, 2), review_anchor=REAL, interviews=weeks(3),
    )  # fmt: skip
    assert reading.published
    assert (reading.published.review, reading.published.review_anchor) == (weeks(1, 2), REAL)
    assert reading.published.interviews == weeks(3)


def test_C7_a_person_settles_only_the_anchor():
    reading = read_vacancy(advert(), review_anchor=REAL)
    assert reading.published
    assert (reading.published.review, reading.published.review_anchor) == (weeks(1), REAL)


def test_W11_the_timetable_is_computed_as_the_worker_will():
    reading = read_vacancy(advert(closing="Closing date: Tuesday 20 October 2026, 11.55pm"))
    assert reading.timetable
    assert reading.timetable.review_promised_on == date(2026, 10, 27)
    assert reading.timetable.interviews_promised_on == date(2026, 11, 10)


def test_a_year_without_bank_holidays_is_held():
    reading = read_vacancy(advert(closing="Closing date: 14 May 2099, 23:55"))
    assert holds(reading) == {"closes_at": "bank_holidays_unknown"}
