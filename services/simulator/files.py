"""A file that a candidate uploads: its bytes, and how the careers site describes them."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from hashlib import sha256

from services.simulator.papers import make_docx, make_pdf
from shared.contracts.applications import Document, Role


@dataclass(frozen=True, slots=True)
class File:
    """What a candidate uploads; the same File always gives the same bytes."""

    key: str
    role: Role
    name: str
    title: str
    paragraphs: tuple[str, ...]

    def content(self) -> bytes:
        """Make the bytes, in the format that the key ends with."""
        match self.key.rpartition(".")[2]:
            case "pdf":
                return make_pdf(self.title, self.paragraphs)
            case "docx":
                return make_docx(self.title, self.paragraphs)
            case "odt":
                return _make_odt(self.paragraphs)
            case "png":
                return _make_png()
            case suffix:
                message = f"no candidate writes .{suffix}"
                raise ValueError(message)

    def document(self, content: bytes) -> Document:
        """Describe the file as the careers site does."""
        return Document(
            key=self.key,
            sha256=sha256(content).hexdigest(),
            size=len(content),
            role=self.role,
            name=self.name,
        )


def _make_odt(paragraphs: tuple[str, ...]) -> bytes:
    """Make just enough of an OpenDocument text to be recognised as one."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, text in (
            ("mimetype", "application/vnd.oasis.opendocument.text"),
            ("content.xml", "\n".join(paragraphs)),
        ):
            archive.writestr(zipfile.ZipInfo(name, (2025, 6, 1, 0, 0, 0)), text)
    return body.getvalue()


def _make_png() -> bytes:
    """Make a picture of one white dot."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    dot = zlib.compress(b"\x00\xff")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", dot) + chunk(b"IEND", b"")
    )
