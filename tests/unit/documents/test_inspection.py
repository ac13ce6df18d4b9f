"""What is seen in the bytes of real files (D2, D3, D4, D5)."""

import pytest

from services.documents.decisions import Kind
from services.documents.inspection import inspect
from services.simulator.papers import PACKAGE_RELATIONSHIPS, make_pdf
from shared.contracts.applications import (
    Role,
)
from shared.contracts.checks import (
    FindingCode,
)
from tests.support.documents import (
    CV_WORDS,
    STATEMENT_WORDS,
    doc,
    docx,
    docx_with,
    docx_with_body,
    docx_with_relationship,
    locked_pdf,
    pdf,
    pdf_with_page_view_on_opening,
    scanned_pdf,
    zipped,
)

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


@pytest.mark.parametrize(
    ("data", "kind"), [(pdf(), Kind.PDF), (docx(), Kind.DOCX), (doc(), Kind.DOC)]
)
def test_D3_a_pdf_and_both_kinds_of_word_file_are_accepted_by_content(data, kind):
    inspection = inspect(data)
    assert (inspection.kind, inspection.problem) == (kind, None)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff\xe0 a photograph",
        b"{\\rtf1 rich text}",
        b"just text",
        b"<html><body>my CV</body></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ\x90\0 a program",
        b"Rar!\x1a\x07\x01\0",
        zipped({"mimetype": "application/vnd.oasis.opendocument.text"}),
        zipped({"Index/Document.iwa": "pages"}),
        zipped({"my papers/cv.pdf": "anything"}),
        b"<html>" + b" " * 400 + pdf(),  # B10: no mark at the first byte
    ],
)
def test_D3_any_other_format_is_named_as_such(data):
    inspection = inspect(data)
    assert (inspection.kind, inspection.problem) == (Kind.UNKNOWN, FindingCode.WRONG_FORMAT)


@pytest.mark.parametrize("target", ["word/document.xml", "/word/document.xml"])
def test_D3_a_word_file_whose_xml_has_one_type_for_all_is_read(target):
    """As .NET writes it: the package alone says which part is the document."""
    types = f'<Types><Default Extension="xml" ContentType="{WORD}"/></Types>'
    relationships = PACKAGE_RELATIONSHIPS.replace('"word/document.xml"', f'"{target}"')
    parts = {"[Content_Types].xml": types, "_rels/.rels": relationships}
    assert inspect(docx_with(**parts)) == inspect(docx_with())
    assert inspect(docx_with()).problem is None
    nowhere = parts | {"_rels/.rels": "<Relationships/>"}
    assert inspect(docx_with(**nowhere)).problem is FindingCode.WRONG_FORMAT


def test_D3_an_excel_file_in_either_format_is_not_word():
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    types = f'<Types><Override PartName="/xl/workbook.xml" ContentType="{sheet}"/></Types>'
    assert inspect(zipped({"[Content_Types].xml": types})).problem is FindingCode.WRONG_FORMAT
    old = doc().replace("WordDocument".encode("utf-16-le"), "WorkbookPage".encode("utf-16-le"))
    assert inspect(old).problem is FindingCode.WRONG_FORMAT


def test_D2_the_same_words_have_the_same_hash_in_every_format():
    hashes = {inspect(data).text_sha256 for data in (pdf(), docx(), doc())}
    assert len(hashes) == 1
    assert None not in hashes


def test_D2_other_words_have_another_hash_and_share_no_run_of_five():
    one, other = inspect(pdf()), inspect(docx("Personal Statement", STATEMENT_WORDS))
    assert one.text_sha256 != other.text_sha256
    assert not one.shingles & other.shingles


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("Curriculum Vitae", Role.CV),
        ("CV - Zoë Ó Briain", Role.CV),
        ("Personal statement: Quality Technician", Role.PERSONAL_STATEMENT),
        ("CV and Personal Statement", Role.COMBINED),
        ("Zoë Ó Briain", Role.UNLABELLED),
        ("I enclose my CV, which shows eight years of work in the workshops", Role.UNLABELLED),
    ],
)
def test_D4_the_first_line_labels_a_document_if_it_is_a_title(title, label):
    assert inspect(docx(title)).title is label


def test_D4_below_a_name_cv_is_a_title_but_personal_statement_may_head_a_part_of_a_cv():
    assert inspect(docx("Zoë", ("Curriculum Vitae", "word " * 20))).title is Role.CV
    assert inspect(docx("Zoë", ("Personal Statement", "word " * 20))).title is Role.UNLABELLED


def test_D5_a_scan_has_no_text():
    assert inspect(scanned_pdf()).problem is FindingCode.NO_TEXT


def test_D5_a_scan_of_many_pages_has_no_text_though_its_program_signs_each_page():
    assert inspect(make_pdf("", ["Scanned with CamScanner"] * 9)).problem is FindingCode.NO_TEXT


def test_D5_a_doc_from_before_word_97_cannot_be_read_and_goes_to_a_person():
    assert inspect(doc(version=0x0065)).problem is FindingCode.NO_TEXT


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_a_pdf_locked_only_against_changes_is_read(algorithm):
    locked = inspect(locked_pdf(for_opening=False, algorithm=algorithm))
    assert (locked.problem, locked.text_sha256) == (None, inspect(pdf()).text_sha256)


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_D3_a_pdf_locked_for_opening_is_named_as_such(algorithm):
    assert inspect(locked_pdf(algorithm=algorithm)).problem is FindingCode.PASSWORD_LOCKED


def test_a_pdf_that_opens_on_its_first_page_is_harmless():
    assert inspect(pdf_with_page_view_on_opening()).problem is None


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("hyperlink", "https://www.linkedin.example/in/zoe"),
        ("attachedTemplate", "file:///C:\\Users\\zoe\\Templates\\Resume.dotx"),
        ("attachedTemplate", "Normal.dotm"),
        ("attachedTemplate", "file:////Users/zoe/Library/Templates/Resume.dotx"),
        ("attachedTemplate", "file:///Applications/Microsoft%20Word.app/Normal.dotm"),
    ],
)
def test_links_and_the_writers_own_template_are_harmless(kind, target):
    assert inspect(docx_with_relationship(kind, target)).problem is None


def test_a_text_box_written_twice_for_older_programs_is_read_once():
    words = "<w:p><w:r><w:t>one two three four five six seven eight nine ten</w:t></w:r></w:p>"
    twice = f"<Alternate><Choice>{words}</Choice><Fallback>{words}</Fallback></Alternate>"
    assert inspect(docx_with_body(twice)) == inspect(docx_with_body(words))


def test_a_doc_with_its_theme_as_a_zip_inside_is_one_format():
    assert inspect(doc(Theme=zipped({"theme/theme1.xml": "<theme/>"}))).problem is None


def test_field_instructions_in_a_doc_are_no_text():
    linked = '\x13 HYPERLINK "https://x.example" \x14here\x15 are my references'
    plain = "here are my references"
    one, other = (inspect(doc(words=(*CV_WORDS, words))) for words in (linked, plain))
    assert one.text_sha256 == other.text_sha256
    assert one.text_sha256 is not None


def test_nothing_of_the_text_can_be_read_back_from_an_inspection():
    assert "London" not in repr(inspect(pdf()))
