"""Ordinary papers of ordinary candidates: a PDF or a Word file from a title and paragraphs."""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final
from xml.sax.saxutils import escape  # escapes on writing; nothing is parsed

_MADE_AT: Final = datetime(2025, 1, 1, tzinfo=UTC)  # the same words give the same bytes
_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_WORD_ML: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"

CONTENT_TYPES: Final = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
    f'.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD_ML}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD_ML}.styles+xml"/></Types>'
)
PACKAGE_RELATIONSHIPS: Final = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
)
DOCUMENT_RELATIONSHIPS: Final = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)
_STYLES: Final = (
    f'<w:styles xmlns:w="{_W}"><w:docDefaults><w:rPrDefault><w:rPr>'
    f'<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri"/><w:sz w:val="22"/></w:rPr></w:rPrDefault>'
    f'<w:pPrDefault><w:pPr><w:spacing w:after="160"/></w:pPr></w:pPrDefault></w:docDefaults>'
    f'<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/>'
    f'<w:rPr><w:b/><w:sz w:val="36"/></w:rPr></w:style></w:styles>'
)


def make_pdf(title: str, paragraphs: Sequence[str]) -> bytes:
    """Lay the paragraphs out on A4 under a bold title, on as many pages as they take.

    Set in Helvetica, which every reader has, so characters outside Windows-1252 become `?`.
    """
    lines = [(_TITLE, line) for line in _wrap(title, _TITLE)]
    for paragraph in paragraphs:
        lines += [(_BODY, ""), *((_BODY, line) for line in _wrap(paragraph, _BODY))]
    pages = [lines[at : at + _LINES_A_PAGE] for at in range(0, len(lines), _LINES_A_PAGE)]
    kids = " ".join(f"{_FIRST_PAGE + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        *(_font(style.font) for style in (_TITLE, _BODY)),
    ]
    for page in pages:
        objects += [_PAGE % (len(objects) + 2), _stream(page)]
    return _pdf_file(objects)


def make_docx(
    title: str, paragraphs: Sequence[str], more: Mapping[str, str] = MappingProxyType({})
) -> bytes:
    """Write the smallest Word document that Word opens with a title and readable paragraphs.

    `more` are further parts, by name.
    """
    body = _paragraph(title, '<w:pPr><w:pStyle w:val="Title"/></w:pPr>')
    body += "".join(_paragraph(text) for text in paragraphs)
    return package(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "_rels/.rels": PACKAGE_RELATIONSHIPS,
            "word/document.xml": document_part(body),
            "word/_rels/document.xml.rels": DOCUMENT_RELATIONSHIPS,
            "word/styles.xml": _STYLES,
            **more,
        }
    )


def document_part(body: str) -> str:
    """Wrap WordprocessingML paragraphs into the main part of a document."""
    return f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'


def package(parts: dict[str, str]) -> bytes:
    """Zip the parts in their order; the same parts give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _MADE_AT.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def _paragraph(text: str, properties: str = "") -> str:
    run = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    return f"<w:p>{properties}{run}</w:p>"


@dataclass(frozen=True, slots=True)
class _Style:
    """A font, its resource name on the page and its size in points."""

    font: str
    resource: str
    size: int


_TITLE: Final = _Style("Helvetica-Bold", "F1", 18)
_BODY: Final = _Style("Helvetica", "F2", 11)
_MARGIN: Final = 64
_LEADING: Final = 16
_A4: Final = (595, 842)
_LINES_A_PAGE: Final = (_A4[1] - 2 * _MARGIN) // _LEADING
_FIRST_PAGE: Final = 5  # the objects before it: catalogue, page tree, two fonts
_PAGE: Final = (
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]"
    b"/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>/Contents %d 0 R>>"
)
# Adobe's widths of Helvetica from space to tilde, in thousandths of the size.
_WIDTHS: Final = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip


def _wrap(text: str, style: _Style) -> list[str]:
    """Break the text at spaces so that each line fits between the margins."""
    room = (_A4[0] - 2 * _MARGIN) * 1000 // style.size
    lines: list[str] = []
    line: list[str] = []
    used = 0
    for word in text.split():
        width = sum(_WIDTHS[ord(c) - 32] if " " <= c <= "~" else 556 for c in word)
        if line and used + width > room:
            lines.append(" ".join(line))
            line, used = [], 0
        line.append(word)
        used += width + _WIDTHS[0]
    return [*lines, " ".join(line)]


def _font(name: str) -> bytes:
    return f"<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>".encode()


def _stream(lines: Sequence[tuple[_Style, str]]) -> bytes:
    """Draw the lines of one page from its top."""
    content = [f"BT {_LEADING} TL {_MARGIN} {_A4[1] - _MARGIN} Td".encode()]
    for style, line in lines:
        literal = re.sub(rb"([\\()])", rb"\\\1", line.encode("cp1252", "replace"))
        content.append(
            f"/{style.resource} {style.size} Tf ".encode() + b"(" + literal + b") Tj T*"
        )
    data = zlib.compress(b"\n".join([*content, b"ET"]))
    return b"<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(data), data)


def _pdf_file(objects: Sequence[bytes]) -> bytes:
    """Give each object its number, and the reader a table of where each begins."""
    out = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    table = b"0000000000 65535 f \n"
    for number, content in enumerate(objects, start=1):
        table += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj%b\nendobj\n" % (number, content)
    size = len(objects) + 1
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return out + b"xref\n0 %d\n" % size + table + trailer % (size, len(out))
