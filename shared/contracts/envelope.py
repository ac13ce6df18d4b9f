"""The CloudEvents 1.0 envelope, and what every payload has in common."""

import json
import re
import unicodedata
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, Final, Generic, Literal, TypeVar
from uuid import UUID, uuid5

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

MAX_BODY_BYTES: Final = 256 * 1024
_MAX_ENTRIES: Final = 100
# Where pydantic's own words would quote the message.
_IN_OUR_WORDS: Final = {"json_invalid": "is not valid JSON", "uuid_parsing": "is not a UUID"}
# How CloudEvents lets anybody call an attribute of their own.
EXTENSION: Final = r"^[a-z0-9]+$"
NAMESPACE: Final = UUID("6f1d9e0a-6c55-5d0e-9a3b-6d7573746572")


class Exchange(StrEnum):
    """The two topic exchanges: one for the outside, one for our own workers."""

    CAREERS = "careers.in"
    MUSTER = "muster.events"


class ContractViolation(Exception):  # noqa: N818 - it names what happened, as the held row does
    """A message that breaks the contract: `reason` is a code, `detail` a sentence for its sender.

    Neither ever quotes a value out of the message, because the value may be personal data.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


def _fold(value: object) -> object:
    return value.strip().casefold() if isinstance(value, str) else value


def _printable(value: str) -> str:
    """Refuse NUL and control characters: PostgreSQL cannot store the first, mail the second."""
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in value):
        message = "control characters are not allowed"
        raise ValueError(message)
    return unicodedata.normalize("NFC", value)


def _unix_lines(value: str) -> str:
    """Take a browser's line ends, CR LF, for what they mean."""
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _one_line(value: str) -> str:
    if re.search(r"[\n\t\u2028\u2029\x85]", value):
        message = "must be one line"
        raise ValueError(message)
    return _printable(value).strip()


def _written_out(value: object) -> object:
    """Refuse seconds since 1970, which pydantic takes for a moment even in quotes (A29)."""
    if isinstance(value, datetime) or (isinstance(value, str) and "T" in value.upper()):
        return value
    message = "must be written out as in 2025-10-21T23:55:00+01:00"
    raise ValueError(message)


def _in_range(value: datetime) -> datetime:
    if not 2000 <= value.year <= 2100:  # noqa: PLR2004 - A30: a clock that is plainly wrong
        message = "must lie between the years 2000 and 2100"
        raise ValueError(message)
    return value


Ref = Annotated[
    str,
    BeforeValidator(_fold),
    Field(
        pattern=r"^[a-z0-9][a-z0-9._:-]*$",
        max_length=64,
        json_schema_extra={"pattern": r"^\s*[A-Za-z0-9][A-Za-z0-9._:-]*\s*$"},  # as it may be sent
    ),
]
"""A key given by the careers site: trimmed and case-folded, so that ` APP-1` is `app-1`."""

Line = Annotated[str, AfterValidator(_one_line), Field(min_length=1, max_length=200)]
Text = Annotated[
    str, AfterValidator(_unix_lines), AfterValidator(_printable), Field(max_length=10_000)
]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Instant = Annotated[
    AwareDatetime,
    Field(strict=False),  # after a validator of ours pydantic forgets that it reads JSON
    BeforeValidator(_written_out),
    AfterValidator(_in_range),
]
"""A moment with an offset; a naive time is refused."""


class Model(BaseModel):
    """A frozen, strictly read value; errors never repeat the input."""

    model_config = ConfigDict(frozen=True, strict=True, hide_input_in_errors=True)


class Payload(Model):
    """The `data` of one event type.

    `type` is the event's name, its version and its routing key; `about` names the field that
    becomes the envelope's `subject`.
    """

    type: ClassVar[str]
    about: ClassVar[str]
    exchange: ClassVar[Exchange] = Exchange.MUSTER
    model_config = ConfigDict(extra="ignore")

    @property
    def subject(self) -> str:
        """What the event is about: an application or a vacancy reference."""
        return str(getattr(self, self.about))

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        """Enter every class that names a type in the register."""
        if "type" in cls.__dict__:
            EVENTS[cls.type] = cls


class FromCareersSite(Payload):
    """An event published by somebody else: an unknown field, however deep, is refused (A9)."""

    exchange: ClassVar[Exchange] = Exchange.CAREERS
    model_config = ConfigDict(extra="forbid")


class FromPeople(Payload):
    """What a person of ours decided, through console or board: who, when and why (F2).

    Published on our own exchange by whoever may; an unknown field is refused, as from outside.
    """

    model_config = ConfigDict(extra="forbid")

    by: Ref
    decided_at: Instant
    rationale: Annotated[Text, Field(min_length=1)]


