"""Times, sizes and hostile names in plain words."""

from datetime import UTC, date, datetime

import pytest

from services.notifications import wording
from shared.contracts.checks import FindingCode
from shared.contracts.notifications import MessageKind
from tests.support.build_letters import letter, text_of, written
from tests.support.operator_files import employers_file


@pytest.mark.parametrize(
    ("utc", "words"),
    [
        ("2025-10-21T22:55:59", "11:55pm on Tuesday 21 October 2025"),  # BST
        ("2025-10-28T09:00:00", "9am on Tuesday 28 October 2025"),  # GMT
        ("2025-06-19T11:00:30", "midday on Thursday 19 June 2025"),
        ("2025-06-19T11:30:00", "12:30pm on Thursday 19 June 2025"),
        ("2025-06-18T23:00:30", "midnight at the start of Thursday 19 June 2025"),
        ("2025-01-01T00:05:00", "12:05am on Wednesday 1 January 2025"),
    ],
)
def test_times_are_londons_as_people_write_them(utc, words):
    assert wording.moment(datetime.fromisoformat(utc).replace(tzinfo=UTC)) == words


def test_dates_have_no_leading_zero():
    assert wording.day(date(2025, 11, 4)) == "Tuesday 4 November 2025"


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1 KB"), (20_480, "20 KB"),
     (999_499, "999 KB"), (999_500, "1.0 MB"), (12_345_678, "12.3 MB")],
)  # fmt: skip
def test_sizes_are_rounded_for_people(count, words):
    assert wording.size(count) == words


def test_every_finding_says_what_is_wrong_and_what_to_do():
    assert set(wording.FINDINGS) == set(FindingCode)
    assert all(wrong.endswith(".") and do.endswith(".") for wrong, do in wording.FINDINGS.values())


def test_letters_call_the_employer_what_its_settings_call_it(tmp_path):
    with employers_file(tmp_path, "Metropolitan Police", "The Yard"):
        assert "The Yard" in text_of(written(letter(MessageKind.ACKNOWLEDGEMENT)))


@pytest.mark.parametrize(
    "name", ["Ada O'Neill", "Jean-Luc", "J", "Cher", "Zoë", "St. John Smith", "J.Smith", "李雷"]
)
def test_C17_names_of_people_are_greeted_as_they_are(name):
    assert wording.greeting(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "http://evil.example/login",
        "visit WWW.evil.example",
        "evil.example",
        "ｗｗｗ．evil．com",  # noqa: RUF001 - full-width letters, which a reader takes for a link
        "pay@evil.example",
        "call 0800 123 456",
    ],
)
def test_C13_a_name_that_is_a_link_or_a_number_is_not_greeted(name):
    assert wording.greeting(name) == ""


@pytest.mark.parametrize("name", ["\u200b\u200b", " \u3000 ", "\u202e", "\u200d", "\x00\x07"])
def test_C11_a_name_without_anything_visible_is_not_greeted(name):
    assert wording.greeting(name) == ""


@pytest.mark.parametrize("gap", ["\r\n", "\x85", "\u2028", "\u2029", "\t", "\x0b"])
def test_a_name_is_one_line(gap):
    assert wording.greeting(f"Ann{gap}Bcc: x") == "Ann Bcc: x"


@pytest.mark.parametrize("name", ["{{7*7}}", "{% import os %}", "${7}", "((field))", "<script>"])
def test_C8_C10_a_name_that_looks_like_code_stays_as_it_is(name):
    assert wording.greeting(name) == name


def test_C12_a_long_name_is_cut_and_a_flood_of_marks_thinned_out():
    assert wording.greeting("x" * 5000) == "x" * 60 + "…"
    assert len(wording.greeting("A" + "\u0301" * 500)) < 10
    torn = wording.greeting("x" * 59 + "e\u0323\u0302" + "y" * 100)
    assert torn == "x" * 59 + "ệ…"


def test_C12_a_family_of_emoji_stays_together():
    assert wording.greeting("👩‍👩‍👧 Smith") == "👩‍👩‍👧 Smith"


def test_C12_a_right_to_left_name_does_not_turn_the_words_around_it():
    assert wording.greeting("محمد علي") == "\u2068محمد علي\u2069"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("My CV.final.PDF", "My CV.final.PDF"),
        ("cv\u202efdp.exe", "cvfdp.exe"),  # B30
        ("a\r\nb.pdf", "a b.pdf"),
        ("x" * 4000, "x" * 100 + "…"),  # B29
        ("\x00", "a file without a name"),
        ("http://evil.example", "http:\u2060/\u2060/evil.example"),
    ],
)
def test_B29_B30_a_file_name_is_shown_as_text_on_one_line(name, shown):
    assert wording.file_name(name) == shown
