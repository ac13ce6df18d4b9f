"""Files of every kind that candidates, and people who mean harm, may upload."""

import io
import struct
import zipfile
import zlib

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    TextStringObject,
)

from services.simulator.papers import (
    CONTENT_TYPES,
    DOCUMENT_RELATIONSHIPS,
    PACKAGE_RELATIONSHIPS,
    document_part,
    make_docx,
    make_pdf,
)
from tests.support.compound_file import compound_file

CV_WORDS = (
    "Vehicle technician, eight years in a police fleet workshop in south London.",
    (
        "Employment: inspection, servicing and repair of response vehicles of six manufacturers, "
        "including diagnosis of electrical faults and the fitting of emergency equipment."
    ),
    "Qualifications: NVQ Level 3 in vehicle maintenance and repair; MOT tester since 2018.",
    "References on request.",
)
STATEMENT_WORDS = (
    "I want this post because quality is what keeps officers safe on the road.",
    (
        "In my present workshop I introduced a second check of every brake job, which halved the "
        "number of vehicles that came back within a week, and I trained four colleagues in it."
    ),
    "I would bring the same care, and the same patience with people, to your two sites.",
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def pdf(title="Curriculum Vitae", words=CV_WORDS):
    return make_pdf(title, words)


def docx(title="Curriculum Vitae", words=CV_WORDS):
    return make_docx(title, words)


def doc(title="Curriculum Vitae", words=CV_WORDS, *, flags=0, version=0x00C1, **streams):
    """Write what Word 97 would: half of the text in 8-bit, half in 16-bit pieces."""
    text = "\r".join([title, *words, ""])
    half = len(text) // 2
    eight, sixteen = text[:half].encode("cp1252"), text[half:].encode("utf-16-le")
    start = 1024
    main = bytearray(start)
    struct.pack_into("<HH", main, 0, 0xA5EC, version)
    struct.pack_into("<H", main, 0x0A, 0x0200 | flags)
    struct.pack_into("<I", main, 0x4C, len(text))
    pieces = struct.pack("<III", 0, half, len(text))
    pieces += struct.pack("<HIH", 0, (start * 2) | 0x40000000, 0)
    pieces += struct.pack("<HIH", 0, start + len(eight), 0)
    formatting = struct.pack("<Bh", 1, 4) + b"\0\0\0\0"
    table = formatting + struct.pack("<BI", 2, len(pieces)) + pieces
    struct.pack_into("<II", main, 0x01A2, 0, len(table))
    return compound_file(
        {
            "WordDocument": bytes(main) + eight + sixteen,
            "1Table": table,
            **{name.replace("__", "/"): content for name, content in streams.items()},
        }
    )


def locked_pdf(*, for_opening=True, algorithm="RC4-128"):
    """Encrypt for opening, or (only) against changes."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    writer.encrypt("secret" if for_opening else "", "owner", algorithm=algorithm)
    return _written(writer)


def pdf_for_certain_people():
    """Encrypt to certificates instead of a password, or say so."""
    return locked_pdf().replace(b"/Filter /Standard", b"/Filter /PubSec  ")


def scanned_pdf():
    return make_pdf("", ["Scanned with a telephone"])


def pdf_with_attachment():
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    writer.add_attachment("invoice.exe", b"MZ")
    return _written(writer)


def pdf_with_action(kind, *, is_indirect=False):
    """Put an action on opening into the catalogue, its name perhaps in an object of its own."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    name = NameObject(kind)
    if is_indirect:
        name = writer._add_object(name)
    action = DictionaryObject({NameObject("/S"): name, NameObject("/F"): TextStringObject("x")})
    writer.root_object[NameObject("/OpenAction")] = action
    return _written(writer)


def pdf_with_page_action(*, first="/URI"):
    """Put an action on showing the first page; another one fetches a page after it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    fetch = DictionaryObject({NameObject("/S"): NameObject("/URI")})
    action = fetch if first == "/URI" else DictionaryObject({NameObject("/S"): NameObject(first)})
    if action is not fetch:
        action[NameObject("/Next")] = writer._add_object(ArrayObject([fetch]))
    events = DictionaryObject({NameObject("/O"): writer._add_object(action)})
    writer.pages[0][NameObject("/AA")] = events
    return _written(writer)


def pdf_with_page_view_on_opening():
    """Add the harmless action that many programs write: show the first page whole."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    view = ArrayObject([writer.pages[0].indirect_reference, NameObject("/Fit")])
    writer.root_object[NameObject("/OpenAction")] = view
    return _written(writer)


def pdf_with_xfa():
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    form = DictionaryObject({NameObject("/XFA"): TextStringObject("<xdp/>")})
    writer.root_object[NameObject("/AcroForm")] = form
    return _written(writer)


def pdf_bomb(megabytes=100):
    """Have one page's content inflate to this size."""
    squeeze = zlib.compressobj(9)
    stream = b"".join(squeeze.compress(b" " * 1024 * 1024) for _ in range(megabytes))
    stream += squeeze.flush()
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(stream), stream),
    )


