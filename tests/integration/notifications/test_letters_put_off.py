"""A letter that the mail server puts off does not go after a later one has made it untrue.

Nor does what then ends or takes back a thing that was not told; and nothing needed is lost.
"""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from services.notifications.provider import Deferred, Refused
from services.simulator.mailbox import Fault
from shared.contracts import Payload
from shared.contracts.applications import Stage
from tests.support.builders import (
    APPLICATION,
    NOW,
    challenge_decided,
    decision_challenged,
    interview_booked,
    interview_cancelled,
    stage_changed,
)
from tests.support.way import send_now, text


def moved(stage: Stage, sequence: int, documents_version: int = 1):
    return stage_changed(stage=stage, sequence=sequence, documents_version=documents_version)


RECEIVED = moved(Stage.RECEIVED, 1)
CHECKING = moved(Stage.WITH_A_PERSON, 2)
CHECKING_3 = moved(Stage.WITH_A_PERSON, 3)
READY = moved(Stage.READY_FOR_REVIEW, 3)
CHECKING_AGAIN = moved(Stage.WITH_A_PERSON, 4)
READY_AGAIN = moved(Stage.READY_FOR_REVIEW, 5)
FAULTY = moved(Stage.DOCUMENTS_NEEDED, 2)
FAULTY_3 = moved(Stage.DOCUMENTS_NEEDED, 4, 3)
MENDED = moved(Stage.READY_FOR_REVIEW, 3, 2)
MENDED_4 = moved(Stage.READY_FOR_REVIEW, 5, 4)
BOOKED = interview_booked()
CANCELLED = interview_cancelled()
BOOKED_AGAIN = interview_booked(sequence=2)


@pytest.fixture
async def office(post_office):
    """A post office in working hours, an hour after what is heard."""
    await post_office.receive(APPLICATION)
    later = NOW + timedelta(hours=1)
    await post_office.owner.execute("update messaging.clock set clock_offset = $1 - now()", later)
    return post_office


async def tell(office, mailbox, told: Sequence[Payload], put_off: Payload) -> None:
    """Let letters about these be sent, and then one put off."""
    for one in told:
        await office.hearing.hear(one, now=NOW)
        await office.send_all()
    mailbox._choose = lambda _: Fault.BUSY_451
    await office.hearing.hear(put_off, now=NOW)
    await office.send_all()
    mailbox._choose = lambda _: None


async def sent(office) -> list[str]:
    rows = await office.owner.fetch(
        "select kind || ' ' || version from notifications.message where state = 'sent'"
        " order by number"
    )
    return [name for (name,) in rows]


@pytest.mark.parametrize(
    ("told", "put_off", "then", "expected"),
    [
        ([RECEIVED], CHECKING, [READY], []),
        ([RECEIVED], CHECKING, [moved(Stage.DOCUMENTS_NEEDED, 3)], ["documents_problem 1"]),
        ([RECEIVED], CHECKING, [READY, CHECKING_AGAIN], ["person_is_checking 4"]),
        ([RECEIVED], CHECKING, [READY, CHECKING_AGAIN, READY_AGAIN], []),
        ([RECEIVED, CHECKING], READY, [CHECKING_AGAIN], ["person_is_checking 2"]),
        ([RECEIVED, CHECKING], READY, [CHECKING_AGAIN, READY_AGAIN],
         ["person_is_checking 2", "person_has_checked 4"]),
        ([RECEIVED], FAULTY, [MENDED], ["documents_in_order 1"]),
        ([RECEIVED], FAULTY, [CHECKING_3], ["person_is_checking 3"]),
        ([RECEIVED], FAULTY, [MENDED, FAULTY_3], ["documents_problem 3"]),
        ([RECEIVED, FAULTY], MENDED, [FAULTY_3], ["documents_problem 1", "documents_problem 3"]),
        ([RECEIVED, FAULTY, MENDED], FAULTY_3, [MENDED_4],
         ["documents_problem 1", "documents_in_order 1", "documents_in_order 2"]),
        ([RECEIVED], BOOKED, [CANCELLED], []),
        ([RECEIVED], BOOKED, [CANCELLED, BOOKED_AGAIN], ["interview_booking 3"]),
        ([RECEIVED, BOOKED], CANCELLED, [BOOKED_AGAIN],
         ["interview_booking 1", "interview_booking 3"]),
        ([RECEIVED], moved(Stage.INVITED, 2), [moved(Stage.NOT_SUCCESSFUL, 3)],
         ["not_successful 1"]),
        ([RECEIVED], moved(Stage.NOT_SUCCESSFUL, 2), [moved(Stage.INVITED, 3)],
         ["invitation 1"]),
    ],
)  # fmt: skip
async def test_N1_a_letter_put_off_does_not_go_after_what_made_it_untrue(
    office, mailbox, told, put_off, *, then, expected
):
    await tell(office, mailbox, told, put_off)
    await office.hearing.hear(*then, now=NOW)
    await office.pass_time(minutes=10)
    await office.send_all()
    acknowledged = ["acknowledgement 1"] if RECEIVED in told else []
    assert await sent(office) == [*acknowledged, *expected]
    assert "queued" not in (await office.states()).values()


