"""Ordinary documents in less ordinary forms, and documents that are no documents."""

import io

from docx.shared import Inches
from PIL import Image, ImageDraw

from tests.support.corpus import words
from tests.support.corpus.producers import (
    AES_128,
    AES_256,
    RC4,
    by_fpdf2,
    by_hand_docx,
    by_hand_pdf,
    by_pikepdf,
    by_python_docx,
    by_reportlab,
    by_reportlab_canvas,
    by_reportlab_locked,
    locked_by,
)
from tests.support.documents import docx_with_relationship, zipped

CV = words.of("1", "cv")
STATEMENT = words.of("1", "statement")


def picture(kind="PNG"):
    """Photograph a page of paper, so to speak."""
    page = Image.new("RGB", (400, 560), "white")
    ImageDraw.Draw(page).text((40, 40), "Curriculum Vitae", fill="black")
    buffer = io.BytesIO()
    page.save(buffer, kind)
    return buffer.getvalue()


def _with_table(made):
    table = made.add_table(rows=2, cols=2)
    table.cell(0, 0).text = "2019 to 2025"
    table.cell(0, 1).text = "Northern depot"


def _with_header(made):
    made.sections[0].header.paragraphs[0].text = "Samira Okafor"
    made.sections[0].footer.paragraphs[0].text = "Page 1"


def _with_picture(made):
    made.add_picture(io.BytesIO(picture()), width=Inches(1))


def _with_bullets(made):
    for text in ("brakes", "steering", "air conditioning"):
        made.add_paragraph(text, style="List Bullet")


def _with_properties(made):
    made.core_properties.title = "Personal Statement"  # left over from another file
    made.core_properties.author = "Somebody"


def _rotate(opened):
    opened.pages[0].rotate(90, relative=True)


def _scan_by_reportlab():
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.drawImage(ImageReader(io.BytesIO(picture())), 0, 0, 400, 560)
    canvas.save()
    return buffer.getvalue()


def _scan_by_python_docx():
    return by_python_docx("", [], change=_with_picture)


