"""One stack for all tests of a session: bringing it up takes a minute."""

from collections.abc import Iterator

import pytest

from tests.containers.stack import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("stack"))
    try:
        stack.run("up", "--build", "--detach", "--scale", "eligibility=3")
        yield stack
    finally:
        stack.run("down", "--volumes", "--remove-orphans")
