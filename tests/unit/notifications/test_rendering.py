"""Every letter says what it must, and nothing that its reader could not know."""

import re
from datetime import timedelta
from email.headerregistry import Address
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from services.notifications import rendering
from services.notifications.letters import File, Problem
from shared.contracts.checks import FindingCode
from shared.contracts.notifications import MessageKind
from tests.support.build_letters import CV, contact, html_of, letter, text_of, written
from tests.support.build_vacancies import vacancy_timetabled
from tests.support.story import NOW

TEMPLATES = Path(rendering.__file__).parent / "templates"
# What several letters say in the same words.
BLOCKS = {"ahead", "layout", "dates", "open_then", "if_wrong", "back"}


@pytest.mark.parametrize("kind", MessageKind)
def test_every_kind_of_message_has_its_templates(kind):
    assert (TEMPLATES / f"{kind}.txt.j2").exists()
    assert (TEMPLATES / f"{kind}.html.j2").exists()


def test_no_template_is_without_a_kind():
    names = {path.name.split(".")[0] for path in TEMPLATES.iterdir()}
    assert names == {*MessageKind, *BLOCKS}


@pytest.mark.parametrize("kind", MessageKind)
def test_every_letter_is_complete_mail_to_one_person(kind):
    message = written(letter(kind))
    assert message["To"].addresses == (Address(addr_spec="ada@example.org"),)
    assert message["From"].addresses[0].addr_spec == "no-reply@police.example"
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"  # C14
    assert str(message["Subject"]).endswith(": Quality Technician")
    assert "Reference app-1" in text_of(message)
    assert text_of(message).startswith("Hello Ada O'Neill,\n")
    assert '<html lang="en-GB"' in html_of(message)
    assert not re.search(r"\n{3,}", text_of(message).strip())


@pytest.mark.parametrize("kind", MessageKind)
def test_no_letter_uses_an_unexplained_word(kind):
    forbidden = r"rejected|verdict|stage|eligibility pass|payload|event|\bNone\b|undefined"
    assert not re.search(forbidden, text_of(written(letter(kind))), re.IGNORECASE)


@pytest.mark.parametrize("kind", MessageKind)
def test_G12_the_same_message_always_has_the_same_id(kind):
    once = written(letter(kind))["Message-ID"]
    assert written(letter(kind), now=NOW + timedelta(days=1))["Message-ID"] == once
    assert written(letter(kind, version=2))["Message-ID"] != once


