"""Hostile deliveries, rows A11 to A33 that need a worker: the real intake, on both brokers."""

import gzip
import struct
from datetime import UTC, date, datetime, timedelta

import aiormq
import asyncpg
import pytest

from services.console.application import find_alike
from services.intake.worker import SERVICE as INTAKE
from shared.contracts import Exchange
from tests.support.builders import (
    CLOSES_AT,
    LAST_ACCEPTED_AT,
    application_submitted,
    candidate,
    documents_replaced,
    event,
    vacancy_timetabled,
)
from tests.support.hostile_bodies import SUBMITTED, submission, with_name
from tests.support.intake_desk import Desk
from tests.support.rig import until

ACCEPTED = "application.accepted.v1"
HEALTHY = event(application_submitted("healthy")).to_json()


async def test_A11_A12_what_the_properties_say_of_the_content_is_not_believed(desk: Desk):
    """The body counts, and the routing key: no property can make another thing of it."""
    for number, kind in enumerate(("text/plain", "application/msgpack", None)):
        body = event(application_submitted(f"app-{number}")).to_json()
        await desk.post(body, content_type=kind)
    await desk.accepts("app-0", "app-1", "app-2")


async def test_A13_nothing_is_unpacked(desk: Desk):
    await desk.post(event(application_submitted("plain")).to_json(), content_encoding="gzip")
    await desk.post(gzip.compress(HEALTHY), content_encoding="gzip")
    await desk.accepts("plain")
    await desk.holds("quarantined", "malformed_json")


async def test_A14_A16_what_nobody_hears_is_kept_and_hurts_nobody(desk: Desk):
    await desk.post(submission(), "application.submitted.v9")
    await desk.post(submission(), "aplication.submitted.v1")
    await desk.post(HEALTHY)
    await desk.holds("quarantined", "unroutable")
    await desk.accepts("healthy")


async def test_A17_an_unknown_vacancy_is_waited_for_a_day_and_then_a_persons_matter(desk: Desk):
    await desk.post(event(application_submitted(vacancy="nobody-knows")).to_json())
    await desk.holds("parked", "waiting")
    await desk.bench.fetch(
        "update intake.held set first_held_at = now() - interval '25 h', due_at = now()"
    )
    await desk.holds("quarantined", "parent_missing")
    assert await desk.applications() == []
    await desk.bench.publish(event(vacancy_timetabled(vacancy="nobody-knows")))
    await desk.accepts("app-1")
    assert await desk.held() == []


async def test_D9_A17_what_came_before_posting_is_tried_again_when_the_posting_is_amended(
    desk: Desk,
):
    posted_on = date(2025, 8, 1)
    early = application_submitted(submitted_at=datetime(2025, 8, 2, tzinfo=UTC))
    await desk.post(event(early).to_json())
    await desk.holds("quarantined", "before_posting")
    await desk.bench.publish(event(vacancy_timetabled(version=2, posted_on=posted_on)))
    await desk.accepts("app-1")
    assert await desk.held() == []


async def test_A18_a_closed_vacancy_is_judged_by_when_the_candidate_pressed_submit(desk: Desk):
    on_time = application_submitted("on-time", submitted_at=LAST_ACCEPTED_AT)
    late = application_submitted("late", submitted_at=CLOSES_AT + timedelta(minutes=1))
    for one in (late, on_time):
        await desk.post(event(one).to_json())
    await desk.accepts("late", "on-time")
    said = [one for one in await desk.announced() if one[0] != "vacancy.timetabled.v1"]
    assert said == [("application.refused.v1", "late"), (ACCEPTED, "on-time")]
    [refused] = await desk.bench.fetch("select application, reason from intake.refusal")
    assert refused == {"application": "late", "reason": "submitted_after_closing"}


async def test_A22_a_body_of_fifty_megabytes_is_refused_by_the_broker(desk: Desk):
    with pytest.raises((aiormq.AMQPError, ConnectionError)):
        await desk.post(b"x" * 50_000_000)
    await desk.post(b"x" * 300_000)
    await desk.holds("quarantined", "too_large")
    await desk.post(HEALTHY)
    await desk.accepts("healthy")


