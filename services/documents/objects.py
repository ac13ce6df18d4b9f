"""Reads documents out of the object store, as the careers site put them there."""

import asyncio
import hashlib
from functools import cache
from typing import Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from shared.messaging import Unavailable
from shared.settings import settings

READ_SECONDS: Final = 10


class StoreError(Unavailable):
    """The object store does not answer: to be tried again, through no document's fault."""


class MissingObjectError(LookupError):
    """The object is not there, perhaps not yet: to be tried again, never a verdict (G17)."""


async def load_bytes(key: str, *, size: int, sha256: str) -> bytes | bytearray | None:
    """Load an object of this size and hash; None if another object stands in its place.

    Its size is checked before reading, and counted while reading, so nothing larger is read.
    """
    url = settings().object_store_url
    try:
        async with asyncio.timeout(READ_SECONDS):
            found = await obstore.get_async(_store(url), key)
            if found.meta["size"] != size:
                return None
            data = bytearray()
            digest = hashlib.sha256()
            async for chunk in found.stream():
                data += chunk
                digest.update(chunk)
                if len(data) > size:
                    return None
    except FileNotFoundError:
        _open(url)  # unless the whole store is away
        raise MissingObjectError("a submitted document is not in the object store") from None
    except (BaseError, OSError) as error:
        raise StoreError(f"the object store failed: {type(error).__name__}") from error
    return data if digest.hexdigest() == sha256 else None


@cache
def _store(url: str) -> ObjectStore:
    return _open(url)


def _open(url: str) -> ObjectStore:
    try:
        return from_url(url)
    except BaseError as error:
        raise StoreError("the object store cannot be opened") from error
