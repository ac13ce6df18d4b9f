"""The file that makes the embedded broker remember: an append-only log, replayed at start.

A record is its length, its CRC-32 and a payload whose first byte says what it is:

    T  a topology change: the AMQP method itself, as a frame
    M  a message that went into a queue, under a number
    S  the numbers of messages that were settled

What a client must be able to rely on (topology, messages) is fsynced by the commit it waits for.
Settled numbers are only written: losing them in a power cut means a redelivery, which is harmless.
"""

import fcntl
import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

from pamqp import base, decode, encode, frame

from shared.embedded.broker_frames import Message
from shared.logs import log

_MAGIC: Final = b"MUSTER AMQP JOURNAL 1\n"
_RECORD: Final = struct.Struct(">II")
_MESSAGE: Final = struct.Struct(">QI")
_COMPACT_FROM_BYTES: Final = 16 * 1024 * 1024
_COMPACT_BELOW_LIVE_SHARE: Final = 4
_RECORD_OVERHEAD_BYTES: Final = 128


class JournalError(Exception):
    """The journal cannot be used: it is another's, or something else than a journal."""


class Journal:
    """Messages and topology on disk; `load`, `start`, then any number of commits, then `close`."""

    def __init__(self, path: Path) -> None:
        self.declarations: list[base.Frame] = []
        self.messages: dict[int, tuple[str, Message]] = {}
        self._path = path
        self._lock: BinaryIO | None = None
        self._file: BinaryIO | None = None
        self._last_number = 0
        self._live_bytes = 0
        self._file_bytes = 0
        self._unwritten: list[bytes] = []
        self._settled: list[int] = []
        self._must_sync = False
        self._declare_all: Callable[[], Iterable[base.Frame]] = lambda: self.declarations

    def load(self) -> None:
        """Read what an earlier broker left: `declarations` in order, and unsettled `messages`."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = self._path.with_name(self._path.name + ".lock").open("wb")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.close()
            raise JournalError(f"{self._path} is in use by another broker") from error
        if self._path.exists():
            for payload in _read_records(self._path):
                self._replay(payload)

    def _replay(self, payload: bytes) -> None:
        kind, rest = payload[:1], payload[1:]
        if kind == b"T":
            self.declarations.append(cast("base.Frame", frame.unmarshal(rest)[2]))
        elif kind == b"M":
            number, queue, message = _decode_message(rest)
            self._last_number = max(self._last_number, number)
            self._remember(number, queue, message)
        elif kind == b"S":
            for number in struct.unpack(f">{len(rest) // 8}Q", rest):
                self._strike(number)

    def start(self, declare_all: Callable[[], Iterable[base.Frame]]) -> None:
        """Begin a fresh file with what is still alive; `declare_all` yields today's topology."""
        self._declare_all = declare_all
        self._rewrite()

    def declare(self, method: base.Frame) -> None:
        """Note a topology change."""
        self._unwritten.append(_record(b"T" + frame.marshal(method, 0)))
        self._must_sync = True

    def keep(self, queue: str, message: Message) -> int:
        """Note a message in a queue and return the number to forget it by."""
        self._last_number += 1
        self._unwritten.append(_record(_encode_message(self._last_number, queue, message)))
        self._remember(self._last_number, queue, message)
        self._must_sync = True
        return self._last_number

    def forget(self, number: int) -> None:
        """Note that a message was settled."""
        self._settled.append(number)
        self._strike(number)

    def commit(self) -> None:
        """Write what was noted since the last commit; return when it would survive a power cut.

        Raises OSError if the disk refuses; what is on it is then unknown and the broker must stop.
        """
        if self._file is None:
            return
        if self._file_bytes > _COMPACT_FROM_BYTES and self._is_mostly_dead:
            self._rewrite()
            return
        if self._settled:
            numbers = struct.pack(f">{len(self._settled)}Q", *self._settled)
            self._unwritten.append(_record(b"S" + numbers))
            self._settled.clear()
        if self._unwritten:
            self._file_bytes += self._file.write(b"".join(self._unwritten))
            self._file.flush()
            self._unwritten.clear()
        if self._must_sync:
            os.fsync(self._file.fileno())
            self._must_sync = False

    @property
    def _is_mostly_dead(self) -> bool:
        return self._live_bytes * _COMPACT_BELOW_LIVE_SHARE < self._file_bytes

    def _rewrite(self) -> None:
        """Replace the file by one that holds only what is alive, in one atomic step."""
        new_path = self._path.with_name(self._path.name + ".new")
        new_file = new_path.open("wb")
        new_file.write(_MAGIC)
        for method in self._declare_all():
            new_file.write(_record(b"T" + frame.marshal(method, 0)))
        for number, (queue, message) in self.messages.items():
            new_file.write(_record(_encode_message(number, queue, message)))
        new_file.flush()
        os.fsync(new_file.fileno())
        new_path.replace(self._path)
        _sync_folder(self._path.parent)
        if self._file is not None:
            self._file.close()
        self._file, self._file_bytes = new_file, new_file.tell()
        self._unwritten.clear()
        self._settled.clear()
        self._must_sync = False

    def close(self) -> None:
        """Let go of the file; call `commit` before."""
        for file in (self._file, self._lock):
            if file is not None:
                file.close()
        self._file = self._lock = None

    def _remember(self, number: int, queue: str, message: Message) -> None:
        self.messages[number] = (queue, message)
        self._live_bytes += _size(message)

    def _strike(self, number: int) -> None:
        if number in self.messages:
            _, message = self.messages.pop(number)
            self._live_bytes -= _size(message)