async def test_A23_the_same_three_times_is_once(desk: Desk):
    for message_id in ("one", "two", None):
        await desk.post(submission(), message_id=message_id)
    await desk.accepts("app-1")
    await desk.is_idle()
    assert (await desk.announced()).count((ACCEPTED, "app-1")) == 1
    assert await desk.held() == []


async def test_A24_the_same_id_with_other_content_is_kept_and_not_applied(desk: Desk):
    await desk.post(submission())
    await desk.accepts("app-1")
    await desk.post(with_name("Somebody Else"))
    await desk.holds("quarantined", "id_conflict")
    rows = await desk.bench.fetch("select name from intake.application")
    assert rows == [{"name": "Ada O'Neill"}]


async def test_A25_the_same_application_under_another_id_is_one(desk: Desk):
    for copy in range(3):
        await desk.post(event(application_submitted(), copy=copy).to_json())
    await desk.accepts("app-1")
    await desk.is_idle()
    assert (await desk.announced()).count((ACCEPTED, "app-1")) == 1


async def test_A26_forged_headers_count_for_nothing(desk: Desk):
    deaths = [{"queue": "muster.intake", "reason": "delivery_limit", "count": 9999}]
    await desk.post(
        HEALTHY,
        headers={"x-death": deaths, "x-delivery-count": 9999, "x-delivery-limit": 0},
        reply_to="muster.intake",
        correlation_id="\0",
        message_id="\0",
        priority=255,
    )
    await desk.accepts("healthy")
    await desk.is_idle()
    assert await desk.held() == []


def properties(flags: int, values: bytes) -> bytes:
    """A content header for the body of `HEALTHY` with properties as raw bytes."""
    return struct.pack(">HHQH", 60, 0, len(HEALTHY), flags) + values


NESTED = b""
for _ in range(2_000):
    NESTED = b"\x01kF" + struct.pack(">I", len(NESTED)) + NESTED

UNREADABLE = {
    "message id that is not UTF-8": properties(0x0080, b"\x02\xff\xfe"),
    "time far beyond the calendar": properties(0x0040, b"\x7f" + b"\xff" * 7),
    "header name that is not UTF-8": properties(0x2000, b"\0\0\0\x03\x01\xffV"),
    "tables nested too deep": properties(0x2000, struct.pack(">I", len(NESTED)) + NESTED),
}


@pytest.mark.parametrize("header", UNREADABLE.values(), ids=list(UNREADABLE))
async def test_A26_properties_that_the_client_cannot_read_do_not_stop_the_worker(
    desk: Desk, header: bytes
):
    """The broker passes them on; the client would break its connection, again and again."""
    try:
        await desk.post_frames(HEALTHY, SUBMITTED, header)
    except (aiormq.AMQPError, ConnectionError):
        pass  # this broker refuses them, which is as good
    else:
        await desk.accepts("healthy")
    await desk.post(submission())
    await desk.accepts("app-1")


async def test_A26_what_the_broker_gave_up_is_kept_under_the_key_it_came_with(empty_desk: Desk):
    await empty_desk.post(HEALTHY)
    await empty_desk.give_up_next()
    async with empty_desk.bench.worker(INTAKE):
        await empty_desk.holds("quarantined", "dead_lettered")
    [row] = await empty_desk.bench.held("intake")
    assert (row["routing_key"], row["body"]) == (SUBMITTED, HEALTHY)


@pytest.mark.parametrize("deaths", [[{"queue": INTAKE.queue, "reason": "rejected"}], [], "often"])
async def test_A26_forged_deaths_do_not_stop_whoever_takes_what_the_broker_gave_up(
    empty_desk: Desk, deaths: object
):
    await empty_desk.post(HEALTHY, headers={"x-death": deaths})
    await empty_desk.give_up_next()
    async with empty_desk.bench.worker(INTAKE):
        await empty_desk.holds("quarantined", "dead_lettered")
        await empty_desk.post(submission())
        await empty_desk.holds("parked", "waiting")


