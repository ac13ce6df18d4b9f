"""Commands that are programs of their own under tests/."""

from argparse import Namespace

import pytest

from services.console import bench, chaos, mutants, project


class Child:
    """A program that is interrupted with us, and takes its time to end its servers."""

    def __init__(self, command, cwd) -> None:
        self.command, self.is_interrupted, self.has_ended = command, False, False

    def wait(self) -> int:
        if not self.is_interrupted:
            self.is_interrupted = True
            raise KeyboardInterrupt
        self.has_ended = True
        return 3

    def terminate(self) -> None:
        assert self.has_ended

    kill = terminate


@pytest.mark.parametrize("command", [bench, chaos, mutants])
def test_one_that_is_interrupted_is_waited_for_until_it_has_ended_its_servers(
    command, monkeypatch
):
    monkeypatch.setattr(project.subprocess, "Popen", Child)
    assert command.run(Namespace(more=["--seed", "7"])) == 3
