"""What the bench's page says of each peer stands in the peer's own program."""

import pytest

from tests.bench.contestants import BY_NAME


@pytest.mark.parametrize(
    ("peer", "shown"),
    [
        ("faststream", "publisher_confirms=True"),
        ("celery", "task_acks_late=True"),
        ("dramatiq", "confirm_delivery=True"),
        ("taskiq", "--ack-type when_executed"),
    ],
)
def test_the_page_shows_how_a_peer_is_started_and_what_its_program_sets(peer, shown) -> None:
    settings = BY_NAME[peer].settings()
    assert f"tests.bench.contenders.with_{peer}" in settings
    assert shown in settings
    assert "import" not in settings