def pdf_with_page_cycle():
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 2/Kids[3 0 R]/Parent 3 0 R>>",
        b"<</Type/Pages/Count 2/Kids[2 0 R]/Parent 2 0 R>>",
    )


def pdf_with_many_pages(count):
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 3 + count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%b]>>" % (count, kids),
        *[page] * count,
    )


def raw_pdf(*objects):
    """Write objects as they stand, the first one being the catalogue."""
    chunks, offsets, at = [b"%PDF-1.7\n"], [], 9
    for number, content in enumerate(objects, start=1):
        chunks.append(b"%d 0 obj%b\nendobj\n" % (number, content))
        offsets.append(at)
        at += len(chunks[-1])
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Size %d/Root 1 0 R>>\n"
    return b"".join(chunks) + trailer % (size, table, size) + b"startxref\n%d\n%%%%EOF\n" % at


def docx_parts():
    body = "".join(f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>" for words in CV_WORDS)
    return {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": PACKAGE_RELATIONSHIPS,
        "word/document.xml": document_part(body),
        "word/_rels/document.xml.rels": DOCUMENT_RELATIONSHIPS,
    }


def docx_with(**parts):
    """Make a Word file with more, or other, parts."""
    return zipped(docx_parts() | parts)


def docx_with_body(body):
    return docx_with(**{"word/document.xml": document_part(body)})


def docx_with_part(kind, body):
    """Make a Word file with one more part of this kind of text, such as `header`."""
    type_ = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"
    override = f'<Override PartName="/word/{kind}1.xml" ContentType="{type_}"/>'
    types = CONTENT_TYPES.replace("</Types>", f"{override}</Types>")
    return docx_with(**{"[Content_Types].xml": types, f"word/{kind}1.xml": document_part(body)})


def docx_with_relationship(kind, target, mode="External"):
    link = (
        f'<Relationship Id="rId9" Type="{_OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    )
    relationships = DOCUMENT_RELATIONSHIPS.replace("</Relationships>", f"{link}</Relationships>")
    return docx_with(**{"word/_rels/document.xml.rels": relationships})


def docx_with_content_type(content_type):
    override = f'<Override PartName="/word/more.bin" ContentType="{content_type}"/>'
    return docx_with(
        **{"[Content_Types].xml": CONTENT_TYPES.replace("</Types>", f"{override}</Types>")}
    )


def zipped(parts, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def docx_that_lies_about_its_size(claimed=100):
    """Declare the main part small in both headers; the bytes inflate to more."""
    parts = docx_parts()
    real = len(parts["word/document.xml"].encode())
    data = bytearray(zipped(parts))
    for at in _occurrences(data, struct.pack("<I", real)):
        struct.pack_into("<I", data, at, claimed)
    return bytes(data)


def docx_with_overlapping_parts():
    """Let a second directory entry point into the bytes of the first."""
    data = bytearray(docx_with(**{"word/again.xml": "<a/>"}))
    entry = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, entry + 42, 8)
    return bytes(data)


def docx_marked_as_encrypted():
    data = bytearray(docx())
    for mark, flags_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for at in _occurrences(data, mark):
            data[at + flags_at] |= 1
    return bytes(data)


def _occurrences(data, needle):
    at = data.find(needle)
    while at >= 0:
        yield at
        at = data.find(needle, at + 1)


def _written(writer):
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()
