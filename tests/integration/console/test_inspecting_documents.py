"""`./muster documents inspect` says what the documents worker would say (D1 to D5, D8)."""

import argparse
import json

import pytest

from services.console import documents
from services.documents.handlers import MAX_DOCUMENT_BYTES
from shared import employers
from shared.settings import settings
from tests.support.clamd import EICAR, PretendClamd
from tests.support.documents import STATEMENT_WORDS, doc, docx, locked_pdf, pdf

FILES = {
    "CV.pdf": pdf(),
    "CV.docx": docx(),
    "statement.docx": docx("Personal Statement", STATEMENT_WORDS),
    "both.docx": docx("CV and Personal Statement", STATEMENT_WORDS),
    "locked.pdf": locked_pdf(),
    "macros.doc": doc(Macros__VBA__dir=b"x"),
    "empty.pdf": b"",
    "eicar.pdf": EICAR,
    "cv=odd.pdf": pdf("Personal Statement"),
}

_CONTRADICTORY = [("label_unclear", 0, "person"), ("near_copy_of_cv", 0, "nobody")]


@pytest.fixture
def inspect(tmp_path, monkeypatch, capsys):
    """Run the command in a folder with these files; return its exit code and what it printed."""
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    settings.cache_clear()

    async def run(*words):
        parser = argparse.ArgumentParser()
        documents.add_arguments(parser)
        return await documents.run(parser.parse_args(words)), capsys.readouterr()

    yield run
    monkeypatch.undo()
    settings.cache_clear()
    employers._all_terms.cache_clear()


def said(captured):
    return json.loads(captured.out)


def codes(captured):
    return [(f["code"], f["document"], f["cure"]) for f in said(captured)["findings"]]


async def test_D1_documents_in_order_are_complete_and_the_exit_code_is_0(inspect):
    code, captured = await inspect("cv=CV.pdf", "statement=statement.docx")
    assert code == 0
    assert "complete: one CV and one personal statement in good order" in captured.out
    assert "taken for  cv (uploaded as: cv, file name: cv, first page: cv)" in captured.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["CV.pdf"], [("statement_missing", None, "candidate")]),
        (["cv=CV.pdf", "statement=CV.docx"], [("copy_of_cv", 1, "candidate")]),
        (["cv=locked.pdf", "statement.docx"], [("password_locked", 0, "candidate")]),
        (["cv=macros.doc", "statement.docx"], [("macros", 0, "candidate")]),
        (["both.docx"], [("combined", 0, "person")]),
        (["cv=empty.pdf", "statement.docx"], [("empty", 0, "candidate")]),
        (["cv=odd.pdf", "CV.pdf"], _CONTRADICTORY),
    ],
)
async def test_D8_each_finding_names_its_file_and_who_can_cure_it(words, expected, inspect):
    code, captured = await inspect(*words, "--json")
    assert (code, codes(captured)) == (1, expected)
    assert all(finding["wrong"] and finding["remedy"] for finding in said(captured)["findings"])


async def test_D8_the_words_say_what_is_wrong_and_what_to_do(inspect):
    code, captured = await inspect("cv=macros.doc", "statement=statement.docx")
    assert code == 1
    assert "macros (macros): It contains macros" in captured.out
    assert "what to do: Save it as a PDF" in captured.out
    assert "the candidate can put it right until closing" in captured.out
    assert "opening    not allowed" in captured.out


@pytest.mark.parametrize(("setting", "expected"), [("accept", 0), ("return", 1), ("refer", 1)])
async def test_D4_the_settings_of_the_employer_apply(
    setting, expected, inspect, tmp_path, monkeypatch
):
    text = employers._SHIPPED.read_text()
    own = tmp_path / "employers.toml"
    own.write_text(text.replace('combined_document = "refer"', f'combined_document = "{setting}"'))
    monkeypatch.setenv("MUSTER_EMPLOYERS", str(own))
    employers._all_terms.cache_clear()
    code, captured = await inspect("both.docx", "--json")
    assert (code, said(captured)["combined_document"]) == (expected, setting)


async def test_B2_a_large_file_is_named_and_not_read(inspect, tmp_path):
    with (tmp_path / "large.pdf").open("wb") as file:
        file.truncate(MAX_DOCUMENT_BYTES + 1)
    code, captured = await inspect("cv=large.pdf", "statement.docx", "--json")
    assert (code, codes(captured)) == (1, [("too_large", 0, "candidate")])
    assert said(captured)["documents"][0]["scan"] == "unread"


async def test_a_file_that_is_not_there_is_a_usage_error_that_names_it(inspect):
    code, captured = await inspect("cv=nowhere.pdf")
    assert (code, captured.out) == (2, "")
    assert "nowhere.pdf: No such file" in captured.err


async def test_B25_without_its_scanner_there_is_no_verdict(inspect, tmp_path, monkeypatch):
    monkeypatch.setenv("CLAMD_URL", f"unix://{tmp_path}/none")
    code, captured = await inspect("cv=CV.pdf")
    assert (code, captured.out) == (2, "")
    assert "virus scanner" in captured.err


async def test_B25_with_a_scanner_it_says_what_that_said(inspect, monkeypatch):
    async with PretendClamd() as clamd:
        monkeypatch.setenv("CLAMD_URL", clamd.url)
        code, captured = await inspect("cv=eicar.pdf", "statement.docx", "--json")
    assert (code, codes(captured)) == (1, [("infected", 0, "candidate")])
    assert [d["scan"] for d in said(captured)["documents"]] == ["infected", "clean"]