async def test_E20_that_a_challenge_came_is_not_told_after_how_it_was_decided(
    path, post_office, mailbox
):
    await path.end_hold()
    await send_now(post_office)
    mailbox._choose = lambda _: Fault.BUSY_451
    await path.go(decision_challenged())
    await send_now(post_office)
    mailbox._choose = lambda _: None
    await path.go(challenge_decided())
    await post_office.pass_time(minutes=10)
    await send_now(post_office)
    assert [name for name in await sent(post_office) if "challenge" in name] == [
        "challenge_upheld 1"
    ]


@pytest.mark.parametrize("first", [Stage.INVITED, Stage.NOT_SUCCESSFUL])
async def test_W7_of_two_decisions_of_a_manager_within_seconds_the_second_is_told(office, first):
    """The first was committed by a worker that died before it published the second."""
    [second] = {Stage.INVITED, Stage.NOT_SUCCESSFUL} - {first}
    await office.owner.execute("update messaging.clock set clock_offset = $1 - now()", NOW)
    await office.hearing.hear(RECEIVED, moved(first, 2), now=NOW)
    await office.send_all()
    assert await sent(office) == ["acknowledgement 1"]
    await office.hearing.hear(moved(second, 3), now=NOW)
    await office.owner.execute("update messaging.clock set clock_offset = clock_offset + '1 hour'")
    await office.send_all()
    outcome = "invitation 1" if second is Stage.INVITED else "not_successful 1"
    assert await sent(office) == ["acknowledgement 1", outcome]


async def test_W7_an_interview_booked_upon_a_decision_taken_back_is_never_told(office):
    await office.owner.execute("update messaging.clock set clock_offset = $1 - now()", NOW)
    declined = moved(Stage.NOT_SUCCESSFUL, 3)
    await office.hearing.hear(RECEIVED, moved(Stage.INVITED, 2), BOOKED, now=NOW)
    await office.send_all()
    await office.hearing.hear(declined, CANCELLED, now=NOW)
    await office.owner.execute("update messaging.clock set clock_offset = clock_offset + '1 hour'")
    await office.send_all()
    assert await sent(office) == ["acknowledgement 1", "not_successful 1"]


async def test_W7_whom_a_manager_declined_hears_so_although_a_machine_would_reject_since(office):
    """The letter waits for the morning, and the machine's verdict comes in the night."""
    await office.hearing.hear(
        RECEIVED, moved(Stage.NOT_SUCCESSFUL, 2), moved(Stage.NOT_ELIGIBLE, 3), now=NOW
    )
    [due] = office.hearing.timers.values()
    await office.hearing.hear(due.event, now=due.due_at)
    await office.send_all()
    assert await sent(office) == ["acknowledgement 1", "not_successful 1"]


async def test_W7_a_booking_waits_for_no_cancellation_of_an_interview_that_is_past(office):
    await office.hearing.hear(RECEIVED, moved(Stage.INVITED, 2), BOOKED, now=NOW)
    await office.hearing.hear(moved(Stage.WITHDRAWN, 3), now=NOW)
    past = BOOKED.starts_at + timedelta(hours=1)
    await office.owner.execute("update messaging.clock set clock_offset = $1 - now()", past)
    await office.send_all()
    assert await sent(office) == ["acknowledgement 1", "withdrawal 1"]
    assert "queued" not in (await office.states()).values()


