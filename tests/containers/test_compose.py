"""compose.yaml as an operator uses it: up, one application through it, down."""

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

    await until(is_acknowledged, "the acknowledgement mail", 120)

    async def all_healthy() -> bool:
        states = stack.run("ps")
        return "unhealthy" not in states and states.count("(healthy)") >= 12

    await until(all_healthy, "ten workers, the broker and the database are healthy", 180)


def _recipients(folder: Path) -> list[str]:
    letters = [message_from_bytes(p.read_bytes(), policy=default) for p in folder.glob("*.eml")]
    return [str(letter["To"]) for letter in letters]
