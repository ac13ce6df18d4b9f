"""`./muster test` brings servers up for what needs them."""

from argparse import Namespace
from contextlib import nullcontext
from pathlib import Path

import pytest

from services.console import given, test
from shared.embedded.servers import Servers

TESTS = Path(__file__).parent.parent.parent
ALL = ["architecture", "unit", "hostile", "integration", "faults", "journeys"]


@pytest.mark.parametrize(
    ("words", "kinds", "more", "has_servers"),
    [
        ([], ALL, [], True),
        (["-q"], ALL, ["-q"], True),
        (["unit", "-k", "faults"], ["unit"], ["-k", "faults"], False),
        (["architecture", "unit"], ["architecture", "unit"], [], False),
        (["unit", "integration"], ["unit", "integration"], [], True),
        (["tests/unit/console"], ["unit/console"], [], False),
        (
            ["tests/unit/console/test_kinds.py::test_it", "-q"],
            ["unit/console/test_kinds.py::test_it"],
            ["-q"],
            False,
        ),
        (["unit", "tests/integration/intake"], ["unit", "integration/intake"], [], True),
    ],
)
def test_servers_are_there_for_every_kind_of_test_that_needs_them(
    words, kinds, more, has_servers, monkeypatch
):
    ran = []
    real = Servers("amqp://here", "postgresql://here", "both")
    monkeypatch.setattr(test, "servers", lambda *_, **__: nullcontext(real))
    monkeypatch.setattr(given, "refuse_inhabited", lambda _: None)
    monkeypatch.setattr(test, "_pytest", lambda *arguments: ran.append(arguments) or 0)

    assert test.run(Namespace(more=words, servers="auto")) == 0

    [(places, ran_more, environment)] = ran
    assert [str(place.relative_to(TESTS)) for place in places] == kinds
    assert ran_more == more
    assert ("AMQP_URL" in environment) is has_servers
