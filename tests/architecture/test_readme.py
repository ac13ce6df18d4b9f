"""What the README shows is what runs."""

import re

from services.console.commands import COMMANDS
from services.console.diagram import stage_diagram
from tests.architecture.source import ROOT
from tests.support.sections import section

README = (ROOT / "README.md").read_text()


def test_the_stage_diagram_is_the_one_drawn_from_the_stage_function() -> None:
    assert section(README, "stages") == f"```mermaid\n{stage_diagram().rstrip()}\n```"


def test_the_figures_are_those_that_the_runs_wrote() -> None:
    for page in (ROOT / "docs").glob("*.md"):
        text = page.read_text()
        for name in re.findall(r"<!-- (\w+):begin -->", text):
            assert section(README, name) == section(text, name), page


def test_every_command_named_in_the_documents_exists() -> None:
    documents = [README, (ROOT / "CONTRIBUTING.md").read_text()]
    named = {word for text in documents for word in re.findall(r"\./muster ([a-z]+)", text)}
    assert named - COMMANDS.keys() == set()


def test_every_folder_named_in_the_documents_exists() -> None:
    named = re.findall(r"^\| `([a-z/]+)`", README, re.MULTILINE)
    assert [folder for folder in named if not (ROOT / folder).exists()] == []