EVENTS: Final[dict[str, type[Payload]]] = {}
"""Every event type by name, filled by the modules of this package."""

P = TypeVar("P", bound=Payload)
P_co = TypeVar("P_co", bound=Payload, covariant=True)


class Event(Model, Generic[P_co]):
    """One CloudEvents 1.0 event in structured JSON mode."""

    model_config = ConfigDict(extra="forbid")

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: Annotated[Line, Field(max_length=100)]
    type: Annotated[Line, Field(max_length=100)]
    subject: Ref
    time: Instant
    datacontenttype: Literal["application/json"] = "application/json"
    data: P_co

    def to_json(self) -> bytes:
        """Write the event as it goes on the wire."""
        return self.model_dump_json().encode()


def event_id(cause: UUID | str, payload: Payload) -> UUID:
    """Derive an event's id from its cause, so that announcing twice is announcing once.

    `cause` is the id of the event that made it happen, or, for a fact that has several possible
    causes, the text of what it is about.
    """
    name = f"{payload.type} {payload.subject}"
    if isinstance(cause, UUID):
        return uuid5(cause, name)
    return uuid5(NAMESPACE, f"{name} {cause}")


@cache
def envelope(payload: type[P]) -> type[Event[P]]:
    """Return the envelope's class for one payload class."""
    return Event[payload]  # type: ignore[valid-type]


def parse(body: bytes, routing_key: str) -> Event[Payload]:
    """Read a message body as the event that its routing key promises.

    Raises ContractViolation with a reason code and a sentence for the sender.
    """
    payload = EVENTS.get(routing_key)
    if payload is None:
        known = routing_key.rsplit(".", 1)[0] in {name.rsplit(".", 1)[0] for name in EVENTS}
        if known:
            raise ContractViolation("unsupported_version", f"no version {routing_key!r} is known")
        raise ContractViolation("unknown_type", f"no event is called {routing_key!r}")
    if len(body) > MAX_BODY_BYTES:
        raise ContractViolation("too_large", f"the body exceeds {MAX_BODY_BYTES} bytes")
    is_from_outside = issubclass(payload, FromCareersSite | FromPeople)
    if is_from_outside:
        body = _without_extensions(body, _refuse_odd_objects(body), payload)
    # Of our own events an older worker ignores what a newer one adds, the envelope apart.
    extra: Literal["forbid"] | None = "forbid" if is_from_outside else None
    try:
        event: Event[Payload] = envelope(payload).model_validate_json(body, extra=extra)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        reason = "malformed_json" if first["type"] == "json_invalid" else "invalid"
        where = ".".join(map(_name, first["loc"])) or "the body"
        message = _IN_OUR_WORDS.get(first["type"], first["msg"])
        raise ContractViolation(reason, f"{where}: {message}") from None
    if event.type != routing_key:
        raise ContractViolation("wrong_type", "`type` differs from the routing key")
    if event.subject != event.data.subject:
        raise ContractViolation("wrong_subject", f"`subject` differs from `data.{payload.about}`")
    return event


def _name(part: int | str) -> str:
    """Name a place in the body; a name that is none of ours may be anything, so it is left out."""
    return str(part) if re.fullmatch(r"[a-z0-9_]{1,40}", str(part)) else "(a strange name)"


def _refuse_odd_objects(body: bytes) -> object:
    """Refuse what pydantic takes lightly or at great cost, and return the document.

    Of two equal keys it silently keeps the last; we ask the sender which is meant. Of each unknown
    field it makes an error of some kilobytes, and a body has room for thousands.
    """

    def odd(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        document = dict(pairs)
        if len(document) < len(pairs):
            raise ContractViolation("duplicate_key", "an object has the same key twice")
        sizes = [len(pairs), *(len(value) for _, value in pairs if isinstance(value, list))]
        if max(sizes) > _MAX_ENTRIES:
            raise ContractViolation("too_large", f"more than {_MAX_ENTRIES} entries in one place")
        return document

    try:
        return json.loads(body.decode(), object_pairs_hook=odd)
    except (ValueError, RecursionError):
        raise ContractViolation("malformed_json", "the body: is not valid JSON") from None


def _without_extensions(body: bytes, document: object, payload: type[Payload]) -> bytes:
    """Leave out what libraries add to an envelope: it decides nothing (A9).

    A field of the `data` that stands beside it by mistake is none of that.
    """
    if not isinstance(document, dict):
        return body
    ours = Event.model_fields.keys() | payload.model_fields.keys()
    added = {name for name in document.keys() - ours if re.fullmatch(EXTENSION, name)}
    if not added:
        return body
    return json.dumps({name: document[name] for name in document.keys() - added}).encode()
