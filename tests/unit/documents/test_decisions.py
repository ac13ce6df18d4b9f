"""What a set of documents amounts to (D1 to D6, D8)."""

import pytest

from services.documents.decisions import DOUBTS, FAULTS, Complete, Faulty, Unclear, label
from services.documents.labels import label_in
from shared.contracts.applications import Role
from shared.contracts.checks import DocumentsOutcome, Finding, FindingCode
from tests.support.build_documents import (
    CV,
    STATEMENT,
    UNLABELLED,
    WORDS,
    a_document,
    codes,
    judge,
)


@pytest.mark.parametrize("documents", [(CV, STATEMENT), (STATEMENT, CV)])
def test_D1_one_cv_and_one_statement_are_complete_in_any_order(documents):
    assert judge(documents) == Complete()


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ((), {("cv_missing", None), ("statement_missing", None)}),
        ((CV,), {("statement_missing", None)}),
        ((STATEMENT,), {("cv_missing", None)}),
    ],
)
def test_D1_each_missing_part_is_a_finding_of_its_own(documents, expected):
    assert codes(*documents) == expected
    assert isinstance(judge(documents), Faulty)


def test_D1_a_second_statement_is_one_too_many():
    other = a_document(Role.PERSONAL_STATEMENT, "other.pdf")
    assert codes(CV, STATEMENT, other) == {("second_statement", 2)}


def test_D1_a_damaged_part_is_damaged_but_not_missing():
    broken = a_document(Role.CV, problem=FindingCode.DAMAGED)
    assert codes(broken, STATEMENT) == {("damaged", 0)}


def test_D2_two_different_cvs_are_one_too_many():
    assert codes(CV, STATEMENT, a_document(Role.CV, "other.pdf")) == {("second_cv", 2)}


@pytest.mark.parametrize(
    ("role", "also"),
    [
        (Role.PERSONAL_STATEMENT, set()),
        (Role.CV, {("statement_missing", None)}),
        (Role.UNLABELLED, {("statement_missing", None)}),
        (Role.COMBINED, {("statement_missing", None)}),
    ],
)
@pytest.mark.parametrize("same", ["bytes", "words"])
def test_D2_the_cv_again_is_found_whatever_its_label_or_format(role, also, same):
    if same == "bytes":
        copy = a_document(role, "copy.docx", sha256=CV.sha256, text_sha256="other")
    else:
        copy = a_document(role, "copy.docx", text_sha256=CV.inspection.text_sha256)
    assert codes(CV, copy) == {("copy_of_cv", 1)} | also
    assert isinstance(judge((CV, copy)), Faulty)


def test_D2_the_copy_is_the_one_that_is_not_labelled_cv_even_if_it_comes_first():
    copy = a_document(Role.PERSONAL_STATEMENT, sha256=CV.sha256)
    assert codes(copy, CV) == {("copy_of_cv", 0)}


def test_D2_two_unreadable_scans_are_no_copies_of_each_other():
    scans = [
        a_document(role, problem=FindingCode.NO_TEXT)
        for role in (Role.CV, Role.PERSONAL_STATEMENT)
    ]
    assert codes(*scans) == {("no_text", 0), ("no_text", 1)}


def test_D2_two_empty_files_are_empty_and_no_copies():
    empty = [
        a_document(role, sha256="of nothing", problem=FindingCode.EMPTY)
        for role in (Role.CV, Role.PERSONAL_STATEMENT)
    ]
    assert codes(*empty) == {("empty", 0), ("empty", 1)}


@pytest.mark.parametrize(
    ("shingles", "expected"),
    [
        (WORDS, {("near_copy_of_cv", 1)}),
        (WORDS | frozenset(range(1000, 1500)), {("near_copy_of_cv", 1)}),  # CV after a cover page
        (frozenset(range(20, 120)), {("near_copy_of_cv", 1)}),  # 80 of 100 in common
        (frozenset(range(21, 121)), set()),  # 79 of 100
        (frozenset(range(19)), set()),  # too short to tell
        (frozenset(), set()),
    ],
)
def test_D2_nearly_equal_words_are_a_warning_and_change_nothing(shingles, expected):
    cv = a_document(Role.CV, shingles=WORDS)
    statement = a_document(Role.PERSONAL_STATEMENT, shingles=shingles)
    assert codes(cv, statement) == expected
    assert isinstance(judge((cv, statement)), Complete)


@pytest.mark.parametrize("problem", sorted(FAULTS - {FindingCode.CV_MISSING}))
def test_D3_what_the_candidate_can_cure_is_a_fault(problem):
    verdict = judge((CV, a_document(Role.PERSONAL_STATEMENT, problem=problem)))
    assert verdict == Faulty((Finding(code=problem, document=1),))


