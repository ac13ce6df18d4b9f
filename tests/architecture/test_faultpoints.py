"""Every point where a test pulls the plug stands somewhere in the code, and no other does."""

import re

from shared.messaging.faultpoints import POINTS
from tests.architecture.source import python_files


def test_G5_the_points_in_the_code_are_those_that_are_cut_and_killed_at() -> None:
    code = "".join(path.read_text() for path in python_files("services", "shared"))
    assert set(re.findall(r'\breached\("(\w+)"\)', code)) == set(POINTS)
