"""Reads .docx: refuses what is no Word document, broken or active, and extracts the text."""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree.ElementTree import Element

from services.documents.decisions import Kind
from services.documents.inspection.package import Package
from services.documents.inspection.refusal import Unacceptable
from services.documents.inspection.wording import MAX_TEXT_CHARACTERS
from shared.contracts.checks import FindingCode

CONTENT_TYPES: Final = "[Content_Types].xml"
_MAIN: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_MACROS: Final = re.compile(r"macroenabled|macrosheet|vbaproject|vbadata", re.IGNORECASE)
_OBJECT: Final = re.compile(r"oleobject|activex", re.IGNORECASE)
_ACTIVE_RELATIONSHIPS: Final = frozenset({"aFChunk", "oleObject", "control"})
_BESIDE_THE_TEXT: Final = re.compile(r"\.(header|footer|(foot|end)notes|comments)\+xml$")
_RELATIONSHIPS: Final = "_rels/.rels"
_LOCAL_FILE: Final = re.compile(
    r"(file:/{0,3})?[a-z]:/|file:/{3,4}(Users|Applications|Library|Volumes)/|[\w .%-]+$",
    re.IGNORECASE,
)

# A field that has Word ask another program for its content (B22).
ACTIVE_FIELD: Final = re.compile(r"\s*(DDE|DDEAUTO|LINK)\b", re.IGNORECASE)


def read_docx(data: bytes) -> str:
    """Return the text of the document's main part."""
    package = Package(data)
    types = _content_types(package)
    main = _find_main_part(package, types)
    for name in package.names:
        _refuse_active_part(name)
    package.refuse_other_formats()
    for name in package.names:
        if name.endswith(".rels"):
            _refuse_active_relationships(package, name)
        if _BESIDE_THE_TEXT.search(types.get(f"/{name}", "")):
            for _ in _words(package, name):
                pass  # for its fields: Word asks for those of a header as well
    return "".join(_words(package, main))


def _content_types(package: Package) -> dict[str, str]:
    """Map parts, as `/word/document.xml`, and all with an extension, as `xml`, to their types."""
    types: dict[str, str] = {}
    if CONTENT_TYPES in package.names:
        for _, element in package.elements(CONTENT_TYPES, "end"):
            content_type = element.get("ContentType", "")
            _refuse_active_part(content_type)
            types[element.get("PartName") or element.get("Extension", "").casefold()] = (
                content_type
            )
    return types


def _find_main_part(package: Package, types: Mapping[str, str]) -> str:
    """Find the part that holds the text; without one this is no Word document.

    Most programs give it a type of its own. Some, such as .NET's, make that the type of all XML;
    then the package says which part is meant.
    """
    main = next((part for part, type_ in types.items() if part[:1] == "/" and type_ == _MAIN), "")
    if not main and _RELATIONSHIPS in package.names:
        for _, element in package.elements(_RELATIONSHIPS, "end"):
            part = f"/{element.get('Target', '').removeprefix('/')}"
            is_main = element.get("Type", "").endswith("/officeDocument")
            if is_main and types.get(part, types.get(part.rpartition(".")[2].casefold())) == _MAIN:
                main = part
    if main.removeprefix("/") not in package.names:
        raise Unacceptable(FindingCode.WRONG_FORMAT, "not_word", Kind.UNKNOWN)
    return main.removeprefix("/")


def _refuse_active_part(name: str) -> None:
    """Refuse macros and objects by the type or the name of their part (B21, B22)."""
    if _MACROS.search(name):
        raise Unacceptable(FindingCode.MACROS, "macros")
    if _OBJECT.search(name):
        raise Unacceptable(FindingCode.UNSAFE_CONTENT, "embedded_object")


def _refuse_active_relationships(package: Package, name: str) -> None:
    """Refuse what Word would run or fetch on opening; a link to click on may stay (B23).

    A template on the writer's own disk stays too: every document made from one names it.
    """
    for _, element in package.elements(name, "end"):
        kind = element.get("Type", "").rpartition("/")[2]
        if kind == "vbaProject":
            raise Unacceptable(FindingCode.MACROS, "macros")
        if kind in _ACTIVE_RELATIONSHIPS:
            raise Unacceptable(FindingCode.UNSAFE_CONTENT, "embedded_object")
        if element.get("TargetMode") == "External" and kind != "hyperlink":
            target = element.get("Target", "").replace("\\", "/")
            if not _LOCAL_FILE.match(target):
                raise Unacceptable(FindingCode.UNSAFE_CONTENT, "external_content")


def _words(package: Package, main: str) -> Iterator[str]:
    """Yield the text in reading order, a line for each paragraph."""
    length = fallbacks = 0
    instruction = ""
    for event, element in package.elements(main, "start", "end"):
        tag = element.tag.rpartition("}")[2]
        if tag == "Fallback":  # the same text box again, for older programs
            fallbacks += 1 if event == "start" else -1
        if event == "start":
            continue
        instruction = _instruction(tag, element, instruction)
        if ACTIVE_FIELD.match(instruction):
            raise Unacceptable(FindingCode.UNSAFE_CONTENT, "active_field")
        text = "" if fallbacks else _text(tag, element)
        element.clear()
        length += len(text)
        if length > MAX_TEXT_CHARACTERS:
            return
        yield text


def _text(tag: str, element: Element) -> str:
    match tag:
        case "t":
            return element.text or ""
        case "p" | "br" | "cr":
            return "\n"
        case "tab" | "tc":
            return "\t"
        case _:
            return ""


def _instruction(tag: str, element: Element, so_far: str) -> str:
    """Put a field's instruction together, which may come in pieces."""
    match tag:
        case "instrText":
            return so_far + (element.text or "")
        case "fldSimple":
            return next((value for name, value in element.items() if name.endswith("}instr")), "")
        case "fldChar":
            return ""
        case _:
            return so_far
