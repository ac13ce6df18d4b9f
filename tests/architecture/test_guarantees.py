"""Every guarantee has a proof that is named after it.

A proof is a test whose name, or whose file's first line, carries the id (G1 to G30), or a leg of
the chaos run or of the bench whose description does. Guarantees of other kinds (what a person may
see, what is kept how long, how releases are made) are not for these tests.
"""

import ast
import re
from collections import defaultdict
from typing import Final

import pytest

from tests.architecture.source import ROOT, python_files, relative, tree

GUARANTEES: Final = (*(f"G{n}" for n in range(1, 22)), "G26", "G29")
_LEGS: Final = ("tests/faults/chaos/", "tests/bench/")
_PAGE: Final = (ROOT / "docs" / "guarantees.md").read_text()
_ROWS: Final = dict(re.findall(r"^\| (G\d+) \| .+ \| (.+) \|$", _PAGE, re.MULTILINE))
_ID: Final = re.compile(r"(?<![A-Za-z0-9])G\d+(?![A-Za-z0-9])")


def find_proofs() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path in python_files("tests"):
        name = relative(path)
        is_leg = name.startswith(_LEGS)
        if not (is_leg or path.name.startswith("test_")):
            continue
        for node in ast.walk(tree(path)):
            for id_ in set(_ID.findall(_says(node, is_leg=is_leg).replace("_", " "))):
                found[id_].append(f"{name}: {getattr(node, 'name', 'all of it')}")
    return found


def _says(node: ast.AST, *, is_leg: bool) -> str:
    """Return what names a proof: a test's name, or the description of a file or of a leg."""
    if isinstance(node, ast.Module):
        return (ast.get_docstring(node) or "").partition("\n")[0]
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return ""
    if is_leg:
        return ast.get_docstring(node) or ""
    return node.name if node.name.startswith("test_") else ""


PROOFS: Final = find_proofs()


@pytest.mark.parametrize("guarantee", GUARANTEES)
def test_every_guarantee_has_a_proof_that_is_named_after_it(guarantee: str) -> None:
    assert PROOFS.get(guarantee)


def test_the_page_has_a_line_for_every_guarantee() -> None:
    assert list(_ROWS) == [f"G{n}" for n in range(1, 31)]


@pytest.mark.parametrize("guarantee", _ROWS)
def test_the_page_names_proofs_of_each_guarantee_or_says_that_there_is_none(
    guarantee: str,
) -> None:
    named = set(re.findall(r"`(tests/[^`]+)`", _ROWS[guarantee]))
    if _ROWS[guarantee].startswith("not "):
        assert guarantee not in PROOFS
        assert [path for path in named if not (ROOT / path).exists()] == []
        return
    assert named
    assert named <= {proof.partition(":")[0] for proof in PROOFS[guarantee]}
