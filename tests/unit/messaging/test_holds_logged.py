"""Of which message that waits the log speaks: once of each, not of what waits for its parent."""

import pytest

from shared.messaging import held
from shared.messaging.delivery import Delivery, HeldRow
from shared.messaging.held import Hold

KEPT = held.quarantined("too_early", "", waiting_for="entry.made.v1 parent")
PARKED = Hold("parked", "waiting", "")
AGAIN = Hold("retrying", "unavailable", "")


@pytest.mark.parametrize(
    ("waited_as", "hold", "is_news"),
    [
        (None, KEPT, True),
        ("parked", KEPT, True),
        ("retrying", KEPT, True),
        ("quarantined", KEPT, False),
        (None, AGAIN, True),
        ("retrying", AGAIN, True),
        ("quarantined", AGAIN, True),
        (None, PARKED, False),
        ("parked", PARKED, False),
    ],
)
def test_G22_what_is_kept_for_a_person_is_logged_and_not_again_after_its_second_look(
    waited_as: str | None, hold: Hold, is_news: bool
) -> None:
    row = HeldRow(1, 0, is_overdue=False, status=waited_as) if waited_as else None
    assert held.is_news(Delivery("entry.made.v1", b"{}", held=row), hold) is is_news
