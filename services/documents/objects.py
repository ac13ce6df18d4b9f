"""Reads documents out of the object store, as the careers site put them there."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from functools import cache
from typing import Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from shared.messaging import Unavailable
from shared.settings import settings

READ_SECONDS: Final = 10
"""For the beginning of an object, and then for each piece of it."""

PIECE_BYTES: Final = 128 * 1024


class StoreError(Unavailable):
    """The object store does not answer: to be tried again, through no document's fault."""


class MissingObjectError(Exception):
    """The object is not there, perhaps not yet: to be tried again, and then a question (G17)."""


class OtherObjectError(Exception):
    """Another object stands in its place: a question for a person, never the candidate's fault."""


async def read(key: str, *, size: int, sha256: str) -> AsyncIterator[bytes]:
    """Yield an object of this size and hash in pieces, so that it is never in memory as a whole.

    Raises OtherObjectError: before anything is read if the size differs, and in place of the last
    piece if the hash does. Nothing larger is read.
    """
    url = settings().object_store_url
    digest = hashlib.sha256()
    count, last = 0, b""
    try:
        async with asyncio.timeout(READ_SECONDS):
            found = await obstore.get_async(_store(url), key)
        stream = found.stream(min_chunk_size=PIECE_BYTES) if found.meta["size"] == size else None
        while stream and count <= size:
            async with asyncio.timeout(READ_SECONDS):
                piece = await anext(stream, None)
            if piece is None:
                break
            if last:
                yield last
            last = bytes(piece)
            digest.update(last)
            count += len(last)
    except FileNotFoundError:
        await _expect_others(url, key)
        raise MissingObjectError("a submitted document is not in the object store") from None
    except (BaseError, OSError) as error:
        raise StoreError(f"the object store failed: {type(error).__name__}") from error
    if (count, digest.hexdigest()) != (size, sha256):
        raise OtherObjectError("not the object that was submitted")
    yield last


async def _expect_others(url: str, key: str) -> None:
    """Find any object beside one that is missing: a store with none is away, or another one."""
    found = obstore.list(_store(url), prefix=key.partition("/")[0], chunk_size=1)
    try:
        async with asyncio.timeout(READ_SECONDS):
            if await anext(found, None):
                return
    except (BaseError, OSError) as error:
        raise StoreError(f"the object store failed: {type(error).__name__}") from error
    raise StoreError("the object store is empty")


@cache
def _store(url: str) -> ObjectStore:
    try:
        return from_url(url)
    except BaseError as error:
        raise StoreError("the object store cannot be opened") from error
