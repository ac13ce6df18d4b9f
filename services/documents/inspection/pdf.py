"""Reads PDF: refuses what is locked, broken or active, and extracts the text."""

import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from pypdf import PdfReader
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from services.documents.inspection.refusal import Unacceptable
from services.documents.inspection.wording import MAX_TEXT_CHARACTERS
from shared.contracts.checks import FindingCode

_MAX_PAGES: Final = 50
_MAX_OBJECTS: Final = 20_000
_END: Final = b"%%EOF"
_OBJECT: Final = re.compile(rb"\d+ \d+ obj\b")

_ACTIVE_KEYS: Final = frozenset(
    {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent"}
)
_ACTIVE_TYPES: Final = frozenset(
    {
        "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE",
        "/EmbeddedFile", "/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/3D",
    }
)  # fmt: skip
_NEVER_ACTIVE: Final = frozenset({"/Parent", "/P", "/Resources", "/StructTreeRoot", "/Metadata"})


def read_pdf(data: bytes) -> str:
    """Return the text of the first pages."""
    _refuse_strange_end(data)
    try:
        reader = _open(data)
        _refuse_active_content(reader)
        return _text(reader)
    except LimitReachedError:
        raise Unacceptable(FindingCode.BOMB, "inflates") from None
    except PyPdfError:
        raise Unacceptable(FindingCode.DAMAGED, "unreadable") from None


def _refuse_strange_end(data: bytes) -> None:
    """Refuse a file cut short, and one with more behind its end (B3, B9).

    A PDF for the web has a first end mark near its beginning, which a cut leaves standing.
    """
    _, end, rest = data.rpartition(_END)
    if not end or _OBJECT.search(rest):
        raise Unacceptable(FindingCode.TRUNCATED, "no_end")
    if rest.strip(b"\0\t\n\f\r "):
        raise Unacceptable(FindingCode.DAMAGED, "trailing_data")


def _open(data: bytes) -> PdfReader:
    """Open it if anybody may: a lock against changes has no password for opening (B4)."""
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
    except NotImplementedError:  # locked for the holders of certificates, or in a way of its own
        raise Unacceptable(FindingCode.PASSWORD_LOCKED, "encrypted") from None
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unacceptable(FindingCode.PASSWORD_LOCKED, "encrypted")
    return reader


def _text(reader: PdfReader) -> str:
    text = ""
    for page in islice(reader.pages, _MAX_PAGES):
        content = page.get_contents()
        if content is not None:
            content.get_data()  # says so if it is too large; extracting would pass over it
        text += page.extract_text() + "\n"
        if len(text) > MAX_TEXT_CHARACTERS:
            break
    return text


def _refuse_active_content(reader: PdfReader) -> None:
    """Walk all that a viewer may act upon; fonts, images and tags do nothing by themselves."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.trailer.get("/Root")]
    for _ in range(_MAX_OBJECTS):
        if not waiting:
            return
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            number = (found.idnum, found.generation)
            if number in seen:
                continue
            seen.add(number)
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            _refuse_active(found)
            waiting += [value for key, value in found.items() if key not in _NEVER_ACTIVE]
        elif isinstance(found, ArrayObject):
            waiting += found
    raise Unacceptable(FindingCode.NOT_INSPECTED, "too_many_objects")


def _refuse_active(found: DictionaryObject) -> None:
    types = {str(found[key]) for key in ("/S", "/Type", "/Subtype") if key in found}
    active = (_ACTIVE_KEYS & found.keys()) | (_ACTIVE_TYPES & types)
    if active:
        raise Unacceptable(FindingCode.UNSAFE_CONTENT, min(active).strip("/").casefold())
    for action in _by_themselves(found):
        if isinstance(action, DictionaryObject) and "/S" in action and str(action["/S"]) == "/URI":
            raise Unacceptable(FindingCode.UNSAFE_CONTENT, "uri")


def _by_themselves(found: DictionaryObject) -> Iterator[Any]:
    """Find what is done without a click: on opening, on showing a page, and after another action.

    After a click as well nothing but the link itself may follow: no writer's program does that.
    """
    for key in ("/OpenAction", "/Next"):
        if key in found:
            value = found[key]  # resolved
            yield from value if isinstance(value, ArrayObject) else [value]
    events = found["/AA"] if "/AA" in found else None  # noqa: SIM401 - resolves it
    if isinstance(events, DictionaryObject):
        yield from (events[key] for key in events)
