"""What the READMEs show is what runs."""

import re
from collections import defaultdict
from collections.abc import Iterable

import pytest

from services.console.commands import COMMANDS
from services.console.diagram import stage_diagram
from services.console.workers import SERVICES
from shared.contracts import EVENTS, Payload
from shared.contracts.envelope import FromCareersSite
from tests.architecture.source import ROOT, python_files, quarantine_reasons
from tests.support.sections import section

README = (ROOT / "README.md").read_text()
CONTRACT = (ROOT / "docs" / "contract" / "README.md").read_text()
# About what a person of ours published, so nothing that a careers site has to know.
ABOUT_OUR_OWN = {"no_such_criterion", "no_such_departure"}
HEARD = {s.name: {one.event for one in s.subscriptions} for s in SERVICES}
ANNOUNCED = {s.name: {*s.announces} for s in SERVICES}


def names(events: Iterable[type[Payload]]) -> set[str]:
    return {event.type.removesuffix(".v1") for event in events}


def written_out(shown: Iterable[str]) -> list[str]:
    """Put what a list leaves out, as in `review.opened`, `.completed`, before it again."""
    found: list[str] = []
    for name in shown:
        found.append(found[-1].partition(".")[0] + name if name.startswith(".") else name)
    return found


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


@pytest.mark.parametrize("service", HEARD)
def test_the_readme_of_a_service_names_exactly_what_it_hears(service: str) -> None:
    text = (ROOT / "services" / service / "README.md").read_text()
    hears = text.partition("- **Hears** ")[2].partition("\n- **")[0]
    assert sorted(written_out(re.findall(r"`([^`]+)`", hears))) == sorted(names(HEARD[service]))


def test_every_arrow_of_the_flow_leads_from_who_announces_to_exactly_who_hears() -> None:
    arrows = re.findall(r"^    (\w+)(?:\[.+\])? -- (.+) --> (.+)$", README, re.MULTILINE)
    assert len(arrows) > len(SERVICES)
    shown: defaultdict[str, set[str]] = defaultdict(set)
    for source, event, targets in arrows:
        if targets == "candidate":
            continue
        assert source not in ANNOUNCED or event in names(ANNOUNCED[source]), event
        shown[event] |= set(targets.split(" & "))
    for event, targets in shown.items():
        assert targets == {name for name, heard in HEARD.items() if event in names(heard)}, event


def test_every_command_named_in_the_documents_exists() -> None:
    pages = ("CONTRIBUTING.md", "docs/operating.md", "docs/runbook.md", "docs/guarantees.md")
    documents = [README, CONTRACT, *((ROOT / page).read_text() for page in pages)]
    named = {word for text in documents for word in re.findall(r"\./muster ([a-z]+)", text)}
    assert named - COMMANDS.keys() == set()


def test_every_log_line_and_reason_in_the_runbook_stands_in_the_code() -> None:
    page = (ROOT / "docs" / "runbook.md").read_text().partition("## Backing up")[0]
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", page))
    assert len(named) > 20
    code = "".join(path.read_text() for path in python_files("services", "shared"))
    assert {one for one in named if f'"{one}"' not in code} == set()


def test_every_folder_named_in_the_documents_exists() -> None:
    named = re.findall(r"^\| `([a-z/]+)`", README, re.MULTILINE)
    assert [folder for folder in named if not (ROOT / folder).exists()] == []
