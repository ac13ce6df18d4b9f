"""What strangers wrote is printed so that it can be read and does nothing to the terminal."""

import pytest

from services.console import words


@pytest.mark.parametrize("steering", ["\x1b[2J", "\x9b1m", "\x85", "\x1c", "\0", "\x7f"])
def test_what_steers_a_terminal_is_taken_out_wherever_text_is_broken(steering):
    name = f"CV{steering}.pdf"
    for printed in (words.fit(name), "\n".join(words.wrapped(name))):
        assert printed == name.replace(steering[0], "\N{REPLACEMENT CHARACTER}")


def test_names_beyond_ascii_are_printed_as_they_are():
    assert words.wrapped("Lebenslauf Zoë Żółć 山田.pdf") == ["Lebenslauf Zoë Żółć 山田.pdf"]
