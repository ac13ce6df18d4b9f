"""Opens the zip package of a Word document; measured before inflating and again while doing so."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import IO, Final
from xml.etree.ElementTree import Element, ParseError

import olefile
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from services.documents.inspection.refusal import Unacceptable
from shared.contracts.checks import FindingCode

MAX_PARTS: Final = 2_000
MAX_UNPACKED_BYTES: Final = 64 * 1024 * 1024
_MAX_RATIO: Final = 200  # of one part; what Word writes stays far below 50
_RATIO_COUNTS_FROM_BYTES: Final = 1024 * 1024
_LOCAL_HEADER_BYTES: Final = 30
_END_RECORD: Final = b"PK\x05\x06"
_END_RECORD_BYTES: Final = 22
_IS_ENCRYPTED: Final = 0x1
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_OTHER_FORMATS: Final = (b"PK\x03\x04", b"MZ", b"%PDF-", b"{\\rtf", olefile.MAGIC)
_WORKBOOK: Final = re.compile(r"word/embeddings/[^/]+\.xlsx")  # what a chart is drawn from


class Package:
    """The parts of one document, of which never more than the limit is inflated in all."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            if not _ends(data):
                raise Unacceptable(FindingCode.TRUNCATED, "no_end") from None
            raise Unacceptable(FindingCode.DAMAGED, "unreadable_zip") from None
        self._allowance = MAX_UNPACKED_BYTES
        entries = self._archive.infolist()
        self.names: Final = [entry.filename for entry in entries]
        _refuse_bomb(entries)
        _refuse_strange_names(self.names)
        _refuse_strange_layout(entries, data, self._archive.start_dir)

    def elements(self, name: str, *events: str) -> Iterator[tuple[str, Element]]:
        """Read the XML of a part as parsing events; document types and entities are refused."""
        try:
            with self._archive.open(name) as part:
                yield from iterparse(_Counted(part, self), events, forbid_dtd=True)
        except DefusedXmlException:
            raise Unacceptable(FindingCode.UNSAFE_CONTENT, "xml_entities") from None
        except (ParseError, zipfile.BadZipFile, zlib.error, EOFError, KeyError):
            raise Unacceptable(FindingCode.DAMAGED, "unreadable_part") from None

    def refuse_other_formats(self) -> None:
        """Refuse a program, an archive or another document inside, but for a chart's workbook."""
        for name in self.names:
            try:
                with self._archive.open(name) as part:
                    start = part.read(8)
            except (zipfile.BadZipFile, zlib.error, EOFError):
                raise Unacceptable(FindingCode.DAMAGED, "unreadable_part") from None
            if start.startswith(_OTHER_FORMATS) and not _WORKBOOK.fullmatch(name):
                raise Unacceptable(FindingCode.UNSAFE_CONTENT, "embedded_object")

    def spend(self, inflated_bytes: int) -> None:
        """Take inflated bytes off the allowance of this document."""
        self._allowance -= inflated_bytes
        if self._allowance < 0:
            raise Unacceptable(FindingCode.BOMB, "inflates")


class _Counted:
    """A part being inflated, whose every byte counts against its package's allowance."""

    def __init__(self, part: IO[bytes], package: Package) -> None:
        self._part, self._package = part, package

    def read(self, size: int = -1) -> bytes:
        """Inflate the next bytes."""
        data = self._part.read(size)
        self._package.spend(len(data))
        return data


def _ends(data: bytes) -> bool:
    """Tell whether the record that is written last is there, and whole."""
    at = data.rfind(_END_RECORD)
    return 0 <= at <= len(data) - _END_RECORD_BYTES


def _refuse_bomb(entries: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse by what the directory declares, before anything is inflated (B14, B16)."""
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES:
        raise Unacceptable(FindingCode.BOMB, "inflates")
    for entry in entries:
        is_large = entry.file_size > _RATIO_COUNTS_FROM_BYTES
        if is_large and entry.file_size > _MAX_RATIO * entry.compress_size:
            raise Unacceptable(FindingCode.BOMB, "inflates")


def _refuse_strange_names(names: Sequence[str]) -> None:
    """Refuse names that climb out of the package (B18), and two parts under one name."""
    if any(name.startswith("/") or ".." in re.split(r"[/\\]", name) for name in names):
        raise Unacceptable(FindingCode.UNSAFE_CONTENT, "path_traversal")
    if len({name.casefold() for name in names}) < len(names):
        raise Unacceptable(FindingCode.UNSAFE_CONTENT, "two_parts_of_one_name")


def _refuse_strange_layout(
    entries: Sequence[zipfile.ZipInfo], data: bytes, directory_at: int
) -> None:
    """Refuse what is locked, or stands before, over or behind the parts (B9, B17, B26)."""
    if any(entry.flag_bits & _IS_ENCRYPTED for entry in entries):
        raise Unacceptable(FindingCode.PASSWORD_LOCKED, "encrypted")
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise Unacceptable(FindingCode.DAMAGED, "unknown_compression")
    in_place = sorted(entries, key=lambda entry: entry.header_offset)
    ends = [entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size for entry in in_place]
    begins = [entry.header_offset for entry in in_place]
    if any(end > begin for end, begin in zip(ends, [*begins[1:], directory_at], strict=True)):
        raise Unacceptable(FindingCode.UNSAFE_CONTENT, "overlapping_parts")
    if begins[:1] != [0] or data.rfind(_END_RECORD) != len(data) - _END_RECORD_BYTES:
        raise Unacceptable(FindingCode.DAMAGED, "trailing_data")
