"""163 documents of ten producers and what has to be said of each, and of sets of them (D1 to D5).

`python -m tests.support.corpus FOLDER` writes them down; `expected.txt` beside it is by hand.
"""

import re
from functools import cache
from pathlib import Path

import pytest

from services.documents import decisions
from services.documents.inspection import inspect
from shared.contracts.applications import Role
from shared.employers import CombinedDocument, EmployerTerms
from tests.support import corpus
from tests.support.corpus.files import FILES


def table(name):
    """Read the lines of a file beside the corpus that are no remarks."""
    lines = (Path(*corpus.__path__) / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


EXPECTED = {name: rest for name, *rest in map(str.split, table("expected.txt"))}
SETS = {
    case: (files.split(), verdict)
    for case, files, verdict in re.findall(
        r"^(\S.*)\n((?: +[^ -].*\n)*) +-> (.*)$", "\n".join(table("sets.txt")), re.MULTILINE
    )
}


@cache
def seen(name):
    return inspect(FILES[name]())


def test_every_document_of_the_corpus_has_its_line():
    assert set(FILES) == set(EXPECTED)
    assert len(FILES) >= 120


@pytest.mark.parametrize("name", EXPECTED)
def test_D3_D4_D5_every_document_is_seen_for_what_it_is(name):
    inspection = seen(name)
    found = [inspection.kind, inspection.problem or "-", inspection.title]
    assert list(map(str, found)) == EXPECTED[name]


@pytest.mark.parametrize("person", "123")
@pytest.mark.parametrize("part", ["cv", "statement"])
def test_D2_the_same_words_are_the_same_text_from_every_producer(person, part):
    producers = ("reportlab", "fpdf2", "docx", "hand")
    same = [n for n in FILES if n.startswith(tuple(f"{p}-{person}-{part}." for p in producers))]
    assert len(same) == 6
    assert len({seen(name).text_sha256 for name in same}) == 1


@pytest.mark.parametrize(("part", "count"), [("cv", 9), ("statement", 6)])
def test_D2_office_programs_browsers_and_typesetters_agree_on_the_words(part, count):
    programs = ("libreoffice", "chromium", "ghostscript", "pandoc")
    same = [n for n in FILES if n.startswith(tuple(f"{p}-{part}" for p in programs))]
    hashes = [seen(n).text_sha256 for n in same if EXPECTED[n][1] == "-"]
    assert (len(hashes), len(set(hashes))) == (count, 1)


def test_a_corpus_is_the_same_whenever_it_is_made():
    for name in ("reportlab-1-cv.pdf", "fpdf2-1-cv.pdf", "hand-1-cv.docx", "hand-1-cv.doc"):
        assert FILES[name]() == FILES[name]()


REFER, ACCEPT, RETURN = CombinedDocument


def documents(files):
    for part in files:
        role, name, made = part.split("=")
        names = {"cv": Role.CV, "statement": Role.PERSONAL_STATEMENT, "": Role.UNLABELLED}
        yield decisions.Document(names[role], name, made, seen(made))


def judged(files, combined=REFER):
    terms = EmployerTerms(name="An employer", combined_document=combined)
    verdict = decisions.judge(tuple(documents(files)), terms)
    said = [
        finding.code if finding.document is None else f"{finding.document}:{finding.code}"
        for finding in verdict.findings
    ]
    return " ".join([verdict.outcome, *said])


def test_every_set_has_been_read():
    assert len(SETS) == sum(not line.startswith(" ") for line in table("sets.txt")) >= 25


@pytest.mark.parametrize("case", SETS)
def test_D1_D2_D4_D8_every_set_has_its_verdict(case):
    files, expected = SETS[case]
    assert judged(files) == expected


@pytest.mark.parametrize(
    ("combined", "expected"),
    [
        (REFER, "unclear 0:combined"),
        (ACCEPT, "complete"),
        (RETURN, "faulty 0:combined"),
    ],
)
@pytest.mark.parametrize("made", ["fpdf2-both.pdf", "docx-both.docx"])
def test_D4_one_file_as_both_is_judged_as_the_employer_has_decided(made, combined, expected):
    assert judged([f"=upload={made}"], combined) == expected
