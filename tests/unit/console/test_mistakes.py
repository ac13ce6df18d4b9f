"""What a person who mistypes a command is told."""

import pytest

from services.console.__main__ import main


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("demonstrate",), "no command 'demonstrate'"),
        (("refferals", "list"), "did you mean referrals?"),
        (("demo", "--applications", "x"), "'x' is no whole number from 1"),
        (("demo", "--servers", "foo"), "choose from embedded, local, docker"),
        (("demo", "--servers", "auto"), "choose from embedded, local, docker"),
        (("watch", "--since", "x"), "a cursor looks like 12345.678"),
        (("redrive", "--since", "x"), "write it as 2025-10-21T09:00:00+01:00"),
        (
            ("criteria", "judge", "a", "years", "--finding", "met", "--found-in", "CV", "--by",
             "tom-4", "--why", "so", "--current-on", "x"),
            "write a day as 2025-10-21",
        ),
        (("documents", "inspect", "bogus=CV.pdf"), "cv=FILE, statement=FILE or combined=FILE"),
        (
            ("letters", "send-again", "a-1", "--kind", "lost"),
            "is no kind of letter; ./muster letters list",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_what_to_type_instead(words, says, capsys):
    try:
        code = main(list(words))
    except SystemExit as error:
        code = error.code
    assert code == 2
    told = " ".join(capsys.readouterr().err.split())
    assert says in told
    assert "invalid" not in told
