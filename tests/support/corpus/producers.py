"""Programs that make documents: four from PyPI, two of our own, and what was made elsewhere."""

import io
from datetime import UTC, datetime
from pathlib import Path

import docx
import fpdf
import pikepdf
import reportlab
from fpdf.enums import AccessPermission, EncryptionMethod
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

from services.simulator.papers import make_docx, make_pdf
from tests.support.corpus import words
from tests.support.documents import doc

ELSEWHERE = Path(__file__).parent / "elsewhere"
VERA = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"


def by_reportlab(title, paragraphs, *, encrypt=None, form=None):
    styles = getSampleStyleSheet()
    body = [Paragraph(text, styles["BodyText"]) for text in paragraphs]
    if form == "table":
        body = [Table([["", part] for part in body])]
    if form == "two pages":
        body.insert(1, PageBreak())
    if form == "link":
        body.append(Paragraph('<a href="https://example.org/me">my pages</a>', styles["BodyText"]))
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, invariant=1, encrypt=encrypt).build(
        [Paragraph(title, styles["Title"]), *body]
    )
    return buffer.getvalue()


def by_reportlab_locked(title, paragraphs, *, for_opening):
    lock = StandardEncryption("secret" if for_opening else "", "owner", strength=128)
    return by_reportlab(title, paragraphs, encrypt=lock)


def by_reportlab_canvas(title, paragraphs, *, form=None):
    """Draw line by line, with a font that is embedded in part."""
    pdfmetrics.registerFont(TTFont("Vera", str(VERA)))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setFont("Vera", 12)
    for number, line in enumerate([title, *paragraphs]):
        canvas.drawString(60, 780 - 20 * number, line)
    if form == "bookmark":
        canvas.bookmarkPage("top")
        canvas.addOutlineEntry(title, "top")
    if form == "fields":
        canvas.acroForm.textfield(name="telephone", x=60, y=100, width=200, height=20)
    canvas.save()
    return buffer.getvalue()


def by_fpdf2(title, paragraphs, *, lock=None, method=None, form=None):
    made = fpdf.FPDF()
    made.set_creation_date(datetime(2025, 6, 7, 9, 30, tzinfo=UTC))
    made.set_compression(form != "uncompressed")
    if lock is not None:
        made.set_encryption("owner", lock, encryption_method=method, permissions=_MAY_PRINT)
    made.add_page()
    if form == "accents":
        made.add_font("Vera", fname=str(VERA))
        made.set_font("Vera", size=16)
    else:
        made.set_font("Helvetica", size=16)
    if form == "address above":
        for line in ("Samira Okafor", "4 Mill Lane", "Example Town"):
            made.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    made.multi_cell(0, text=title, new_x="LMARGIN", new_y="NEXT")
    made.set_font(size=11)
    for text in paragraphs:
        made.multi_cell(0, text=text, new_x="LMARGIN", new_y="NEXT")
    if form == "attachment":
        made.embed_file(bytes=b"MZ", basename="more.exe")
    return bytes(made.output())


_MAY_PRINT = AccessPermission.PRINT_LOW_RES
RC4, AES_128, AES_256 = EncryptionMethod.RC4, EncryptionMethod.AES_128, EncryptionMethod.AES_256


def by_pikepdf(data, change=None, **saving):
    """Have qpdf write a document again."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as opened:
        if change:
            change(opened)
        opened.save(buffer, deterministic_id="encryption" not in saving, **saving)
    return buffer.getvalue()


def locked_by(revision, *, for_opening, aes=True):
    user = "secret" if for_opening else ""
    return pikepdf.Encryption(user=user, owner="owner", R=revision, aes=aes, metadata=aes)


def by_python_docx(title, paragraphs, *, change=None):
    made = docx.Document()
    made.add_heading(title, level=0)
    for text in paragraphs:
        made.add_paragraph(text)
    if change:
        change(made)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def by_hand_pdf(title, paragraphs):
    return make_pdf(title, paragraphs)


def by_hand_docx(title, paragraphs):
    return make_docx(title, paragraphs)


def by_hand_doc(title, paragraphs):
    return doc(title, paragraphs)


PLAIN = {
    "reportlab-{}-{}.pdf": by_reportlab,
    "fpdf2-{}-{}.pdf": by_fpdf2,
    "docx-{}-{}.docx": by_python_docx,
    "hand-{}-{}.pdf": by_hand_pdf,
    "hand-{}-{}.docx": by_hand_docx,
    "hand-{}-{}.doc": by_hand_doc,
}


def plain():
    """Let every producer make both documents of all three people."""
    return {
        name.format(person, part): lambda make=make, key=(person, part): make(*words.of(*key))
        for name, make in PLAIN.items()
        for person, part in words.WORDS
    }


def elsewhere():
    """Take what LibreOffice, Chromium, Ghostscript and pandoc made (make_elsewhere.sh)."""
    return {path.name: path.read_bytes for path in sorted(ELSEWHERE.iterdir())}