FORMS = {
    "reportlab-table.pdf": lambda: by_reportlab(*CV, form="table"),
    "reportlab-two-pages.pdf": lambda: by_reportlab(*CV, form="two pages"),
    "reportlab-link.pdf": lambda: by_reportlab(*CV, form="link"),
    "reportlab-embedded-font.pdf": lambda: by_reportlab_canvas(*CV),
    "reportlab-bookmark.pdf": lambda: by_reportlab_canvas(*CV, form="bookmark"),
    "reportlab-fields.pdf": lambda: by_reportlab_canvas(*CV, form="fields"),
    "reportlab-restricted.pdf": lambda: by_reportlab_locked(*CV, for_opening=False),
    "reportlab-locked.pdf": lambda: by_reportlab_locked(*CV, for_opening=True),
    "reportlab-scan.pdf": _scan_by_reportlab,
    "fpdf2-uncompressed.pdf": lambda: by_fpdf2(*CV, form="uncompressed"),
    "fpdf2-accents.pdf": lambda: by_fpdf2("Résumé", CV[1], form="accents"),
    "fpdf2-address-above.pdf": lambda: by_fpdf2(*CV, form="address above"),
    "fpdf2-untitled.pdf": lambda: by_fpdf2("Samira Okafor", CV[1]),
    "fpdf2-both.pdf": lambda: by_fpdf2("CV and Personal Statement", CV[1] + STATEMENT[1]),
    "fpdf2-near-copy.pdf": lambda: by_fpdf2(words.STATEMENT, words.COVER + CV[1]),
    "fpdf2-attachment.pdf": lambda: by_fpdf2(*CV, form="attachment"),
    "fpdf2-restricted-rc4.pdf": lambda: by_fpdf2(*CV, lock="", method=RC4),
    "fpdf2-restricted-aes128.pdf": lambda: by_fpdf2(*CV, lock="", method=AES_128),
    "fpdf2-restricted-aes256.pdf": lambda: by_fpdf2(*CV, lock="", method=AES_256),
    "fpdf2-locked-rc4.pdf": lambda: by_fpdf2(*CV, lock="secret", method=RC4),
    "fpdf2-locked-aes128.pdf": lambda: by_fpdf2(*CV, lock="secret", method=AES_128),
    "fpdf2-locked-aes256.pdf": lambda: by_fpdf2(*CV, lock="secret", method=AES_256),
    "qpdf-linearized.pdf": lambda: by_pikepdf(by_reportlab(*CV), linearize=True),
    "qpdf-object-streams.pdf": lambda: by_pikepdf(by_reportlab(*CV), object_stream_mode=_GENERATE),
    "qpdf-uncompressed.pdf": lambda: by_pikepdf(by_fpdf2(*CV), compress_streams=False),
    "qpdf-version-2.pdf": lambda: by_pikepdf(by_fpdf2(*CV), force_version="2.0"),
    "qpdf-rotated.pdf": lambda: by_pikepdf(by_hand_pdf(*CV), change=_rotate),
    "qpdf-restricted-aes128.pdf": lambda: _locked(4, for_opening=False),
    "qpdf-restricted-aes256.pdf": lambda: _locked(6, for_opening=False),
    "qpdf-restricted-rc4.pdf": lambda: _locked(3, for_opening=False, aes=False),
    "qpdf-locked-aes128.pdf": lambda: _locked(4, for_opening=True),
    "qpdf-locked-aes256.pdf": lambda: _locked(6, for_opening=True),
    "qpdf-locked-rc4.pdf": lambda: _locked(3, for_opening=True, aes=False),
    "docx-table.docx": lambda: by_python_docx(*CV, change=_with_table),
    "docx-header.docx": lambda: by_python_docx(*CV, change=_with_header),
    "docx-picture.docx": lambda: by_python_docx(*CV, change=_with_picture),
    "docx-bullets.docx": lambda: by_python_docx(*CV, change=_with_bullets),
    "docx-properties.docx": lambda: by_python_docx(*CV, change=_with_properties),
    "docx-near-copy.docx": lambda: by_python_docx(words.STATEMENT, words.COVER + CV[1]),
    "docx-both.docx": lambda: by_python_docx("CV and Personal Statement", CV[1] + STATEMENT[1]),
    "docx-scan.docx": _scan_by_python_docx,
    "docx-blank.docx": lambda: by_python_docx("", []),
    "hand-hyperlink.docx": lambda: docx_with_relationship("hyperlink", "https://example.org"),
    "hand-own-template.docx": lambda: docx_with_relationship("attachedTemplate", "Normal.dotm"),
    "picture.png": picture,
    "picture.jpg": lambda: picture("JPEG"),
    "picture.tif": lambda: picture("TIFF"),
    "text.txt": lambda: "\n".join(CV[1]).encode(),
    "page.html": lambda: b"<html><body><h1>Curriculum Vitae</h1></body></html>",
    "page-named.doc": lambda: b"<html xmlns:w='urn:schemas-microsoft-com:office:word'></html>",
    "letter.rtf": lambda: b"{\\rtf1\\ansi Curriculum Vitae}",
    "mac.pages": lambda: zipped({"Index/Document.iwa": "x", "preview.jpg": "x"}),
    "papers.zip": lambda: zipped({"CV.docx": by_hand_docx(*CV)}),
    "sheet.xlsx": lambda: zipped({"[Content_Types].xml": _SHEET, "xl/workbook.xml": "<a/>"}),
    "program.pdf": lambda: b"MZ\x90\0" + bytes(400),
}  # fmt: skip

_GENERATE = 2  # pikepdf.ObjectStreamMode.generate
_SHEET = (
    '<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats'
    '-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)


def _locked(revision, *, for_opening, aes=True):
    lock = locked_by(revision, for_opening=for_opening, aes=aes)
    return by_pikepdf(by_reportlab(*CV), encryption=lock)
