"""Stories of documents: what is faulty can be mended until closing, and nothing rejects (D8)."""

from typing import Final

from services.simulator.stories.story import (
    CV,
    STATEMENT,
    Content,
    Flaw,
    Replacement,
    Sheet,
    Story,
)
from shared.contracts.applications import Role, Stage
from shared.contracts.referrals import ReferralAnswer

DOCUMENTS: Final = (
    Story(
        name="cv_twice",
        why="the statement is the CV again in another format, never replaced (D2, C5)",
        papers=(
            Sheet(Content.CV, Role.CV, "CV", ".pdf"),
            Sheet(Content.CV, Role.PERSONAL_STATEMENT, "Personal Statement", ".docx"),
        ),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="two_cvs_one_replaced",
        why="two CVs and a statement, put right before closing (D2, D8)",
        papers=(
            Sheet(Content.CV, Role.CV, "CV", ".pdf"),
            Sheet(Content.CV, Role.CV, "CV", ".docx"),
            STATEMENT,
        ),
        replaces=Replacement.LATER,
    ),
    Story(
        name="nearly_the_cv",
        why="a statement that hardly differs from the CV, which is a warning only (D2)",
        papers=(CV, Sheet(Content.CV_AS_STATEMENT, Role.PERSONAL_STATEMENT, "Statement")),
    ),
    Story(
        name="statement_missing",
        why="no personal statement, never sent (D1, C5)",
        papers=(CV,),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="statement_sent_later",
        why="no personal statement, sent before closing (D1, D8)",
        papers=(CV,),
        replaces=Replacement.LATER,
    ),
    Story(
        name="statement_sent_too_late",
        why="no personal statement, sent the morning after closing and kept unread (D8, C5)",
        papers=(CV,),
        replaces=Replacement.AFTER_CLOSING,
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="replaced_by_worse",
        why="good papers replaced by a CV alone: the last complete ones count (D8)",
        replaces=Replacement.LATER,
        new_papers=(CV,),
    ),
    Story(
        name="open_document",
        why="a statement as .odt, replaced before closing (D3, D8)",
        papers=(CV, Sheet(Content.STATEMENT, Role.PERSONAL_STATEMENT, "Statement", ".odt")),
        replaces=Replacement.LATER,
    ),
    Story(
        name="photograph",
        why="a CV as .png, never replaced (D3, C5)",
        papers=(Sheet(Content.CV, Role.CV, "CV", ".png"), STATEMENT),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="locked",
        why="a CV that opens with a password only, replaced before closing (D3, D8)",
        papers=(Sheet(Content.CV, Role.CV, "CV", ".pdf", Flaw.LOCKED), STATEMENT),
        replaces=Replacement.LATER,
    ),
    Story(
        name="cut_off",
        why="a CV of which half is missing, replaced before closing (D3, D8)",
        papers=(Sheet(Content.CV, Role.CV, "CV", ".pdf", Flaw.CUT_OFF), STATEMENT),
        replaces=Replacement.LATER,
    ),
    Story(
        name="empty_file",
        why="a CV of no bytes, never replaced (D3, C5)",
        papers=(Sheet(Content.CV, Role.CV, "CV", ".pdf", Flaw.EMPTY), STATEMENT),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="zip_bomb",
        why="a Word file that would inflate without end, never replaced (D3, C5)",
        papers=(Sheet(Content.CV, Role.CV, "CV", ".docx", Flaw.BOMB), STATEMENT),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="scan",
        why="a CV as a picture of paper, without text to read (D5)",
        papers=(Sheet(Content.CV, Role.CV, "CV", ".pdf", Flaw.SCANNED), STATEMENT),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="unlabelled",
        why="a file that does not say what it is (D4)",
        papers=(CV, Sheet(Content.NOTES, Role.UNLABELLED, "Scan 0001")),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="one_file_for_both",
        why="one file labelled as CV and personal statement (D4)",
        papers=(Sheet(Content.BOTH, Role.COMBINED, "CV and Personal Statement"),),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="both_accepted",
        why="one file labelled as both, which a recruiter accepts (D4)",
        papers=(Sheet(Content.BOTH, Role.COMBINED, "CV and Personal Statement"),),
        answer=ReferralAnswer.ACCEPT,
    ),
    Story(
        name="replacement_overtakes",
        why="the replacement of good papers arrives before the submission (D8)",
        replaces=Replacement.OVERTAKING,
    ),
)
