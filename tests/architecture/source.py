"""The tree as the architecture tests read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent.parent
SERVICES: Final = ROOT / "services"
# Composition roots: they may import services, and the anatomy does not bind them.
ROOTS: Final = {"console", "simulator"}


def service_folders() -> list[Path]:
    return sorted(p.parent for p in SERVICES.glob("*/__init__.py") if p.parent.name not in ROOTS)


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def classes(path: Path) -> Iterator[ast.ClassDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            yield node


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


_KEEPERS: Final = {"ContractViolation", "Quarantined", "Unusable", "quarantine", "quarantined"}


def quarantine_reasons() -> Iterator[str]:
    """Find the codes for which messages are kept, as they stand in the code that keeps them."""
    for path in python_files("services", "shared"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and _name(node.func) in _KEEPERS:
                for argument in node.args[:2]:
                    code = argument.value if isinstance(argument, ast.Constant) else None
                    if (
                        isinstance(code, str)
                        and code.replace("_", "").islower()
                        and " " not in code
                    ):
                        yield code


def _name(function: ast.expr) -> str:
    return str(getattr(function, "attr", getattr(function, "id", "")))
