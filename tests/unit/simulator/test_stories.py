"""What a story puts in is what the rules find in it: each is judged here without the pipeline."""

import pytest

from services.documents import decisions as documents
from services.documents.inspection.document import inspect
from services.eligibility import decisions as eligibility
from services.simulator import candidates
from services.simulator.adverts import ADVERTS
from services.simulator.stories import STORIES
from services.simulator.stories.story import Replacement
from shared.contracts.applications import Stage
from shared.contracts.checks import FindingCode
from shared.contracts.vacancies import Employer
from shared.employers import terms_of
from tests.support import builders

MET = terms_of(Employer.MET)
CASES = {case.story.name: case for case in candidates.cases(1, ADVERTS, 60)}

FINDINGS = {
    "cv_twice": {FindingCode.COPY_OF_CV},
    "two_cvs_one_replaced": {FindingCode.COPY_OF_CV},
    "nearly_the_cv": {FindingCode.NEAR_COPY_OF_CV},
    "statement_missing": {FindingCode.STATEMENT_MISSING},
    "statement_sent_later": {FindingCode.STATEMENT_MISSING},
    "statement_sent_too_late": {FindingCode.STATEMENT_MISSING},
    "open_document": {FindingCode.WRONG_FORMAT},
    "photograph": {FindingCode.WRONG_FORMAT},
    "locked": {FindingCode.PASSWORD_LOCKED},
    "cut_off": {FindingCode.TRUNCATED},
    "empty_file": {FindingCode.EMPTY},
    "zip_bomb": {FindingCode.BOMB},
    "scan": {FindingCode.NO_TEXT},
    "unlabelled": {FindingCode.LABEL_UNCLEAR},
    "one_file_for_both": {FindingCode.COMBINED},
    "both_accepted": {FindingCode.COMBINED},
}
REASONS = {
    "returner": "E1", "day_before_anniversary": "E1", "anniversary": "E3", "leap_day_barred": "E1",
    "month_only": "E8", "year_only": "E8", "year_only_barred": "E1", "no_such_day": "E8",
    "came_back_and_resigned": "E1", "retired_with_compensation": "E10",
    "compensation_unsure": "E10", "still_serving": "E11", "officer": "E12", "contractor": "E12",
    "contradiction": "E13", "unanswered": "E14", "found_eligible": "E10",
    "found_not_eligible": "E12", "date_corrected": "E1", "challenge_upheld": "E1",
    "challenge_dismissed": "E1",
}  # fmt: skip


@pytest.mark.parametrize("name", [story.name for story in STORIES])
def test_the_documents_of_a_story_have_its_faults_and_no_others(name):
    case = CASES[name]
    uploaded = []
    for file in case.files:
        content = file.content()
        described = file.document(content)
        uploaded.append(
            documents.Document(file.role, file.name, described.sha256, inspect(content))
        )
    verdict = documents.judge(uploaded, MET)
    assert {finding.code for finding in verdict.findings} == FINDINGS.get(name, set())
    is_in_order = isinstance(verdict, documents.Complete)
    is_mended = case.story.replaces is Replacement.LATER
    assert is_in_order or is_mended or case.story.answer or case.ends is Stage.WITH_A_PERSON


@pytest.mark.parametrize("name", [story.name for story in STORIES])
def test_the_declaration_of_a_story_is_judged_as_it_says(name):
    case = CASES[name]
    facts = builders.application_accepted(
        submitted_at=case.moments.submitted_at,
        early_departure=case.story.declares(case.moments.submitted_at.date()),
    )
    verdict = eligibility.judge(facts, MET.early_departure)
    reasons = () if isinstance(verdict, eligibility.Eligible) else verdict.reasons
    codes = {reason.partition("_")[0] for reason in reasons}
    assert codes == ({REASONS[name]} if name in REASONS else set())
    is_rejected = isinstance(verdict, eligibility.Rejected)
    is_put_right = case.story.corrected or case.story.challenge or case.story.answer
    assert is_put_right or is_rejected is (case.ends is Stage.NOT_ELIGIBLE)
