"""What the README shows is what runs."""

import re

from services.console.commands import COMMANDS
from services.console.diagram import stage_diagram
from tests.architecture.source import ROOT

README = (ROOT / "README.md").read_text()


def test_the_stage_diagram_is_the_one_drawn_from_the_stage_function() -> None:
    [shown] = re.findall(
        r"<!-- stages:begin -->\n```mermaid\n(.*?)\n```\n<!-- stages:end -->", README, re.DOTALL
    )
    assert shown == stage_diagram().rstrip()


def test_every_command_named_in_the_documents_exists() -> None:
    documents = [README, (ROOT / "CONTRIBUTING.md").read_text()]
    named = {word for text in documents for word in re.findall(r"\./muster ([a-z]+)", text)}
    assert named - COMMANDS.keys() == set()


def test_every_folder_named_in_the_documents_exists() -> None:
    named = re.findall(r"^\| `([a-z/]+)`", README, re.MULTILINE)
    assert [folder for folder in named if not (ROOT / folder).exists()] == []
