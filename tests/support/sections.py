"""Parts of documents that runs write, between markers: nobody types a figure by hand."""

import re
from pathlib import Path


def section(text: str, name: str) -> str:
    """Return what stands between `<!-- name:begin -->` and `<!-- name:end -->`."""
    found = _between(name).search(text)
    assert found, f"no markers {name}:begin and {name}:end"
    return found[2].strip()


def write_section(page: Path, name: str, content: str) -> None:
    """Replace what stands there."""
    text = page.read_text()
    section(text, name)
    page.write_text(_between(name).sub(lambda m: f"{m[1]}{content.strip()}\n{m[3]}", text))


def marked(name: str, content: str) -> str:
    """Put the markers around something."""
    return f"<!-- {name}:begin -->\n{content.strip()}\n<!-- {name}:end -->"


def _between(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name}:begin -->\n)(.*?)(<!-- {name}:end -->)", re.DOTALL)
