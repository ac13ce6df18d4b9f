"""compose.yaml as an operator uses it: up, one application through it, down."""

import json
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from services.simulator.papers import make_docx, make_pdf
from tests.containers.stack import Stack
from tests.support import careers_site
from tests.support.rig import until


async def test_an_application_goes_through_the_containers_and_is_acknowledged(
    stack: Stack, tmp_path: Path
) -> None:
    """Written from docs/contract alone: the broker lets the careers site do just that."""
    cv, statement = tmp_path / "cv.pdf", tmp_path / "statement.docx"
    cv.write_bytes(make_pdf("Curriculum vitae", ["Vehicle technician for six years."]))
    statement.write_bytes(make_docx("Personal statement", ["I like inspecting vehicles."]))
    events = careers_site.prepare(str(stack.objects), str(cv), str(statement), "sam@example.org")
    await careers_site.publish(stack.broker_url("careers_site"), events)

    async def is_acknowledged() -> bool:
        return any("sam@example.org" in letter for letter in _recipients(stack.mail))

    await until(is_acknowledged, "the acknowledgement mail", 300)

    async def all_healthy() -> bool:
        states = stack.run("ps")
        return "unhealthy" not in states and states.count("(healthy)") >= 12

    await until(all_healthy, "ten workers, the broker and the database are healthy", 300)
    assert "python" not in stack.run("exec", "-T", "intake", "cat", "/proc/1/comm")


def test_bank_holidays_that_an_operator_adds_count_after_a_restart(stack: Stack) -> None:
    """The file is replaced, as editors do: what was mounted is another file by then."""
    known = json.loads(stack.bank_holidays.read_text())
    known["last_year"] += 1
    known["holidays"][f"{known['last_year']}-12-25"] = "Christmas Day"
    edited = stack.bank_holidays.with_suffix(".new")
    edited.write_text(json.dumps(known))
    edited.replace(stack.bank_holidays)
    stack.run("restart", "vacancies")
    told = "from shared.calendar import _bank_holidays; print(_bank_holidays().last_year)"
    assert stack.run("exec", "-T", "vacancies", "python", "-c", told) == f"{known['last_year']}\n"


def _recipients(folder: Path) -> list[str]:
    letters = [message_from_bytes(p.read_bytes(), policy=default) for p in folder.glob("*.eml")]
    return [str(letter["To"]) for letter in letters]
