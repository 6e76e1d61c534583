"""Bodies as they arrive, inflated within bounds: neither a bomb nor an endless stream takes more than was allowed."""

import zlib
from collections.abc import Iterable
from typing import Self

from performance.outbound.errors import BadReply

# What is asked for, and all that is read.
ACCEPTED = "gzip, deflate"
_GZIP = 16 + zlib.MAX_WBITS


class Body:
    """Collects a body of at most `most` bytes, of what arrives and of what becomes of it. Raises BadReply."""

    def __init__(self, encodings: Iterable[str], *, most: int) -> None:
        """`encodings` are the values of all the Content-Encoding headers; more than one encoding isn't read."""
        self._encoding = _only(encodings)
        self._most = most
        self._arrived = 0
        self._parts: list[bytes] = []
        self._length = 0
        self._inflater: zlib._Decompress | None = None
        self._members = 0
        self._is_over = False
        self.is_truncated = False
        self.skipped = ""
        # Of what arrived, how much the content was made of: the rest of a bomb stays as it came.
        self.used = 0

    @classmethod
    def left(cls, why: str) -> Self:
        """One that wasn't wanted: nothing of it is read."""
        body = cls((), most=0)
        body.skipped = why
        return body

    def feed(self, chunk: bytes) -> bool:
        """Take the next bytes; False once no more are wanted."""
        self._arrived += len(chunk)
        if self._encoding:
            self._inflate(chunk)
        else:
            self._keep(chunk)
            self.used += len(chunk)
        if self._arrived > self._most:
            self.is_truncated = True
        return not self.is_truncated

    def content(self) -> bytes:
        """What has come so far."""
        return b"".join(self._parts)

    def _keep(self, part: bytes) -> None:
        room = self._most - self._length
        if len(part) > room:
            self.is_truncated = True
        self._parts.append(part[:room])
        self._length += min(len(part), room)

    def _inflate(self, chunk: bytes) -> None:
        """A byte more than there is room for is asked for, which tells a body that just fits from one that doesn't."""
        while chunk and not self.is_truncated and not self._is_over:
            inflater = self._inflater or zlib.decompressobj(_window(self._encoding, chunk))
            try:
                self._keep(inflater.decompress(chunk, self._most - self._length + 1))
            except zlib.error as error:
                if not self._members:
                    raise BadReply(f"The reply says that it is {self._encoding}, and isn't.") from error
                # What follows a whole body and is no further one is nobody's.
                self._is_over = True
                return
            left = self._left(inflater)
            self.used += len(chunk) - len(left)
            chunk = left

    def _left(self, inflater: "zlib._Decompress") -> bytes:
        """What is left of the chunk; behind the end of a member another may follow, of gzip alone."""
        if not inflater.eof:
            self._inflater = inflater
            return inflater.unconsumed_tail
        self._inflater, self._members = None, self._members + 1
        self._is_over = self._encoding == "deflate"
        return inflater.unused_data


def _only(encodings: Iterable[str]) -> str:
    """gzip, deflate or nothing. Stacked encodings multiply what each allows, and nobody honest sends them."""
    named = [name.strip().lower() for value in encodings for name in value.split(",")]
    known = [name for name in named if name not in {"", "identity"}]
    if not known:
        return ""
    if len(known) > 1:
        raise BadReply(f"The reply is encoded {len(known)} times over, which isn't read.")
    encoding = known[0].removeprefix("x-")
    if encoding not in {"gzip", "deflate"}:
        raise BadReply(f"The reply is encoded as {encoding[:40]!r}, which wasn't asked for.")
    return encoding


def _window(encoding: str, chunk: bytes) -> int:
    """Deflate comes with zlib's header, as RFC 9110 says, or without, as some servers have it."""
    if encoding == "gzip":
        return _GZIP
    has_header = chunk[0] & 0x0F == 8 and (len(chunk) < 2 or int.from_bytes(chunk[:2], "big") % 31 == 0)
    return zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS
