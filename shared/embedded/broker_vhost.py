"""The virtual host: exchanges, queues and bindings, and which queues a message goes to."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from pamqp import base, commands
from pamqp.common import FieldTable

from shared.embedded.broker_frames import AmqpError, Message, ReplyCode, check_arguments
from shared.embedded.broker_queue import Queue, QueuedMessage
from shared.embedded.broker_turn import Turn
from shared.embedded.journal import Journal

_KINDS: Final = frozenset({"direct", "fanout", "topic"})
_EXCHANGE_ARGUMENTS: Final = frozenset({"alternate-exchange"})
_MAX_ROUTES_REMEMBERED: Final = 10_000
_DIRECT_REPLY_TO: Final = "amq.rabbitmq.reply-to"  # FastStream looks for it, and never uses it


class Exchange:
    """A named set of bindings and the way their keys are compared."""

    def __init__(self, declaration: commands.Exchange.Declare) -> None:
        self.declaration = declaration
        self.bindings: dict[tuple[str, str], None] = {}  # (queue, key), in the order bound

    @property
    def alternate(self) -> str | None:
        """Name the exchange that gets what no binding matches."""
        name = (self.declaration.arguments or {}).get("alternate-exchange")
        return name if isinstance(name, str) else None

    def queues_for(self, routing_key: str) -> set[str]:
        """Name the queues whose binding matches."""
        return {queue for queue, key in self.bindings if self._matches(key, routing_key)}

    def _matches(self, binding_key: str, routing_key: str) -> bool:
        match self.declaration.exchange_type:
            case "fanout":
                return True
            case "topic":
                return topic_matches(binding_key, routing_key)
            case _:
                return binding_key == routing_key


def topic_matches(pattern: str, routing_key: str) -> bool:
    """Compare word by word: `*` is one word, `#` any number of words, none included.

    Keeps the set of positions that the pattern so far may have reached in the key, so that no
    pattern takes more than (words x words) steps.
    """
    words = routing_key.split(".") if routing_key else []
    reached = {0}
    for expected in pattern.split(".") if pattern else []:
        if expected == "#":
            reached = set(range(min(reached), len(words) + 1))
        else:
            reached = {i + 1 for i in reached if i < len(words) and expected in ("*", words[i])}
        if not reached:
            return False
    return len(words) in reached


class VirtualHost:
    """All exchanges and queues; every change to a durable one is written to the journal."""

    def __init__(self, journal: Journal, turn: Turn) -> None:
        self._journal = journal
        self._turn = turn
        self._exchanges: dict[str, Exchange] = {}
        self._queues: dict[str, Queue] = {}
        self._routes: dict[tuple[str, str], tuple[Queue, ...]] = {}
        self._methods: dict[type[base.Frame], Callable[[Any], base.Frame]] = {
            commands.Exchange.Declare: self._declare_exchange,
            commands.Exchange.Delete: self._delete_exchange,
            commands.Queue.Declare: self._declare_queue,
            commands.Queue.Bind: self._bind,
            commands.Queue.Unbind: self._unbind,
            commands.Queue.Purge: self._purge,
            commands.Queue.Delete: self._delete_queue,
        }

    def recover(self) -> None:
        """Rebuild what the journal holds; its messages may have been delivered before."""
        for method in self._journal.declarations:
            self.execute(method)
        for number, (queue, message) in tuple(self._journal.messages.items()):
            if queue in self._queues:
                self._queues[queue].put(QueuedMessage(message, number, is_redelivered=True))
            else:
                self.forget(number)

    def publish(self, message: Message) -> bool:
        """Put a message into every queue it is routed to; False if there is none."""
        queues = self._route(message.exchange, message.routing_key)
        for queue in queues:
            number = self._journal.keep(queue.name, message) if queue.is_durable else 0
            queue.put(QueuedMessage(message, number))
        return bool(queues)

    def _route(self, exchange: str, routing_key: str) -> tuple[Queue, ...]:
        route = self._routes.get((exchange, routing_key))
        if route is None:
            names = self._queues_for(exchange, routing_key, frozenset())
            route = tuple(self._queues[name] for name in sorted(names))
            if len(self._routes) >= _MAX_ROUTES_REMEMBERED:
                self._routes.clear()
            self._routes[exchange, routing_key] = route
        return route

    def _queues_for(self, exchange: str, routing_key: str, seen: frozenset[str]) -> set[str]:
        if not exchange:
            return {routing_key} & self._queues.keys()
        if exchange in seen or exchange not in self._exchanges:
            return set()
        queues = self._exchanges[exchange].queues_for(routing_key)
        alternate = self._exchanges[exchange].alternate
        if not queues and alternate is not None:
            return self._queues_for(alternate, routing_key, seen | {exchange})
        return queues

    def forget(self, number: int) -> None:
        """Strike a settled message from the journal."""
        if number:
            self._journal.forget(number)

    def wake(self, queue: Queue) -> None:
        """Let the queue hand out messages before this turn of the event loop ends."""
        self._turn.wake(queue)

    def queue(self, name: str) -> Queue:
        """Find a queue or refuse with 404."""
        if name not in self._queues:
            raise AmqpError(ReplyCode.NOT_FOUND, f"no queue '{name}' in vhost '/'")
        return self._queues[name]

    def exchange(self, name: str) -> Exchange:
        """Find an exchange or refuse with 404."""
        if name not in self._exchanges:
            raise AmqpError(ReplyCode.NOT_FOUND, f"no exchange '{name}' in vhost '/'")
        return self._exchanges[name]

    def execute(self, method: base.Frame) -> base.Frame:
        """Change or look at the topology, and return the answer."""
        carry_out = self._methods.get(type(method))
        if carry_out is None:
            raise AmqpError(ReplyCode.NOT_IMPLEMENTED, method.name)
        return carry_out(method)

    def _declare_exchange(self, method: commands.Exchange.Declare) -> base.Frame:
        existing = self._exchanges.get(method.exchange)
        if method.passive:
            self.exchange(method.exchange)
        elif existing is not None:
            _check_equivalent(f"exchange '{method.exchange}'", existing.declaration, method)
        else:
            _check_exchange(method)
            self._exchanges[method.exchange] = Exchange(method)
            self._record(method, is_durable=method.durable)
        return commands.Exchange.DeclareOk()

    def _delete_exchange(self, method: commands.Exchange.Delete) -> base.Frame:
        exchange = self._exchanges.get(method.exchange)
        if exchange is None:
            return commands.Exchange.DeleteOk()
        if method.if_unused and exchange.bindings:
            _refuse(f"exchange '{method.exchange}' in vhost '/' in use")
        del self._exchanges[method.exchange]
        self._record(method, is_durable=exchange.declaration.durable)
        return commands.Exchange.DeleteOk()

    def _declare_queue(self, method: commands.Queue.Declare) -> base.Frame:
        if method.passive and method.queue == _DIRECT_REPLY_TO:
            return commands.Queue.DeclareOk(method.queue, 0, 0)
        queue = self.queue(method.queue) if method.passive else self._queues.get(method.queue)
        if queue is None:
            if method.exclusive or method.auto_delete or not method.queue:
                raise AmqpError(ReplyCode.NOT_IMPLEMENTED, "exclusive or nameless queue")
            queue = self._queues[method.queue] = Queue(method, self)
            self._record(method, is_durable=method.durable)
        elif not method.passive:
            _check_equivalent(f"queue '{method.queue}'", queue.declaration, method)
        return commands.Queue.DeclareOk(method.queue, len(queue), len(queue.consumers))

    def _delete_queue(self, method: commands.Queue.Delete) -> base.Frame:
        queue = self._queues.get(method.queue)
        if queue is None:
            return commands.Queue.DeleteOk(0)
        if (method.if_unused and queue.consumers) or (method.if_empty and len(queue)):
            _refuse(f"queue '{method.queue}' in vhost '/' in use or not empty")
        del self._queues[method.queue]
        for exchange in self._exchanges.values():
            for binding in [b for b in exchange.bindings if b[0] == method.queue]:
                del exchange.bindings[binding]
        self._record(method, is_durable=queue.is_durable)
        return commands.Queue.DeleteOk(queue.delete())

    def _purge(self, method: commands.Queue.Purge) -> base.Frame:
        return commands.Queue.PurgeOk(self.queue(method.queue).purge())

    def _bind(self, method: commands.Queue.Bind) -> base.Frame:
        check_arguments(method.arguments, frozenset())
        queue, exchange = self.queue(method.queue), self._bindable(method.exchange)
        exchange.bindings[method.queue, method.routing_key] = None
        self._record(method, is_durable=queue.is_durable and exchange.declaration.durable)
        return commands.Queue.BindOk()

    def _unbind(self, method: commands.Queue.Unbind) -> base.Frame:
        check_arguments(method.arguments, frozenset())
        queue, exchange = self.queue(method.queue), self._bindable(method.exchange)
        exchange.bindings.pop((method.queue, method.routing_key), None)
        self._record(method, is_durable=queue.is_durable and exchange.declaration.durable)
        return commands.Queue.UnbindOk()

    def _bindable(self, name: str) -> Exchange:
        if not name:
            detail = "operation not permitted on the default exchange"
            raise AmqpError(ReplyCode.ACCESS_REFUSED, detail)
        return self.exchange(name)

    def _record(self, method: base.Frame, *, is_durable: bool) -> None:
        self._routes.clear()
        if is_durable:
            self._journal.declare(method)

    def declarations(self) -> Iterator[base.Frame]:
        """Yield the methods that declare everything durable anew."""
        exchanges = {n: e for n, e in self._exchanges.items() if e.declaration.durable}
        yield from (exchange.declaration for exchange in exchanges.values())
        yield from (queue.declaration for queue in self._queues.values() if queue.is_durable)
        for name, exchange in exchanges.items():
            for queue, routing_key in exchange.bindings:
                if self._queues[queue].is_durable:
                    yield commands.Queue.Bind(0, queue, name, routing_key=routing_key)


def _check_exchange(method: commands.Exchange.Declare) -> None:
    if not method.exchange:
        detail = "operation not permitted on the default exchange"
        raise AmqpError(ReplyCode.ACCESS_REFUSED, detail)
    if method.exchange_type not in _KINDS:
        detail = f"unknown exchange type '{method.exchange_type}'"
        raise AmqpError(ReplyCode.COMMAND_INVALID, detail)
    if method.auto_delete or method.internal:
        raise AmqpError(ReplyCode.NOT_IMPLEMENTED, "auto-delete or internal exchange")
    check_arguments(method.arguments, _EXCHANGE_ARGUMENTS)


def _check_equivalent(
    what: str,
    current: commands.Exchange.Declare | commands.Queue.Declare,
    received: commands.Exchange.Declare | commands.Queue.Declare,
) -> None:
    """Refuse to declare something again with other properties."""
    ours, theirs = _properties(current), _properties(received)
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            _refuse(
                f"inequivalent arg '{name}' for {what} in vhost '/': "
                f"received {theirs.get(name)!r} but current is {ours.get(name)!r}"
            )


def _properties(declaration: commands.Exchange.Declare | commands.Queue.Declare) -> FieldTable:
    properties: FieldTable = {
        "durable": declaration.durable,
        "auto_delete": declaration.auto_delete,
        **(declaration.arguments or {}),
    }
    if isinstance(declaration, commands.Exchange.Declare):
        properties["type"] = declaration.exchange_type
    return properties


def _refuse(detail: str) -> None:
    raise AmqpError(ReplyCode.PRECONDITION_FAILED, detail)