GOLDEN = {
    MessageKind.ACKNOWLEDGEMENT: (
        "Your reference is app-1.",
        "- You sent it at 10:14am on Monday 20 October 2025. This is the time that counts.",
        "- It reached us at 10:15am on Monday 20 October 2025.",
        "- Applications close at 11:55pm on Tuesday 21 October 2025.",
        "All times are London time.",
        "- Your online application form.",
        "- My CV.pdf, 20 KB, SHA-256 " + "a" * 64,
        "- We are now checking your documents. We are also checking your application against",
        "- The hiring manager will not review applications before Tuesday 28 October 2025.",
        "- Interviews will not start before Tuesday 4 November 2025.",
        "- replace your documents, until 11:55pm on Tuesday 21 October 2025: upload all of them",
        "- withdraw your application",
        "- ask for an adjustment",  # F1
    ),
    MessageKind.SUBMITTED_LATE: (
        "We are sorry, but we cannot consider your application for Quality Technician",
        "it was sent after applications had closed. Thank you for your interest.",
        "- Applications closed at 11:55pm on Tuesday 21 October 2025.",
        "- You sent your application at 10:14am on Monday 20 October 2025.",
        "All times are London time.",
        "by Monday 17 November 2025",
        "A person will look at it.",
    ),
    MessageKind.CLOSING_MOVED: (
        "Your application is safe. You do not need to do anything.",
        "- Applications now close at 11:55pm on Friday 31 October 2025, instead of 11:55pm on Tue",
        "will not review applications before Friday 7 November 2025, instead of Tuesday 28",
        "- Interviews will not start before Friday 14 November 2025, instead of Tuesday 4",
        "to replace your documents, until 11:55pm on Friday 31 October 2025",
    ),
    MessageKind.REVIEW_LATE: (
        "We are sorry",
        "You do not need to do anything. The delay does not count against you.",
        "The review should have started by Tuesday 28 October 2025.",
        "If it has not begun yet, we expect it to start by Tuesday 4 November 2025.",
        "They start 1 week or more after the review. We will email you",
    ),
    MessageKind.DOCUMENTS_PROBLEM: (
        "by 11:55pm on Tuesday 21 October 2025",
        "The rest of your application is safe.",
        "- Your documents: There is no personal statement. Upload one personal statement.",
        "- Personal Statement.pages: It is not a PDF or a Word file. Save it as a PDF",
        "upload all your documents again",
        "we will use the last documents from you that were in order. If you have sent no such",
        "You will not be turned down automatically because of it.",
    ),
    MessageKind.DOCUMENTS_IN_ORDER: (
        "are now in order. You do not need to do anything.",
        "- The hiring manager will not review applications before Tuesday 28 October 2025.",
    ),
    MessageKind.DOCUMENTS_ADVICE: (
        "Most of your personal statement for Quality Technician is the same as your CV.",
        "You may keep it.",
        "We advise you to send another one by 11:55pm on Tuesday 21 October 2025 (London time).",
        "Upload all your documents again",
        "- The hiring manager will not review applications before Tuesday 28 October 2025.",
    ),
    MessageKind.PERSON_IS_CHECKING: (
        "A person is checking your application",
        "You do not need to do anything now.",
        "that a person, not a computer, has to decide. A computer will not turn you down because",
    ),
    MessageKind.PERSON_HAS_CHECKED: (
        "Your application for Quality Technician has been checked and is going ahead.",
        "You do not need to do anything.",
        "- The hiring manager will not review applications before Tuesday 28 October 2025.",
    ),
    MessageKind.NOT_ELIGIBLE: (
        "Thank you for your application for Quality Technician. We are sorry to tell you that",
        "This was decided automatically.",
        "If you left the Met under an early departure scheme and were paid compensation",
        "for 5 years from the date you left",
        "You left the Met on 21 November 2021 under an early departure scheme",
        "We count up to the day you sent your application, Monday 20 October 2025",
        "The first day you may apply",
        "Sunday 22 November 2026.",
        "challenge this decision, tell us by Monday 17 November 2025",  # 28 days
        "A person will look at your application. We aim to decide within 10 working days.",
    ),
    MessageKind.REJECTION_CORRECTED: (
        "A member of our team has corrected what your application says about leaving the Met.",
        "You left the Met on 1 May 2015",
        "Your application is back where it would have been.",
        "yours will get the same review",
    ),
    MessageKind.NOT_SUCCESSFUL: (
        "We are sorry to tell you that your application for Quality Technician was not successful",
        "decided by a person",
        "If you have a question about this, you can reach us at https://careers.example.",
    ),
    MessageKind.INVITATION: (
        "You are invited to an interview",
        "- Interviews will not start before Tuesday 4 November 2025.",
        "- ask for an adjustment",
    ),
    MessageKind.INTERVIEW_BOOKING: (
        "- Day: Tuesday 4 November 2025",
        "- Time: 9am to 9:45am (London time)",
        "- Place of work: Belvedere and Hendon",
        "- Where to come: we will confirm this before the day.",
        "- Who you will meet: an interview panel",
        "- What to bring:",
        "- ask for an adjustment",
        "- tell us that you cannot come, as soon as you can",
    ),
    MessageKind.INTERVIEW_CANCELLATION: (
        "at 9am on Tuesday 4 November 2025 (London time) is cancelled. Please do not come.",
        "We are sorry for any inconvenience.",
    ),
    MessageKind.CHALLENGE_RECEIVED: (
        "You asked for this at 10:14am on Wednesday 22 October 2025 (London time).",
        "We aim to decide by the end of Wednesday 5 November 2025.",
        "- If the person agrees with you, your application will go back to where it would",
    ),
    MessageKind.CHALLENGE_UPHELD: (
        "Your application is back where it would have been.",
        "This was decided by a person. Their reason:",
        "Nobody paid you any compensation.",
        "yours will get the same review",
    ),
    MessageKind.CHALLENGE_DISMISSED: (
        "Thank you for asking us to look again.",
        "we are sorry to tell you that our decision about your application",
        "stays as it was",
        "This was decided by a person. Their reason:",
        "Your letter of release names the compensation.",
    ),
    MessageKind.WITHDRAWAL: (
        "You have withdrawn your application",
        "If you have an interview, we will cancel it. You do not need to do anything.",
    ),
}