class NoJournal(Journal):
    """For a broker that may forget everything when it ends, as in fast tests."""

    def __init__(self) -> None:
        super().__init__(Path(os.devnull))

    def load(self) -> None:
        """Find nothing."""

    def start(self, declare_all: Callable[[], Iterable[base.Frame]]) -> None:
        """Begin nothing."""

    def declare(self, method: base.Frame) -> None:
        """Note nothing."""

    def keep(self, queue: str, message: Message) -> int:  # noqa: ARG002 - as the journal has it
        """Note nothing; 0 is no number."""
        return 0


def _record(payload: bytes) -> bytes:
    return _RECORD.pack(len(payload), zlib.crc32(payload)) + payload


def _read_records(path: Path) -> Iterator[bytes]:
    """Yield the payloads up to the first record that is torn: nobody was promised what follows."""
    content = path.read_bytes()
    if not _MAGIC.startswith(content[: len(_MAGIC)]):
        raise JournalError(f"{path} is not a journal")
    start = len(_MAGIC)
    while start + _RECORD.size <= len(content):
        length, checksum = _RECORD.unpack_from(content, start)
        payload = content[start + _RECORD.size : start + _RECORD.size + length]
        if len(payload) < length or zlib.crc32(payload) != checksum or not payload:
            break
        yield payload
        start += _RECORD.size + length
    if start < len(content):
        log.warning("the journal's end was torn off", count=len(content) - start)


def _encode_message(number: int, queue: str, message: Message) -> bytes:
    return b"".join(
        (
            b"M",
            _MESSAGE.pack(number, len(message.header)),
            encode.short_string(queue),
            encode.short_string(message.exchange),
            encode.short_string(message.routing_key),
            message.header,
            message.body,
        )
    )


def _decode_message(encoded: bytes) -> tuple[int, str, Message]:
    number, header_size = _MESSAGE.unpack_from(encoded)
    names, rest = [], encoded[_MESSAGE.size :]
    for _ in range(3):
        consumed, name = decode.short_str(rest)
        names.append(name)
        rest = rest[consumed:]
    queue, exchange, routing_key = names
    return number, queue, Message(exchange, routing_key, rest[:header_size], rest[header_size:])


def _size(message: Message) -> int:
    return len(message.header) + len(message.body) + _RECORD_OVERHEAD_BYTES


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
