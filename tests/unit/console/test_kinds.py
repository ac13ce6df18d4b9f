"""`./muster test` brings servers up for what needs them."""

from argparse import Namespace
from contextlib import nullcontext

import pytest

from services.console import test
from shared.embedded.servers import Servers

ALL = ["architecture", "unit", "hostile", "integration", "faults", "journeys"]


@pytest.mark.parametrize(
    ("words", "kinds", "more", "has_servers"),
    [
        ([], ALL, [], True),
        (["-q"], ALL, ["-q"], True),
        (["unit", "-k", "faults"], ["unit"], ["-k", "faults"], False),
        (["architecture", "unit"], ["architecture", "unit"], [], False),
        (["unit", "integration"], ["unit", "integration"], [], True),
    ],
)
def test_servers_are_there_for_every_kind_of_test_that_needs_them(
    words, kinds, more, has_servers, monkeypatch
):
    ran = []
    real = Servers("amqp://here", "postgresql://here", "both")
    monkeypatch.setattr(test, "servers", lambda *_, **__: nullcontext(real))
    monkeypatch.setattr(test, "_pytest", lambda *arguments: ran.append(arguments) or 0)

    assert test.run(Namespace(more=words, servers="auto")) == 0

    [(ran_kinds, ran_more, environment)] = ran
    assert (ran_kinds, ran_more) == (kinds, more)
    assert ("AMQP_URL" in environment) is has_servers