@pytest.mark.parametrize(("kind", "phrases"), GOLDEN.items())
def test_G18_N1_each_message_says_what_it_must(kind, phrases):
    text = text_of(written(letter(kind)))
    assert [phrase for phrase in phrases if phrase not in text] == []


@pytest.mark.parametrize("kind", MessageKind)
def test_C4_every_letter_with_a_clock_time_says_that_it_is_londons(kind):
    text = text_of(written(letter(kind)))
    assert not re.search(r"\d[ap]m\b|midnight|midday", text) or "London time" in text


@pytest.mark.parametrize("kind", MessageKind)
def test_no_letter_promises_what_nobody_knows_or_can_ask_for(kind):
    text = text_of(written(letter(kind)))
    assert not re.search(
        r"- Place:|at least 2 people|another time|feedback|the place of your", text
    )


def test_every_kind_of_message_has_its_golden_phrases():
    assert set(GOLDEN) == set(MessageKind)


@pytest.mark.parametrize("code", FindingCode)
def test_D8_every_finding_names_its_file_the_fault_and_the_remedy(code):
    problems = (Problem(code, CV),)
    text = text_of(written(letter(MessageKind.DOCUMENTS_PROBLEM, problems=problems)))
    assert re.search(r"^- My CV\.pdf: [A-Z][^.]+\. ", text, flags=re.MULTILINE)


def test_a_letter_about_an_unknown_explanation_is_not_written():
    with pytest.raises(UndefinedError):
        written(letter(MessageKind.NOT_ELIGIBLE, explanation=None))


def test_C11_a_candidate_without_a_usable_name_is_greeted_without_one():
    text = text_of(
        written(letter(MessageKind.WITHDRAWAL, contact=contact(name="www.evil.example")))
    )
    assert text.startswith("Hello,\n")
    assert "evil" not in text


def test_C8_names_are_escaped_in_html_and_literal_in_text():
    name = "<img src=x onerror=alert(1)> & Co"
    file = File('"><script>alert(2)</script>', 1, "c" * 64)
    changes = {"contact": contact(name=name), "files": (file,)}
    message = written(letter(MessageKind.ACKNOWLEDGEMENT, **changes))
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; Co" in html_of(message)
    assert "<img" not in html_of(message)
    assert "<script" not in html_of(message)
    assert text_of(message).startswith(f"Hello {name},")


def test_a_second_booking_says_that_it_takes_the_place_of_the_first():
    assert "takes the place of" in text_of(written(letter(MessageKind.INTERVIEW_BOOKING, 3)))
    assert "takes the place of" not in text_of(written(letter(MessageKind.INTERVIEW_BOOKING)))


def test_a_title_in_another_script_keeps_the_subject_on_one_line():
    title = "Žurnalist “Fleet” " + "ü" * 150
    message = written(letter(MessageKind.INVITATION, timetable=vacancy_timetabled(title=title)))
    assert message["Subject"] == f"You are invited to an interview: {title}"
    assert message.as_bytes().decode("ascii")
