"""Stories of when and how often the careers site sends, and of candidates who withdraw."""

from datetime import time
from typing import Final

from services.simulator.stories.story import Arrival, Repeat, Story, Withdrawal
from shared.contracts.applications import Stage

LET_IN: Final = Story(
    name="let_in",
    why="too late for the closing first printed, then in time for the extended one (C3, C7)",
    arrives=Arrival.BEFORE_EXTENSION,
)

SENDING: Final = (
    Story(name="last_minute", why="submitted at 23:54:59 (C2)", submits=time(23, 54, 59)),
    Story(name="last_second", why="submitted at 23:55:59 (C2)", submits=time(23, 55, 59)),
    Story(
        name="too_late",
        why="submitted at 23:56:00 (C2)",
        submits=time(23, 56),
        ends=Stage.REFUSED,
    ),
    Story(
        name="arrives_after_close",
        why="submitted in time, arriving the next morning (C3)",
        submits=time(22, 41, 17),
        arrives=Arrival.NEXT_MORNING,
    ),
    Story(
        name="arrives_in_review",
        why="submitted in time, arriving after the review opened: the same review (C3, W8)",
        submits=time(21, 7, 3),
        arrives=Arrival.DURING_REVIEW,
    ),
    Story(
        name="before_the_advert",
        why="arrives before its vacancy is known, and waits for it",
        arrives=Arrival.BEFORE_ADVERT,
    ),
    Story(
        name="before_posting",
        why="dated before the vacancy was posted, the sender's fault: held for a person (D9)",
        is_before_posting=True,
        is_held=True,
    ),
    # A stuttering careers site
    Story(name="sent_twice", why="the same event twice", repeats=Repeat.SAME_EVENT),
    Story(
        name="id_reused",
        why="another body under the id of the first event, which is held",
        repeats=Repeat.SAME_ID_OTHER_BODY,
    ),
    Story(
        name="conflicting",
        why="submitted again with other content, which changes nothing",
        repeats=Repeat.OTHER_ID_OTHER_BODY,
    ),
    Story(
        name="applies_twice",
        why="somebody has applied already, under another reference: both go on, unmerged (E19)",
        is_somebody_again=True,
    ),
    # Changing one's mind
    Story(
        name="withdrawn_early",
        why="withdrew before closing",
        withdraws=Withdrawal.BEFORE_CLOSING,
        ends=Stage.WITHDRAWN,
    ),
    Story(
        name="withdrawn_in_review",
        why="withdrew while under review",
        withdraws=Withdrawal.DURING_REVIEW,
        ends=Stage.WITHDRAWN,
    ),
    Story(
        name="withdrawn_after_booking",
        why="withdrew with an interview booked, which is cancelled",
        withdraws=Withdrawal.AFTER_BOOKING,
        ends=Stage.WITHDRAWN,
    ),
)
