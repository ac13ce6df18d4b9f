"""The whole pipeline, from advert to interview, against what the generator knows."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from subprocess import PIPE
from urllib.parse import urlsplit

import pytest
from rich.console import Console

from services.console import demo
from services.console.summary import Findings, summary
from services.simulator.papers import make_docx, make_pdf
from services.simulator.run import Plan
from shared import clock
from shared.contracts.applications import Stage
from shared.embedded.servers import Choice
from shared.settings import settings
from tests.support import careers_site
from tests.support.doctor import Doctor
from tests.support.rig import until

PROJECT = Path(__file__).parent.parent.parent
PLAN = Plan(seed=4, applications=20)


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    """A demo tells its workers by the environment where its servers are; nobody else's tests."""
    for name in ("OBJECT_STORE_URL", "SMTP_HOST", "SMTP_PORT"):
        monkeypatch.setenv(name, "so that it is as before afterwards")
        monkeypatch.delenv(name)
    yield
    settings.cache_clear()


async def play(home: Path, doctor: Doctor) -> tuple[Findings, list[str], int]:
    with (home.parent / f"{home.name}.txt").open("w") as output:
        console = Console(file=output)
        async with demo.set_up(home, Choice.EMBEDDED, is_resuming=False) as scene:
            findings = await demo.play(scene, PLAN, console, is_resuming=False)
            await doctor.finds_nothing(scene.database_url)
        return findings, list(summary(findings)), len(list(scene.mailbox.folder.glob("*.eml")))


async def test_every_application_ends_where_its_story_says(tmp_path, doctor):
    findings, lines, letters = await play(tmp_path / "demo", doctor)

    assert findings.astray == []
    expected = Counter((case.advert.vacancy, case.ends) for case in findings.cases if case.ends)
    found = Counter(
        {
            (vacancy.vacancy, stage): len(vacancy.at(stage))
            for vacancy in findings.picture.vacancies.values()
            for stage in Stage
        }
    )
    assert +found == expected
    invited = sum(vacancy.invited for vacancy in findings.picture.vacancies.values())
    assert invited == sum(
        case.ends is Stage.INTERVIEW_BOOKED or case.story.name == "withdrawn_after_booking"
        for case in findings.cases
    )
    assert {rejection.application for rejection in findings.rejections} == {
        case.application
        for case in findings.cases
        if case.ends is Stage.NOT_ELIGIBLE and case.story.answer is None
    }
    told = Counter(case.story.name for case in findings.cases)
    assert [(held.service, held.reason, held.count) for held in findings.held] == [
        ("intake", "before_posting", told["before_posting"]),
        ("intake", "id_conflict", told["id_reused"]),
    ]
    assert letters == findings.picture.mails.total()
    assert not findings.picture.failed_mails
    assert "60 of 60 applications ended where their story says" in "\n".join(lines)


def muster(home: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "services.console", *words],
        # The servers of ./muster test are not the demo's.
        env=os.environ
        | {"MUSTER_HOME": str(home), "PYTHONPATH": str(PROJECT)}
        | dict.fromkeys(("AMQP_URL", "DATABASE_URL"), ""),
        stdout=PIPE,
        stderr=PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    return output


def test_a_demo_killed_half_way_goes_on_and_ends_the_same(tmp_path, doctor):
    with muster(tmp_path, "demo", "--applications", "5", "--seed", "2") as killed:
        assert killed.stdout
        while "001 closed" not in killed.stdout.readline():
            assert killed.poll() is None
        killed.kill()

    output = said(muster(tmp_path, "demo", "--resume"))
    assert "(seed 2)" in output
    assert "15 of 15 applications ended where their story says" in output

    application = json.loads(said(muster(tmp_path, "application", "show", "000-001", "--json")))
    assert application["timeline"][0]["type"] == "application.accepted.v1"
    lines = [
        json.loads(line)
        for line in said(muster(tmp_path, "watch", "--once", "--json")).splitlines()
    ]
    assert {line["application"] for line in lines if line["vacancy"] == "000"} == {
        f"000-00{number}" for number in range(1, 6)
    }
    rest = said(muster(tmp_path, "watch", "--once", "--json", "--since", lines[9]["cursor"]))
    assert [json.loads(line) for line in rest.splitlines()] == lines[10:]
    assert "0 found" in said(muster(tmp_path, "doctor"))
    doctor.visits += 1


async def test_a_kept_demo_answers_a_careers_site_that_writes_today(tmp_path, doctor):
    cv, statement = tmp_path / "cv.pdf", tmp_path / "statement.docx"
    cv.write_bytes(make_pdf("Curriculum vitae", ["Vehicle technician for six years."]))
    statement.write_bytes(make_docx("Personal statement", ["I like inspecting vehicles."]))
    with muster(tmp_path, "demo", "--applications", "1", "--keep") as kept:
        try:
            printed = until_printed("OBJECT_STORE_URL", kept)
            store = urlsplit(printed["OBJECT_STORE_URL"]).path
            events = careers_site.prepare(store, str(cv), str(statement), "sam@example.org")
            events[1]["data"]["submitted_at"] = clock.utc_now().isoformat()
            await careers_site.publish(printed["AMQP_URL"], events)

            async def has_answered() -> bool:
                return any(tmp_path.glob("demo/letters/*sam@example.org.eml"))

            await until(has_answered, "a letter says that the vacancy has closed")
            kept.send_signal(signal.SIGINT)
            assert kept.wait(300) == 0
        finally:
            kept.kill()
    assert "0 found" in said(muster(tmp_path, "doctor"))
    doctor.visits += 1


def until_printed(name: str, process: subprocess.Popen[str]) -> dict[str, str]:
    """Read lines such as NAME=VALUE, up to and with the one of that name."""
    printed: dict[str, str] = {}
    assert process.stdout
    while name not in printed:
        key, _, value = process.stdout.readline().strip().partition("=")
        printed[key] = value
        assert process.poll() is None
    return printed
