"""`./muster vacancy read`: what a person sees, and what is published when that person agrees."""

import asyncio
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import aio_pika
import pytest

from services.console import __main__ as console
from services.vacancies.worker import SERVICE
from shared.contracts import parse
from shared.contracts.vacancies import VacancyPublished
from shared.messaging.topology import declare
from shared.settings import settings
from tests.support.adverts import SALARY, advert
from tests.support.rig import delete_queues

DOUBTFUL = advert(closing="Closing date: 14 May 2026, 5:00")


@pytest.fixture
def broker(amqp_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A real broker on which only the vacancies worker's queue is declared."""
    asyncio.run(declare(amqp_url, [SERVICE]))
    monkeypatch.setenv("AMQP_URL", amqp_url)
    settings.cache_clear()
    yield amqp_url
    asyncio.run(delete_queues(amqp_url, [SERVICE]))
    settings.cache_clear()


def arrived(amqp_url: str) -> list[VacancyPublished]:
    """Take from the queue what was published, read as the worker reads it."""

    async def take() -> list[VacancyPublished]:
        found = []
        connection = await aio_pika.connect(amqp_url)
        async with connection:
            queue = await (await connection.channel()).get_queue(SERVICE.queue)
            while message := await queue.get(fail=False, no_ack=True):
                assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
                event = parse(message.body, message.routing_key or "")
                assert isinstance(event.data, VacancyPublished)
                found.append(event.data)
        return found

    return asyncio.run(take())


@pytest.fixture
def read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    def run(text: str | bytes, *words: str) -> tuple[int, str, str]:
        file = tmp_path / "advert.txt"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        code = console.main(["vacancy", "read", str(file), *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_an_accepted_advert_is_published_as_a_careers_site_would(broker, read):
    code, _, told = read(advert(), "--publish", "--accept", "--vacancy", " V-17 ")
    assert code == 0
    assert "Published vacancy v-17" in told
    [published] = arrived(broker)
    assert (published.vacancy, published.title) == ("v-17", "Workshop Planner")
    assert published.salary
    assert published.salary.starting == 31_400


@pytest.mark.parametrize(("answer", "count"), [("y\n", 1), ("YES\n", 1), ("n\n", 0), ("\n", 0)])
def test_a_person_at_a_terminal_is_asked(broker, read, monkeypatch, answer, count):
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert read(advert(), "--publish")[0] == 1 - count
    assert len(arrived(broker)) == count


def test_without_anybody_to_ask_nothing_is_published(broker, read, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    code, _, told = read(advert(), "--publish")
    assert (code, "--accept" in told) == (2, True)
    assert arrived(broker) == []


@pytest.mark.parametrize(
    ("text", "option"),
    [
        (DOUBTFUL, ["--closes", "2026-05-14 17:00"]),
        (advert(review=""), ["--review", "1 to 2 weeks"]),
        (advert(salary=SALARY.replace("31,400", "31,500")), ["--salary", "none"]),
        (advert(employer=""), ["--employer", "met"]),
        (advert(posted="Posted 2 May"), ["--posted-on", "2026-05-02"]),
    ],
)
def test_A1_D11_what_is_held_is_published_only_when_a_person_has_settled_it(
    broker, read, text, option
):
    if option[0] != "--posted-on":
        code, _, told = read(text, "--publish", "--accept")
        assert (code, "settle what is held" in told) == (1, True)
        assert arrived(broker) == []
    assert read(text, "--publish", "--accept", *option)[0] == 0
    assert len(arrived(broker)) == 1


@pytest.mark.parametrize("page", ["test_reading_pages.PROFILE", "test_reading_pages.POOL"])
def test_D11_P1_a_page_that_is_no_vacancy_is_never_published(broker, read, page):
    text = (
        "Role profile\nRole code: A1\n" if "PROFILE" in page else "Register your interest.\n" * 2
    )
    text += "Registration is open" if "POOL" in page else ""
    settled = ["--vacancy", "1", "--employer", "met", "--title", "T", "--location", "L"]
    settled += ["--closes", "2026-05-14 17:00", "--review", "1 week", "--interviews", "1 week"]
    code, said, _ = read(text, "--publish", "--accept", *settled)
    assert code == 1
    assert "cannot be published" in said
    assert "settle it with" not in said
    assert "change the advert" not in said
    assert max(map(len, said.splitlines())) <= 80
    assert arrived(broker) == []


def test_a_broker_that_does_not_confirm_is_said_and_not_hidden(read, monkeypatch):
    monkeypatch.setenv("AMQP_URL", "amqp://nobody:nothing@127.0.0.1:9/")
    settings.cache_clear()
    code, _, told = read(advert(), "--publish", "--accept")
    settings.cache_clear()
    assert (code, "did not confirm" in told) == (1, True)


def test_the_reading_shows_words_holds_lints_and_the_timetable_with_its_zone(read):
    text = advert(
        closing="Closing date: Tuesday 20 October 2026 at 11.55pm",
        body="The Head of Supply is responsible for all stores.",
        head="Job title: Workshop Planner\nLocation: Gravel Lane Garage",
    )
    code, said, _ = read(text)
    assert code == 1
    assert 'from "Closing date: Tuesday 20 October 2026 at 11.55pm"' in said
    assert "closes              Tue 20 Oct 2026 23:55 BST" in said
    assert "review opens        Tue 27 Oct 2026 09:00 GMT" in said
    assert "two_titles" in said
    assert "settle it with --vacancy REF" in said


def test_W10_a_promised_day_off_is_read_with_the_day_to_which_work_moves(read):
    said = " ".join(read(advert(closing="Closing date: 13 June 2026 at 11.55pm"))[1].split())
    moved = "Sat 20 Jun 2026, no working day: work moves to Mon 22 Jun 2026"
    assert f"review promised {moved} latest {moved}" in said
    moved = "Sat 4 Jul 2026, no working day: work moves to Mon 6 Jul 2026"
    assert f"interviews begin not before {moved} latest {moved}" in said


def test_a_reading_fits_a_terminal_and_shows_no_fractions_of_a_second(read):
    for text in (advert(), advert(closing="Closing date: internal 14 May 2026.", review="")):
        said = read(text)[1]
        assert max(map(len, said.splitlines())) <= 80
    assert "23:55:59 BST" in read(advert())[1]
    assert ".999" not in read(advert())[1]


@pytest.mark.parametrize(
    ("closes", "taken", "told"),
    [
        ("2026-10-25 01:30", "2026-10-25T01:30:00+00:00", "comes twice"),
        ("2026-03-29 01:30", "2026-03-29T02:30:00+01:00", "does not come"),
        ("2026-10-25 01:30+01:00", "2026-10-25T01:30:00+01:00", ""),
    ],
)
def test_C1_a_settled_closing_while_the_clocks_change_says_which_hour_is_taken(
    read, closes, taken, told
):
    found = json.loads(read(advert(), "--json", "--closes", closes)[1])
    assert found["fields"]["closes_at"]["value"] == taken
    notes = [one["detail"] for one in found["findings"] if one["code"] == "clocks_change"]
    assert [told in note for note in notes] == ([True] if told else [])


def test_a_program_gets_the_same_as_json(read):
    code, said, _ = read(advert(), "--json")
    found = json.loads(said)
    assert (code, found["kind"], found["held"]) == (0, "vacancy", [])
    assert found["fields"]["closes_at"]["value"] == "2026-05-14T23:55:00+01:00"
    assert found["fields"]["closes_at"]["phrase"] in advert()
    assert found["timetable"]["review_opens_at"] == "2026-05-21T09:00:00+01:00"
    assert VacancyPublished.model_validate_json(json.dumps(found["event"])).vacancy == "wp-77"


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (advert().encode("utf-16"), 0, ""),
        (advert().encode("cp1252"), 0, ""),
        (b"\xef\xbb\xbf" + advert().encode(), 0, ""),
        (b"%PDF-1.7 ...", 2, "save it as plain text"),
        (b"PK\3\4 ...", 2, "save it as plain text"),
        (b"a" * 70_000, 2, "longer than any advert"),
        (advert().replace("\n", "<br>").encode(), 2, "copy the text that the page shows"),
        (advert().replace("\u00a3", "&pound;").encode(), 2, "copy the text that the page shows"),
        (advert(body="<P class='x'>Vans</P>").encode(), 2, "copy the text that the page shows"),
        (advert(body="R&D; T&Cs; <jo@example.org>, a < b > c").encode(), 0, ""),
    ],
)
def test_a_file_is_read_in_any_encoding_of_an_office_and_refused_if_it_is_no_text(
    read, content, code, told
):
    found = read(content)
    assert (found[0], told in found[2]) == (code, True)


def test_a_missing_file_and_a_wrong_option_are_named(read, capsys):
    assert console.main(["vacancy", "read", "/nowhere/advert.txt"]) == 1
    assert "/nowhere/advert.txt" in capsys.readouterr().err
    for option, value in (("--closes", "soon"), ("--review", "later"), ("--salary", "1=2+0+0/3"),
                          ("--posted-on", "1 May")):  # fmt: skip
        with pytest.raises(SystemExit):
            read(advert(), option, value)
        assert value in capsys.readouterr().err
