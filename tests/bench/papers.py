"""Documents for the real pipeline: CVs with a photograph of any size, and statements."""

import hashlib
import io
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject, NumberObject

from services.simulator.papers import make_docx, make_pdf
from shared.contracts.applications import Document, Role

_WORDS: Final = (
    "workshop", "vehicle", "inspection", "brakes", "diagnosis", "electrical", "response", "safety",
    "colleagues", "training", "quality", "check", "service", "repair", "record", "team", "rota",
    "stock", "parts", "night", "shift", "report", "measured", "improved",
)  # fmt: skip
_FORGETFUL: Final = 10


@dataclass(frozen=True, slots=True)
class Paper:
    """One file as it lies in the object store."""

    content: bytes
    sha256: str
    role: Role
    name: str

    def put(self, store: Path, key: str) -> Document:
        """Store it, and describe it as the careers site does."""
        path = store / key
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(self.content)
        return Document(
            key=key, sha256=self.sha256, size=len(self.content), role=self.role, name=self.name
        )


def cv(seed: int, size: int = 0) -> Paper:
    """Write a CV of two pages, filled up to `size` bytes with a photograph."""
    content = make_pdf("Curriculum Vitae", _paragraphs(seed, 14))
    if size > len(content):
        content = _with_photograph(content, size - len(content), seed)
    return _paper(content, Role.CV, "My CV.pdf")


def statement(seed: int) -> Paper:
    return _paper(
        make_docx("Personal Statement", _paragraphs(-1 - seed, 8)),
        Role.PERSONAL_STATEMENT,
        "Personal Statement.docx",
    )


def papers_of(number: int) -> list[Paper]:
    """Write what a candidate sends in; every tenth forgets the statement."""
    return [cv(number)] if number % _FORGETFUL == 0 else [cv(number), statement(number)]


def _paper(content: bytes, role: Role, name: str) -> Paper:
    return Paper(content, hashlib.sha256(content).hexdigest(), role, name)


def _paragraphs(seed: int, count: int) -> list[str]:
    chooser = random.Random(str(seed))  # of a number only its absolute value would count
    return [" ".join(chooser.choices(_WORDS, k=60)) for _ in range(count)]


def _with_photograph(pdf: bytes, size: int, seed: int) -> bytes:
    """Hang a picture that does not compress on the first page."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    picture = DecodedStreamObject()
    picture.set_data(random.Random(seed).randbytes(size))
    picture.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(size // 3),
            NameObject("/Height"): NumberObject(1),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
        }
    )
    writer.pages[0][NameObject("/Photo")] = writer._add_object(picture)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()
