"""Reads .doc as Word 97 to 2003 wrote it: refuses what is active, and extracts the text."""

import io
import re
import struct
from collections.abc import Iterator
from typing import Final

import olefile

from services.documents.decisions import Kind
from services.documents.inspection.docx import ACTIVE_FIELD
from services.documents.inspection.refusal import Unacceptable
from services.documents.inspection.wording import MAX_TEXT_CHARACTERS
from shared.contracts.checks import FindingCode

# Where things stand in the file information block ([MS-DOC] 2.5).
_VERSION_AT: Final = 0x02
_FLAGS_AT: Final = 0x0A
_TEXT_LENGTH_AT: Final = 0x4C
_PIECES_AT: Final = 0x01A2
_WORD_97: Final = 0x00C1
_IS_ENCRYPTED: Final = 0x0100
_USES_1TABLE: Final = 0x0200

# Where things stand in the header of a compound file ([MS-CFB] 2.2).
_HEADER_BYTES: Final = 512
_SECTOR_SHIFT_AT: Final = 0x1E
_SECTOR_SHIFTS: Final = (9, 12)
_TABLE_SECTORS_AT: Final = 0x4C
_LAST_SECTOR: Final = 0xFFFFFFFA
_FREE: Final = 0xFFFFFFFF

_FORMATTING, _PIECE_TABLE = 1, 2  # the two records of a Clx ([MS-DOC] 2.9.38)
_IS_8_BIT: Final = 0x40000000

_MACROS: Final = ("Macros", "_VBA_PROJECT_CUR", "VBA")
_WORKBOOKS: Final = ("Workbook", "Book")  # to Excel the same file would be one (B9, B22)
_FIELD: Final = re.compile(r"\x13([^\x13-\x15]*)\x14?")
_BREAKS: Final = str.maketrans({"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x07": "\t", "\x15": ""})


def read_doc(data: bytes) -> str:
    """Return the document's main text; none from versions before Word 97."""
    if _is_cut_short(data):
        raise Unacceptable(FindingCode.TRUNCATED, "no_end")
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            _refuse_what_is_not_word(ole)
            _refuse_active_content(ole)
            main = ole.openstream("WordDocument").read()
            (flags,) = struct.unpack_from("<H", main, _FLAGS_AT)
            if flags & _IS_ENCRYPTED:
                raise Unacceptable(FindingCode.PASSWORD_LOCKED, "encrypted")
            if struct.unpack_from("<H", main, _VERSION_AT) < (_WORD_97,):
                return ""
            table = "1Table" if flags & _USES_1TABLE else "0Table"
            text = _text(main, ole.openstream(table).read())
    except (OSError, ValueError, struct.error):
        raise Unacceptable(FindingCode.DAMAGED, "unreadable") from None
    _refuse_active_fields(text)
    return _FIELD.sub("", text).translate(_BREAKS)


def _is_cut_short(data: bytes) -> bool:
    """Tell whether the table of sectors speaks of more of them than there are ([MS-CFB] 2.3)."""
    header = data[:_HEADER_BYTES].ljust(_HEADER_BYTES, b"\0")
    shift = int.from_bytes(header[_SECTOR_SHIFT_AT : _SECTOR_SHIFT_AT + 2], "little")
    if shift not in _SECTOR_SHIFTS:
        return False
    size, last = 1 << shift, 0
    for number, at in enumerate(struct.unpack_from("<109I", header, _TABLE_SECTORS_AT)):
        if at > _LAST_SECTOR:
            break
        table = data[(at + 1) * size : (at + 2) * size]
        if len(table) < size:
            return True
        used = [i for i, (entry,) in enumerate(struct.iter_unpack("<I", table)) if entry != _FREE]
        if used:
            last = number * (size // 4) + used[-1]
    return len(data) <= (last + 1) * size


def _refuse_what_is_not_word(ole: olefile.OleFileIO) -> None:
    if ole.exists("EncryptedPackage"):
        raise Unacceptable(FindingCode.PASSWORD_LOCKED, "encrypted", Kind.UNKNOWN)
    if not ole.exists("WordDocument"):
        raise Unacceptable(FindingCode.WRONG_FORMAT, "not_word", Kind.UNKNOWN)
    if any(ole.exists(name) for name in _WORKBOOKS):
        raise Unacceptable(FindingCode.TWO_FORMATS, "workbook")


def _refuse_active_content(ole: olefile.OleFileIO) -> None:
    if any(ole.exists(name) for name in _MACROS):
        raise Unacceptable(FindingCode.MACROS, "macros")
    if any(path[0] == "ObjectPool" for path in ole.listdir()):
        raise Unacceptable(FindingCode.UNSAFE_CONTENT, "embedded_object")


def _refuse_active_fields(text: str) -> None:
    if any(ACTIVE_FIELD.match(instruction) for instruction in _FIELD.findall(text)):
        raise Unacceptable(FindingCode.UNSAFE_CONTENT, "active_field")


def _text(main: bytes, table: bytes) -> str:
    """Put the text together from its pieces, which stand in the order of saving."""
    (length,) = struct.unpack_from("<I", main, _TEXT_LENGTH_AT)
    start, size = struct.unpack_from("<II", main, _PIECES_AT)
    pieces = _piece_table(table[start : start + size])
    text = "".join(_piece(main, *piece) for piece in _bounds(pieces))
    return text[: min(length, MAX_TEXT_CHARACTERS)]


def _piece_table(records: bytes) -> bytes:
    """Skip the formatting records that stand before the table of pieces."""
    at = 0
    while records[at : at + 1] == bytes([_FORMATTING]):
        at += 3 + struct.unpack_from("<h", records, at + 1)[0]
    kind, size = struct.unpack_from("<BI", records, at)
    if kind != _PIECE_TABLE:
        raise Unacceptable(FindingCode.DAMAGED, "no_pieces")
    return records[at + 5 : at + 5 + size]


def _bounds(pieces: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each piece is stored and how many characters it has."""
    count = (len(pieces) - 4) // 12
    positions = struct.unpack_from(f"<{count + 1}I", pieces)
    for number in range(count):
        (stored_at,) = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * number + 2)
        yield stored_at, positions[number + 1] - positions[number]


def _piece(main: bytes, stored_at: int, length: int) -> str:
    if length < 0:
        raise Unacceptable(FindingCode.DAMAGED, "pieces_out_of_order")
    if stored_at & _IS_8_BIT:
        start = (stored_at & ~_IS_8_BIT) // 2
        return main[start : start + length].decode("cp1252", "replace")
    return main[stored_at : stored_at + 2 * length].decode("utf-16-le", "replace")
