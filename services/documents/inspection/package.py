"""Opens the zip package of a Word document: everything is measured before and while inflating."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Final, Protocol
from xml.etree.ElementTree import Element, ParseError  # types only; parsing is defusedxml's

import olefile
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from services.documents.inspection.refusal import Unacceptable
from shared.contracts.applications import FindingCode

MAX_PARTS: Final = 2_000
MAX_UNPACKED_BYTES: Final = 64 * 1024 * 1024
_MAX_RATIO: Final = 200  # of one part; Word's own stay far below 50
_RATIO_COUNTS_FROM_BYTES: Final = 1024 * 1024
_LOCAL_HEADER_BYTES: Final = 30
_END_RECORD_BYTES: Final = 22
_IS_ENCRYPTED: Final = 0x1
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_OTHER_FORMATS: Final = (b"PK\x03\x04", b"MZ", b"%PDF-", b"{\\rtf", olefile.MAGIC)
_WORKBOOK: Final = re.compile(r"word/embeddings/[^/]+\.xlsx")  # what a chart was drawn from


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Package:
    """The parts of one document, of which never more than the limit is inflated in all."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise Unacceptable(FindingCode.DAMAGED, "unreadable_zip") from None
        self._inflated = 0
        entries = self._archive.infolist()
        _refuse_bomb(entries)
        _refuse_strange_layout(entries, self._archive.start_dir, len(data))
        self.names: Final = [entry.filename for entry in entries]

    def __contains__(self, name: str) -> bool:
        """Tell whether the part is there."""
        return name in self.names

    def refuse_other_formats(self) -> None:
        """Refuse a program, an archive or another document inside, but for a chart's workbook."""
        for name in self.names:
            with self._archive.open(name) as part:
                if part.read(8).startswith(_OTHER_FORMATS) and not _WORKBOOK.fullmatch(name):
                    raise Unacceptable(FindingCode.UNSAFE_CONTENT, "embedded_object")

    def elements(self, name: str, *events: str) -> Iterator[tuple[str, Element]]:
        """Read the XML of a part as events; entities and document types are refused."""
        try:
            with self._archive.open(name) as part:
                yield from iterparse(self._Counted(self, part), events, forbid_dtd=True)
        except DefusedXmlException:
            raise Unacceptable(FindingCode.UNSAFE_CONTENT, "xml_entities") from None
        except (ParseError, zipfile.BadZipFile, EOFError, KeyError):
            raise Unacceptable(FindingCode.DAMAGED, "unreadable_part") from None
