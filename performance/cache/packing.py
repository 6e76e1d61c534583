"""Values as bytes and back: msgpack, with the few types beyond it that rows hold. Never pickle.

What Valkey holds may have been written by anybody: unpacking makes plain values only, of bounded size, or refuses, and
what is served to people is sealed, so that a value is ours and stands where we put it.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from hmac import compare_digest
from typing import Any

import msgpack
import zstandard
from django.conf import settings

# Bytes as they are; packed values; "there is nothing".
RAW, PACKED, NOTHING = b"r", b"p", b"n"
PLAIN, ZSTD = b"-", b"z"
# An honest compressor gains more than this, or it isn't worth the time of whoever reads.
WORTHWHILE = 0.9
MOST_BYTES = 32 * 1024 * 1024
SEAL_BYTES = 16


class Unreadable(ValueError):
    """These bytes are no value of ours."""


def pack(value: Any) -> bytes:
    """Raises TypeError for what isn't plain: pack fields, not objects."""
    if isinstance(value, bytes):
        kind, content = RAW, value
    elif value is None:
        kind, content = NOTHING, b""
    else:
        kind, content = PACKED, packed(value)
    if len(content) > settings.CACHE_COMPRESS_ABOVE:
        squeezed = zstandard.ZstdCompressor(level=3).compress(content)
        if len(squeezed) < len(content) * WORTHWHILE:
            return kind + ZSTD + squeezed
    return kind + PLAIN + content


def opened(content: bytes) -> tuple[bytes, bytes]:
    """What `pack` gave, as its kind and its content, inflated. Raises Unreadable."""
    kind, coding, rest = content[:1], content[1:2], content[2:]
    if kind not in (RAW, PACKED, NOTHING) or coding not in (PLAIN, ZSTD):
        raise Unreadable
    return kind, _inflated(rest) if coding == ZSTD else rest


def value_of(kind: bytes, content: bytes) -> Any:
    """A value of the caller's own: who changes it changes nobody else's. Raises Unreadable."""
    if kind == RAW:
        return content
    return unpacked(content) if kind == PACKED else None


def number(content: bytes) -> int:
    """What Valkey counts with. Raises Unreadable."""
    try:
        return int(content)
    except ValueError as error:
        raise Unreadable(str(error)) from error


def sealed(content: bytes, *, place: bytes) -> bytes:
    """`content` for one `place` (its key, and what else must be as it was), which `unsealed` finds unchanged."""
    return _seal(content, place) + content


def unsealed(content: bytes, *, place: bytes) -> bytes:
    """What was sealed for `place` by who knows the SECRET_KEY. Raises Unreadable for anything else."""
    seal, inner = content[:SEAL_BYTES], content[SEAL_BYTES:]
    if not compare_digest(seal, _seal(inner, place)):
        raise Unreadable
    return inner


def _seal(content: bytes, place: bytes) -> bytes:
    # The length stands first, or a byte could move from the place to the content.
    begin = b"%d:%b" % (len(place), place)
    keyed = hashlib.blake2b(begin, digest_size=SEAL_BYTES, key=_secret(settings.SECRET_KEY))
    keyed.update(content)
    return keyed.digest()


@lru_cache(maxsize=2)
def _secret(key: str) -> bytes:
    return hashlib.sha256(b"performance.cache\0" + key.encode()).digest()


def packed(value: Any) -> bytes:
    try:
        content: bytes = msgpack.packb(value, default=_extended, strict_types=True, datetime=False)
    except (ValueError, OverflowError, RecursionError) as error:
        raise TypeError(f"This can't be cached: {error}") from error
    return content


def unpacked(content: bytes) -> Any:
    """Raises Unreadable."""
    try:
        return msgpack.unpackb(content, ext_hook=_original, strict_map_key=False, use_list=True)
    except (ValueError, TypeError, InvalidOperation, OverflowError, RecursionError, msgpack.UnpackException) as error:
        raise Unreadable(str(error)) from error


def _inflated(content: bytes) -> bytes:
    try:
        # The frame says how long it will be: a bomb that says so is refused, one that lies fails.
        if not 0 <= zstandard.frame_content_size(content) <= MOST_BYTES:
            raise Unreadable
        return zstandard.ZstdDecompressor().decompress(content)
    except zstandard.ZstdError as error:
        raise Unreadable(str(error)) from error


def _text(value: Any) -> bytes:
    return str(value).encode()


def _iso(value: Any) -> bytes:
    return bytes(value.isoformat().encode())


def _parts(value: Any) -> bytes:
    return packed(list(value))


# Code of the extension → (type, to bytes, from bytes). The codes are stored: never use one again for another type.
_EXTENSIONS: dict[int, tuple[type, Callable[[Any], bytes], Callable[[bytes], Any]]] = {
    1: (dt.datetime, _iso, lambda each: dt.datetime.fromisoformat(each.decode())),
    2: (dt.date, _iso, lambda each: dt.date.fromisoformat(each.decode())),
    3: (dt.time, _iso, lambda each: dt.time.fromisoformat(each.decode())),
    4: (
        dt.timedelta,
        lambda each: packed([each.days, each.seconds, each.microseconds]),
        lambda each: dt.timedelta(*unpacked(each)),
    ),
    5: (Decimal, _text, lambda each: Decimal(each.decode())),
    6: (uuid.UUID, lambda each: bytes(each.bytes), lambda each: uuid.UUID(bytes=each)),
    7: (tuple, _parts, lambda each: tuple(unpacked(each))),
    8: (set, _parts, lambda each: set(unpacked(each))),
    9: (frozenset, _parts, lambda each: frozenset(unpacked(each))),
    10: (int, _text, lambda each: int(each.decode())),
}
_CODES = {kind: code for code, (kind, _, _) in _EXTENSIONS.items()}


def _extended(value: Any) -> msgpack.ExtType:
    code = _CODES.get(type(value))
    if code is None:
        raise TypeError(f"{type(value).__name__} can't be cached: give its fields")
    return msgpack.ExtType(code, _EXTENSIONS[code][1](value))


def _original(code: int, content: bytes) -> Any:
    if code not in _EXTENSIONS:
        raise Unreadable
    return _EXTENSIONS[code][2](content)