async def test_W7_a_booking_waits_after_a_withdrawal_until_its_cancellation_replaces_it(office):
    await office.hearing.hear(RECEIVED, moved(Stage.INVITED, 2), BOOKED, now=NOW)
    await office.hearing.hear(moved(Stage.WITHDRAWN, 3), now=NOW)
    assert Deferred("cancellation") in await office.send_all()
    await office.hearing.hear(CANCELLED, now=NOW)
    await office.pass_time(minutes=10)
    await office.send_all()
    assert await sent(office) == ["acknowledgement 1", "withdrawal 1"]
    assert "queued" not in (await office.states()).values()


async def test_W7_a_booking_heard_before_the_stage_that_allows_it_is_told(office):
    await office.hearing.hear(RECEIVED, moved(Stage.NOT_ELIGIBLE, 2), BOOKED, now=NOW)
    await office.send_all()
    await office.hearing.hear(moved(Stage.INTERVIEW_BOOKED, 3), now=NOW)
    await office.pass_time(minutes=10)
    await office.send_all()
    assert "interview_booking 1" in await sent(office)


async def test_N1_a_check_that_ends_and_begins_again_before_its_letter_goes_is_told(office):
    await office.owner.execute("update messaging.clock set clock_offset = $1 - now()", NOW)
    await office.hearing.hear(RECEIVED, CHECKING, READY, now=NOW)
    await office.send_all()
    await office.hearing.hear(CHECKING_AGAIN, now=NOW)
    await office.owner.execute("update messaging.clock set clock_offset = clock_offset + '1 hour'")
    await office.send_all()
    told = [name for name in await sent(office) if "person" in name]
    assert told == ["person_is_checking 4"]


@pytest.mark.parametrize(
    ("told", "put_off", "then", "expected"),
    [
        ([RECEIVED], FAULTY, [moved(Stage.NOT_ELIGIBLE, 3), moved(Stage.DOCUMENTS_NEEDED, 4)],
         ["documents_problem 1"]),
        ([RECEIVED], FAULTY, [CHECKING_3, moved(Stage.DOCUMENTS_NEEDED, 4)],
         ["person_is_checking 3", "documents_problem 1"]),
        ([RECEIVED, CHECKING], READY, [moved(Stage.RECEIVED, 4), READY_AGAIN],
         ["person_is_checking 2", "person_has_checked 2"]),
    ],
)  # fmt: skip
async def test_N1_a_letter_overtaken_while_it_was_put_off_is_told_when_it_is_true_again(
    office, mailbox, told, put_off, *, then, expected
):
    await tell(office, mailbox, told, put_off)
    for one in then:
        await office.hearing.hear(one, now=NOW)
        await office.pass_time(minutes=10)
        await office.send_all()
    assert await sent(office) == ["acknowledgement 1", *expected]


async def test_N1_a_check_after_an_invitation_is_told_although_an_earlier_one_was(office):
    for one in (RECEIVED, CHECKING, moved(Stage.INVITED, 3), CHECKING_AGAIN):
        await office.hearing.hear(one, now=NOW)
        await office.send_all()
    expected = ["person_is_checking 2", "invitation 1", "person_is_checking 4"]
    assert await sent(office) == ["acknowledgement 1", *expected]


async def test_W7_a_booking_of_an_interview_that_is_past_is_given_to_a_person(office):
    await office.hearing.hear(RECEIVED, moved(Stage.INVITED, 2), BOOKED, now=NOW)
    past = BOOKED.starts_at + timedelta(hours=1)
    await office.owner.execute("update messaging.clock set clock_offset = $1 - now()", past)
    assert Refused("interview past") in await office.send_all()
    assert "interview_booking 1" not in await sent(office)
    assert ("notification.failed.v1", APPLICATION) in await office.announced()


async def test_W7_a_cancellation_names_the_interview_of_which_its_reader_was_told(office, mailbox):
    """The first cancellation was put off, and the second is of a booking never told."""
    day = timedelta(days=1)
    other = {"starts_at": BOOKED.starts_at + day, "ends_at": BOOKED.ends_at + day}
    booked_anew = interview_booked(sequence=2, **other)
    await tell(office, mailbox, [RECEIVED, BOOKED], CANCELLED)
    await office.hearing.hear(booked_anew, interview_cancelled(sequence=3, **other), now=NOW)
    await office.pass_time(minutes=10)
    await office.send_all()
    assert (await sent(office))[1:] == ["interview_booking 1", "interview_cancellation 4"]
    assert "at 9am on Tuesday 4 November 2025 (London time) is cancelled" in text(mailbox)