@pytest.mark.parametrize(
    "problem", [FindingCode.NO_TEXT, FindingCode.NOT_AS_SENT, FindingCode.NOT_INSPECTED]
)
def test_D5_what_only_a_person_can_see_is_unclear(problem):
    verdict = judge((CV, a_document(Role.PERSONAL_STATEMENT, problem=problem)))
    assert verdict == Unclear((Finding(code=problem, document=1),))


@pytest.mark.parametrize(
    ("role", "name", "title", "expected"),
    [
        (Role.CV, "upload.pdf", Role.UNLABELLED, Role.CV),
        (Role.UNLABELLED, "My.CV.final.PDF", Role.UNLABELLED, Role.CV),
        (Role.UNLABELLED, "upload.pdf", Role.PERSONAL_STATEMENT, Role.PERSONAL_STATEMENT),
        (Role.CV, "cv.pdf", Role.CV, Role.CV),
        (Role.UNLABELLED, "upload.pdf", Role.UNLABELLED, Role.UNLABELLED),
        (Role.CV, "personal statement.pdf", Role.UNLABELLED, Role.UNLABELLED),
        (Role.CV, "upload.pdf", Role.PERSONAL_STATEMENT, Role.UNLABELLED),
        (Role.UNLABELLED, "cv.pdf", Role.PERSONAL_STATEMENT, Role.UNLABELLED),
        (Role.COMBINED, "upload.pdf", Role.UNLABELLED, Role.COMBINED),
        (Role.COMBINED, "CV and personal statement.pdf", Role.COMBINED, Role.COMBINED),
        (Role.COMBINED, "cv.pdf", Role.CV, Role.UNLABELLED),
        (Role.CV, "CV and personal statement.pdf", Role.UNLABELLED, Role.UNLABELLED),
    ],
)
def test_D4_role_field_file_name_and_title_agree_or_nobody_guesses(role, name, title, expected):
    assert label(a_document(role, name, title=title)) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cv.pdf", Role.CV),
        ("JaneDoeCV2.pdf", Role.CV),
        ("CVJaneDoe_2025.docx", Role.CV),
        ("jane-doe-c.v.doc", Role.CV),
        ("Résumé Jane.pdf", Role.CV),
        ("CurriculumVitae.pdf", Role.CV),
        ("PersonalStatement.docx", Role.PERSONAL_STATEMENT),
        ("personal_statement_v3.pdf", Role.PERSONAL_STATEMENT),
        ("Supporting Statement.pdf", Role.PERSONAL_STATEMENT),
        ("Statement of suitability.pdf", Role.PERSONAL_STATEMENT),
        ("Statement of Results 2019.pdf", Role.UNLABELLED),
        ("bank statement.pdf", Role.UNLABELLED),
        ("CV+Statement.pdf", Role.COMBINED),
        ("covid certificate.pdf", Role.UNLABELLED),
        ("Presume.pdf", Role.UNLABELLED),
        ("\u202efdp.exe", Role.UNLABELLED),
        ("../../etc/passwd", Role.UNLABELLED),
        ("x" * 4000, Role.UNLABELLED),
    ],
)
def test_D4_labels_in_file_names_are_read_as_people_write_them(name, expected):
    assert label_in(name) is expected


def test_D4_an_unlabelled_document_may_be_the_missing_one_so_a_person_looks():
    assert judge((CV, UNLABELLED)) == Unclear(
        (Finding(code=FindingCode.LABEL_UNCLEAR, document=1),)
    )


def test_D4_one_file_as_both_goes_to_a_person():
    combined = a_document(Role.COMBINED)
    assert judge((combined,)) == Unclear((Finding(code=FindingCode.COMBINED, document=0),))


def test_D2_the_cv_in_the_place_of_the_statement_is_one_fault_and_not_two():
    copy = a_document(Role.PERSONAL_STATEMENT, sha256=CV.sha256, title=Role.CV)
    assert codes(CV, copy) == {("copy_of_cv", 1)}


def test_D8_a_fault_outweighs_a_doubt_because_it_can_be_cured_in_time():
    scan = a_document(Role.PERSONAL_STATEMENT, problem=FindingCode.NO_TEXT)
    locked = a_document(Role.CV, problem=FindingCode.PASSWORD_LOCKED)
    assert isinstance(judge((locked, scan)), Faulty)
    assert codes(locked, scan) == {("password_locked", 0), ("no_text", 1)}


def test_D8_no_finding_rejects_and_none_is_left_without_an_outcome():
    assert set(FindingCode) - FAULTS - DOUBTS == {FindingCode.NEAR_COPY_OF_CV}
    assert not FAULTS & DOUBTS
    assert set(DocumentsOutcome) == {Complete.outcome, Faulty.outcome, Unclear.outcome}


def test_a_file_name_is_in_no_repr():
    assert "Jane" not in repr(a_document(Role.CV, "Jane Doe.pdf", sha256="x"))
