"""A file that a candidate uploads: its bytes, and how the careers site describes them."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from services.simulator.papers import make_docx, make_pdf
from services.simulator.stories.story import Flaw
from shared.contracts.applications import Document, Role


@dataclass(frozen=True, slots=True)
class File:
    """What a candidate uploads; the same File always gives the same bytes."""

    key: str
    role: Role
    name: str
    title: str
    paragraphs: tuple[str, ...]
    flaw: Flaw | None = None

    def content(self) -> bytes:
        """Make the bytes, in the format that the key ends with, and spoil them."""
        match self.flaw:
            case None:
                return self._whole()
            case Flaw.EMPTY:
                return b""
            case Flaw.CUT_OFF:
                return self._whole()[: len(self._whole()) // 2]
            case Flaw.LOCKED:
                return _lock(self._whole())
            case Flaw.SCANNED:
                return make_pdf("", ["Scanned with a telephone"])
            case Flaw.BOMB:
                return make_docx(self.title, self.paragraphs, {"word/media/1.bmp": _BOMB})

    def _whole(self) -> bytes:
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


_BOMB: Final = "0" * 8 * 1024 * 1024  # a few kilobytes until somebody inflates it
_LOCK: Final = (
    b"/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -44/O<%b>/U<%b>>>/ID[<00><00>]"
    % (b"4d" * 32, b"55" * 32)
)


def _lock(pdf: bytes) -> bytes:
    """Let a PDF ask for a password, which nobody knows."""
    return pdf.replace(b"trailer<<", b"trailer<<" + _LOCK)


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
