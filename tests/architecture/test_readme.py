"""What the README shows is what runs."""

import re

from services.console.commands import COMMANDS
from services.console.diagram import stage_diagram
from shared.contracts import EVENTS
from shared.contracts.envelope import FromCareersSite
from tests.architecture.source import ROOT, quarantine_reasons
from tests.support.sections import section

README = (ROOT / "README.md").read_text()


CONTRACT = (ROOT / "docs" / "contract" / "README.md").read_text()
# About what a person of ours published, so nothing that a careers site has to know.
ABOUT_OUR_OWN = {"no_such_criterion", "no_such_departure"}


def test_the_stage_diagram_is_the_one_drawn_from_the_stage_function() -> None:
    assert section(README, "stages") == f"```mermaid\n{stage_diagram().rstrip()}\n```"


def test_the_figures_are_those_that_the_runs_wrote() -> None:
    for page in (ROOT / "docs").glob("*.md"):
        text = page.read_text()
        for name in re.findall(r"<!-- (\w+):begin -->", text):
            assert section(README, name) == section(text, name), page


def test_the_contract_names_every_event_that_a_careers_site_may_publish() -> None:
    published = {name for name, event in EVENTS.items() if issubclass(event, FromCareersSite)}
    assert {name for name in published if f"| `{name}` |" not in CONTRACT} == set()


def test_the_contract_explains_every_reason_for_which_a_message_is_kept() -> None:
    reasons = set(quarantine_reasons())
    assert {"id_conflict", "before_posting", "bank_holidays_unknown", "failed"} <= reasons
    assert {one for one in reasons - ABOUT_OUR_OWN if f"`{one}`" not in CONTRACT} == set()


def test_every_command_named_in_the_documents_exists() -> None:
    documents = [README, (ROOT / "CONTRIBUTING.md").read_text()]
    named = {word for text in documents for word in re.findall(r"\./muster ([a-z]+)", text)}
    assert named - COMMANDS.keys() == set()


def test_every_folder_named_in_the_documents_exists() -> None:
    named = re.findall(r"^\| `([a-z/]+)`", README, re.MULTILINE)
    assert [folder for folder in named if not (ROOT / folder).exists()] == []
