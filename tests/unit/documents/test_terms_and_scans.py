"""What an employer decides about documents, and what a virus scanner says (D2, D4, D8)."""

from dataclasses import replace

import pytest

from services.documents.decisions import (
    DOUBTS,
    FAULTS,
    Complete,
    Cure,
    Faulty,
    Scan,
    Unclear,
    cure_of,
    may_be_opened,
)
from shared.contracts.applications import Role
from shared.contracts.checks import FindingCode
from shared.employers import CombinedDocument
from tests.support.build_documents import (
    CV,
    STATEMENT,
    TERMS,
    UNLABELLED,
    WORDS,
    a_document,
    codes,
    judge,
)

REFER, ACCEPT, RETURN = CombinedDocument
BOTH = a_document(Role.COMBINED)
IN_DOUBT = (Unclear, {("label_unclear", 0)})


@pytest.mark.parametrize(
    ("setting", "documents", "outcome", "expected"),
    [
        (REFER, (BOTH,), Unclear, {("combined", 0)}),
        (RETURN, (BOTH,), Faulty, {("combined", 0)}),
        (ACCEPT, (BOTH,), Complete, set()),
        (REFER, (BOTH, CV), Unclear, {("combined", 0)}),
        (RETURN, (CV, BOTH), Faulty, {("combined", 1)}),
        (ACCEPT, (CV, BOTH), Faulty, {("second_cv", 1)}),
        (ACCEPT, (BOTH, CV), Faulty, {("second_cv", 1)}),
        (ACCEPT, (BOTH, STATEMENT), Faulty, {("second_statement", 1)}),
        (ACCEPT, (STATEMENT, BOTH), Faulty, {("second_statement", 1)}),
        (ACCEPT, (BOTH, UNLABELLED), Unclear, {("label_unclear", 1)}),
        (ACCEPT, (CV, STATEMENT), Complete, set()),
        (ACCEPT, (a_document(Role.COMBINED, "CV.pdf", title=Role.CV),), *IN_DOUBT),
        (RETURN, (a_document(Role.COMBINED, "CV.pdf"),), *IN_DOUBT),
        (ACCEPT, (a_document(Role.CV, "CV and statement.pdf"),), *IN_DOUBT),
        (ACCEPT, (a_document(title=Role.COMBINED, role=Role.UNLABELLED),), Complete, set()),
    ],
)
def test_D4_what_one_file_as_both_amounts_to_is_the_employers_setting(
    setting, documents, outcome, expected
):
    terms = TERMS.model_copy(update={"combined_document": setting})
    assert isinstance(judge(documents, terms), outcome)
    assert codes(*documents, terms=terms) == expected


@pytest.mark.parametrize(("percent", "expected"), [(80, {("near_copy_of_cv", 1)}), (81, set())])
def test_D2_how_much_is_nearly_the_same_is_the_employers_setting(percent, expected):
    cv = a_document(Role.CV, shingles=WORDS)
    statement = a_document(Role.PERSONAL_STATEMENT, shingles=frozenset(range(20, 120)))
    terms = TERMS.model_copy(update={"near_copy_percent": percent})
    assert codes(cv, statement, terms=terms) == expected


@pytest.mark.parametrize("setting", CombinedDocument)
@pytest.mark.parametrize("code", FindingCode)
def test_D8_a_finding_is_cured_by_the_candidate_by_a_person_or_needs_nothing(code, setting):
    terms = TERMS.model_copy(update={"combined_document": setting})
    cure = cure_of(code, terms)
    if code is FindingCode.COMBINED:
        assert cure is (Cure.CANDIDATE if setting is RETURN else Cure.PERSON)
    else:
        assert (cure is Cure.CANDIDATE, cure is Cure.PERSON) == (code in FAULTS, code in DOUBTS)


@pytest.mark.parametrize(
    ("scan", "outcome", "expected"),
    [
        (Scan.OFF, Complete, set()),
        (Scan.CLEAN, Complete, set()),
        (Scan.NOT_SCANNED, Unclear, {("not_scanned", 1)}),
        (Scan.INFECTED, Faulty, {("infected", 1)}),
    ],
)
def test_D8_B25_infected_can_be_cured_and_not_scanned_is_a_question(scan, outcome, expected):
    statement = replace(STATEMENT, scan=scan)
    assert isinstance(judge((CV, statement)), outcome)
    assert codes(CV, statement) == expected


@pytest.mark.parametrize("scan", Scan)
@pytest.mark.parametrize("problem", [None, *FindingCode])
def test_B25_nobody_opens_what_was_not_scanned_or_is_not_safe(problem, scan):
    document = replace(a_document(problem=problem), scan=scan)
    is_scanned = scan in {Scan.OFF, Scan.CLEAN}
    assert may_be_opened(document) == (is_scanned and problem in {None, FindingCode.NO_TEXT})