async def test_A26_headers_nested_too_deep_do_not_stop_whoever_takes_what_the_broker_gave_up(
    empty_desk: Desk,
):
    try:
        await empty_desk.post_frames(HEALTHY, SUBMITTED, UNREADABLE["tables nested too deep"])
    except (aiormq.AMQPError, ConnectionError):
        return  # this broker refuses them, which is as good
    await empty_desk.give_up_next()
    async with empty_desk.bench.worker(INTAKE):
        await empty_desk.holds("quarantined", "dead_lettered")
        await empty_desk.post(submission())
        await empty_desk.holds("parked", "waiting")


@pytest.mark.parametrize("key", ["caf\xe9.submitted.v1", "application.submitted.v1\0"])
async def test_A16_a_routing_key_that_is_no_text_is_kept_and_hurts_nobody(desk: Desk, key: str):
    try:
        await desk.post_frames(HEALTHY, key, properties(0, b""))
    except (aiormq.AMQPError, ConnectionError):
        pass
    else:
        await desk.holds("quarantined", "unroutable")
    await desk.post(submission())
    await desk.accepts("app-1")


async def test_A27_the_user_id_of_somebody_else_is_refused_by_the_broker(desk: Desk):
    with pytest.raises((aiormq.AMQPError, ConnectionError)):
        await desk.post(HEALTHY, user_id="muster_progress")
    await desk.post(submission())
    await desk.accepts("app-1")
    assert await desk.applications() == ["app-1"]


async def test_A28_a_type_under_another_routing_key_is_kept(desk: Desk):
    await desk.post(submission(), "application.documents_replaced.v1")
    await desk.holds("quarantined", "invalid")
    await desk.bench.publish_raw(submission(), "vacancy.timetabled.v1", Exchange.MUSTER)
    await desk.post(HEALTHY)
    await desk.accepts("healthy")
    assert await desk.applications() == ["healthy"]


async def test_A30_a_submission_of_tomorrow_is_kept_for_a_person(desk: Desk):
    await desk.post(submission({"data.submitted_at": "2099-01-01T00:00:00Z"}))
    await desk.holds("quarantined", "submitted_in_the_future")
    assert await desk.applications() == []


async def test_A33_documents_before_their_application_are_waited_with(desk: Desk):
    await desk.post(event(documents_replaced()).to_json(), "application.documents_replaced.v1")
    await desk.holds("parked", "waiting")
    await desk.post(submission())
    await desk.accepts("app-1")

    async def is_replaced() -> bool:
        return ("application.documents_accepted.v1", "app-1") in await desk.announced()

    await until(is_replaced, "the documents are taken in")


async def test_A35_a_flood_from_one_candidate_holds_up_nobody_else(empty_desk: Desk):
    """Nobody's events are counted (decision 0011), but each batch has one of them at most."""
    flood = [
        event(documents_replaced("flooding", replaced_at=CLOSES_AT - timedelta(seconds=n)))
        for n in range(100)
    ]
    await empty_desk.bench.publish(event(vacancy_timetabled()))
    for one in flood:
        await empty_desk.post(one.to_json(), one.type)
    await empty_desk.post(HEALTHY)

    async def is_all_held() -> bool:
        return len(await empty_desk.held()) == len(flood)

    async with empty_desk.bench.worker(INTAKE):
        await empty_desk.accepts("healthy")
        await until(is_all_held, "the flood waits for its application")
    [later] = await empty_desk.bench.fetch(
        """
        select count(*) from intake.held, intake.inbox
        where first_held_at > received_at and inbox.subject = 'healthy'
        """
    )
    assert later["count"] > len(flood) // 2, "it came last, and was accepted before most"


async def test_B28_the_same_cv_of_two_candidates_is_shown_to_people_and_rejects_nobody(desk: Desk):
    for name in ("ada", "eve"):
        other = candidate(name=name, email=f"{name}@example.org")
        await desk.post(event(application_submitted(name, candidate=other)).to_json())
    await desk.accepts("ada", "eve")
    owner = await asyncpg.connect(desk.bench.owner)
    try:
        [found] = await find_alike(owner, None)
    finally:
        await owner.close()
    assert found["reasons"] == ["same_cv"]
    assert found["members"] == ["ada for met-000", "eve for met-000"]
