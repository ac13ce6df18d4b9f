"""What an operator can set reaches the containers that read it, and no others."""

from typing import Any, Final

import pytest
import yaml

from services.console.workers import SERVICES
from shared import calendar, employers
from tests.architecture.source import ROOT, relative

COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
@pytest.mark.parametrize(
    ("variable", "shipped"),
    [
        ("MUSTER_EMPLOYERS", employers._SHIPPED),
        ("MUSTER_BANK_HOLIDAYS", calendar._SHIPPED),
    ],
)
def test_a_worker_reads_the_operators_own_file_and_not_the_images(service, variable, shipped):
    path = relative(shipped)
    mounted = f"${{{variable}:-./{path}}}:/app/{path}:ro"
    assert mounted in COMPOSE[service.name]["volumes"]


def test_what_opens_the_object_store_reaches_the_documents_worker_and_nobody_else():
    given = {
        (name, key): value
        for name, entry in COMPOSE.items()
        for key, value in entry.get("environment", {}).items()
        if key.startswith("AWS_")
    }
    # Without a value compose hands on what is set; an empty one would be an address to go to.
    assert given == {
        ("documents", f"AWS_{key}"): None
        for key in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "REGION", "ENDPOINT_URL")
    }


def test_compose_leaves_it_to_the_settings_whether_mail_is_encrypted():
    assert COMPOSE["notifications"]["environment"]["SMTP_STARTTLS"] == "${SMTP_STARTTLS:-}"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_F9_a_worker_is_not_the_first_process_of_its_container(service):
    """The kernel spares that one the signals which end a worker that is stuck."""
    assert COMPOSE[service.name]["init"] is True


def test_no_log_of_a_container_grows_without_end():
    """The sizes are options of this driver; another, if the host's is not this, refuses them."""
    rotated = {"driver": "json-file", "options": {"max-size": "10m", "max-file": "5"}}
    assert {name for name, entry in COMPOSE.items() if entry.get("logging") != rotated} == set()
