"""Who may publish what: the definitions that a broker starts with."""

import re

from services.console.workers import SERVICES
from shared.contracts import EVENTS, Exchange, FromPeople
from shared.messaging.topology import OPERATOR, definitions

WRITTEN = definitions(SERVICES, "secret", "password")
TOPICS = {right["user"]: right for right in WRITTEN["topic_permissions"]}


def test_no_queue_leaves_it_to_the_broker_how_often_it_delivers_a_message():
    """Unset, it is 20 times on RabbitMQ 4, and what a fuse gives up is gone."""
    limits = {queue["arguments"].get("x-delivery-limit") for queue in WRITTEN["queues"]}
    assert limits == {1000}
    assert len(WRITTEN["queues"]) == 2 * len(SERVICES)


def may_publish(user: str, exchange: str, type_: str) -> bool:
    right = TOPICS[user]
    return right["exchange"] == exchange and re.search(right["write"], type_) is not None


def test_the_operator_may_publish_what_people_decide_and_nothing_else():
    for name, event in EVENTS.items():
        assert may_publish(OPERATOR, Exchange.MUSTER, name) is issubclass(event, FromPeople), name


def test_nobody_else_may_publish_what_people_decide():
    decided = [name for name, event in EVENTS.items() if issubclass(event, FromPeople)]
    assert decided
    others = TOPICS.keys() - {OPERATOR}
    assert [
        (user, name)
        for user in others
        for name in decided
        if may_publish(user, TOPICS[user]["exchange"], name)
    ] == []


def test_the_operator_reads_nothing_and_configures_nothing():
    [right] = [one for one in WRITTEN["permissions"] if one["user"] == OPERATOR]
    assert (right["read"], right["configure"]) == ("^$", "^$")
