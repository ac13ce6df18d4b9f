"""`./muster documents inspect`: what the documents worker would say of these files, and why."""

import argparse
import hashlib
import json
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from services.console.mistakes import USAGE_ERROR
from services.documents.decisions import (
    Cure,
    Document,
    Inspection,
    Scan,
    Verdict,
    cure_of,
    judge,
    label,
    labels,
    may_be_opened,
)
from services.documents.handlers import examine
from services.documents.objects import PIECE_BYTES
from services.documents.storage import File
from services.notifications import wording
from shared import clock
from shared.contracts.applications import Role
from shared.contracts.checks import DocumentsOutcome, Finding
from shared.contracts.vacancies import Employer
from shared.employers import EmployerTerms, UnusableTerms, terms_of
from shared.messaging import Unavailable

_ROLES: Final = {
    "cv": Role.CV,
    "statement": Role.PERSONAL_STATEMENT,
    "combined": Role.COMBINED,
}
_CURES: Final = {
    Cure.CANDIDATE: "the candidate can put it right until closing",
    Cure.PERSON: "only a person can answer it",
    Cure.NOBODY: "a warning, and advice to the candidate",
}
_OUTCOMES: Final = {
    DocumentsOutcome.COMPLETE: "one CV and one personal statement in good order",
    DocumentsOutcome.FAULTY: "the candidate is told, and can replace the documents until closing",
    DocumentsOutcome.UNCLEAR: "a person looks at it",
}
_SCANS: Final = {
    Scan.OFF: "no, CLAMD_URL names no virus scanner",
    Scan.CLEAN: "yes, no virus found",
    Scan.INFECTED: "yes, and infected",
    Scan.NOT_SCANNED: "no, the virus scanner could not tell, or its signatures are old",
    Scan.UNREAD: "no, it was not read",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.description = (
        "Say what the documents worker would say of these files as one application: of each what "
        "it is taken for and why, what is wrong and how it is put right, and then of the set. "
        "The exit code is 0 if all is in order, 1 if something is wrong or unclear, 2 if the "
        "question cannot be answered."
    )
    parser.epilog = "example: ./muster documents inspect cv=CV.pdf statement=why.docx --json"
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a path, or what it was uploaded as and the path: cv=FILE, statement=FILE, "
        "combined=FILE",
    )
    parser.add_argument(
        "--employer",
        choices=[employer.value for employer in Employer],
        default=Employer.MET.value,
        help="whose settings apply (shared/employers.toml); met unless said otherwise",
    )
    parser.add_argument("--json", action="store_true", help="for programs")


class UnknownRole(Exception):  # noqa: N818 - it names what was written
    """A file was given as something that no document is."""


async def run(arguments: argparse.Namespace) -> int:
    """Inspect the files as the worker does, in child processes, and print what it would say."""
    try:
        terms = terms_of(Employer(arguments.employer))
        files = [_described(word) for word in arguments.files]
        documents = [await examine(file, _pieces, clock.utc_now()) for file in files]
    except OSError as error:
        return _cannot_answer(f"{error.filename}: {error.strerror}; name a file that can be read")
    except UnknownRole as error:
        return _cannot_answer(str(error))
    except (UnusableTerms, Unavailable) as error:
        return _cannot_answer(f"no verdict: {error}")
    verdict = judge(documents, terms)
    if arguments.json:
        print(json.dumps(_as_json(files, documents, verdict, terms), indent=2))
    else:
        print("\n".join(_as_text(files, documents, verdict, terms)))
    return 0 if verdict.outcome is DocumentsOutcome.COMPLETE else 1


def _cannot_answer(why: str) -> int:
    print(f"muster: {why}", file=sys.stderr)
    return USAGE_ERROR


def _described(word: str) -> File:
    """Describe a file as the careers site does; `cv=x` may also be the name of a file."""
    role, is_given, path = word.partition("=")
    if Path(word).exists() or not is_given:
        role, path = "", word
    elif role not in _ROLES:
        raise UnknownRole(f"{word}: write cv=FILE, statement=FILE or combined=FILE, or only FILE")
    file = Path(path)
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256")
    return File(
        key=path,
        sha256=digest.hexdigest(),
        size=file.stat().st_size,
        role=_ROLES.get(role, Role.UNLABELLED),
        name=file.name,
    )


async def _pieces(file: File) -> AsyncIterator[bytes]:
    with Path(file.key).open("rb") as opened:  # noqa: ASYNC230 - there is nobody to keep waiting
        while piece := opened.read(PIECE_BYTES):
            yield piece
        if not file.size:
            yield b""


def _as_text(
    files: Sequence[File],
    documents: Sequence[Document],
    verdict: Verdict,
    terms: EmployerTerms,
) -> Iterator[str]:
    for number, (file, document) in enumerate(zip(files, documents, strict=True)):
        said = ", ".join(
            f"{source}: {_role(role, 'nothing')}" for source, role in labels(document).items()
        )
        yield f"{number + 1}. {wording.file_name(file.name)}, {wording.size(file.size)}"
        yield f"   format     {document.inspection.kind}"
        yield f"   taken for  {_role(label(document), 'nothing certain')} ({said})"
        yield f"   scanned    {_SCANS[document.scan]}"
        yield f"   opening    {'allowed' if may_be_opened(document) else 'not allowed'}"
        yield from _findings(verdict, number, terms, document.inspection)
        yield ""
    yield from _findings(verdict, None, terms, None)
    yield f"{verdict.outcome}: {_OUTCOMES[verdict.outcome]}"


def _findings(
    verdict: Verdict,
    document: int | None,
    terms: EmployerTerms,
    inspection: Inspection | None,
) -> Iterator[str]:
    for finding in verdict.findings:
        if finding.document == document:
            wrong, remedy = wording.FINDINGS[finding.code]
            is_seen = inspection and inspection.detail and inspection.problem is finding.code
            how = f" ({inspection.detail})" if inspection and is_seen else ""
            yield f"   {finding.code}{how}: {wrong}"
            yield f"      what to do: {remedy}"
            yield f"      {_CURES[cure_of(finding.code, terms)]}"


def _role(role: Role, if_none: str) -> str:
    return if_none if role is Role.UNLABELLED else role.replace("_", " ")


def _as_json(
    files: Sequence[File],
    documents: Sequence[Document],
    verdict: Verdict,
    terms: EmployerTerms,
) -> Mapping[str, Any]:
    return {
        "outcome": verdict.outcome,
        "employer": terms.name,
        "combined_document": terms.combined_document,
        "near_copy_percent": terms.near_copy_percent,
        "findings": [_finding(finding, terms) for finding in verdict.findings],
        "documents": [
            {
                "file": file.key,
                "size": file.size,
                "sha256": file.sha256,
                "format": document.inspection.kind,
                "label": label(document),
                "labels": labels(document),
                "problem": document.inspection.problem,
                "detail": document.inspection.detail,
                "scan": document.scan,
                "may_be_opened": may_be_opened(document),
            }
            for file, document in zip(files, documents, strict=True)
        ],
    }


def _finding(finding: Finding, terms: EmployerTerms) -> Mapping[str, Any]:
    wrong, remedy = wording.FINDINGS[finding.code]
    cure = cure_of(finding.code, terms)
    return {
        "code": finding.code,
        "document": finding.document,
        "cure": cure,
        "wrong": wrong,
        "remedy": remedy,
    }
