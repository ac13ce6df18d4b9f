"""What one document is, by its content alone, and what is the matter with it (D3)."""

import io
import zipfile
from collections.abc import Callable
from typing import Final

import olefile

from services.documents.decisions import Inspection, Kind
from services.documents.inspection.doc import read_doc
from services.documents.inspection.docx import read_docx
from services.documents.inspection.pdf import read_pdf
from services.documents.inspection.refusal import Unacceptable
from services.documents.inspection.wording import describe
from shared.contracts.checks import FindingCode

_FORMATS: Final[tuple[tuple[bytes, Kind, Callable[[bytes], str]], ...]] = (
    (b"%PDF-", Kind.PDF, read_pdf),
    (b"PK\x03\x04", Kind.DOCX, read_docx),
    (olefile.MAGIC, Kind.DOC, read_doc),
)
_PDF_IS_SOUGHT_IN: Final = 1024  # bytes from the start, by every PDF reader


def inspect(data: bytes) -> Inspection:
    """Inspect one document; whatever its bytes do to our parsers becomes a finding.

    A format counts only if its mark stands at the very first byte (B10).
    """
    if not data:
        return Inspection(Kind.UNKNOWN, FindingCode.EMPTY)
    for mark, kind, read in _FORMATS:
        if data.startswith(mark):
            return _inspect_as(kind, read, data)
    return Inspection(Kind.UNKNOWN, FindingCode.WRONG_FORMAT, "not_accepted")


def _inspect_as(kind: Kind, read: Callable[[bytes], str], data: bytes) -> Inspection:
    try:
        _refuse_second_format(kind, data)
        return describe(kind, read(data))
    except Unacceptable as refusal:
        return Inspection(refusal.kind or kind, refusal.problem, refusal.detail)
    except Exception as error:  # noqa: BLE001 - a parser's own failure is a question for a person
        return Inspection(kind, FindingCode.NOT_INSPECTED, type(error).__name__.casefold())


def _refuse_second_format(kind: Kind, data: bytes) -> None:
    """Refuse a file that other programs would open as something else (B9).

    Word keeps its theme as a zip inside a .doc, so there only a zip to the last byte counts.
    """
    is_also_pdf = kind is not Kind.PDF and b"%PDF-" in data[:_PDF_IS_SOUGHT_IN]
    may_be_zip = kind is Kind.PDF or (kind is Kind.DOC and _ends_as_zip(data))
    if is_also_pdf or (may_be_zip and _has_zip(data)):
        raise Unacceptable(FindingCode.TWO_FORMATS, kind.value)


def _has_zip(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def _ends_as_zip(data: bytes) -> bool:
    at = data.rfind(b"PK\x05\x06")
    comment_bytes = int.from_bytes(data[at + 20 : at + 22], "little")
    return at >= 0 and at + 22 + comment_bytes == len(data)
