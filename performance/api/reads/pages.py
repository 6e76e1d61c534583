"""A page: the bytes of one answer, what stands over them, and the forms in which they are sent."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

import orjson
from django.conf import settings
from django.http import HttpResponse

from performance.api.compression.codings import IDENTITY, compressed
from performance.api.etags import digest_of, of_coding

# Of each answer as it is sent, or of no matter once it is stored.
NOT_OF_THE_PAGE = frozenset({"content-type", "content-length", "vary", "etag"})
VARY = ("Accept-Encoding", "Authorization", "Cookie")
# A browser may keep it, for its user alone, and asks each time whether it still holds: that costs a 304.
CACHE_CONTROL = "private, no-cache"


@dataclass(frozen=True, slots=True)
class Variant:
    """A page in one content coding. Its headers are made once, as Django keeps them: name by name in lower case."""

    body: bytes
    etag: str
    headers: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Page:
    """`headers` are the view's own. The digest is of both: equal pages have equal ETags in every process."""

    content: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...]
    vary: tuple[str, ...]
    digest: str
    _variants: dict[str, Variant] = field(default_factory=dict)

    @classmethod
    def of(cls, response: HttpResponse) -> Self:
        """What a view answered, rendered."""
        vary = (*VARY, *(name.strip() for name in response.headers.get("Vary", "").split(",") if name.strip()))
        headers = tuple((name, str(value)) for name, value in _own(response))
        content_type = response.headers.get("Content-Type", "")
        digest = digest_of(response.content, orjson.dumps([content_type, headers]))
        return cls(response.content, content_type, headers, tuple(dict.fromkeys(vary)), digest)

    def packed(self) -> bytes:
        """For `unpacked`, in this process or another."""
        head = orjson.dumps([self.content_type, self.headers, self.vary, self.digest])
        return head + b"\n" + self.content

    @classmethod
    def unpacked(cls, content: bytes) -> Self:
        head, _, body = content.partition(b"\n")
        content_type, headers, vary, digest = orjson.loads(head)
        return cls(body, content_type, tuple((name, value) for name, value in headers), tuple(vary), digest)

    def variant(self, coding: str) -> Variant:
        """The page in `coding`, made when it is first asked for."""
        found = self._variants.get(coding)
        if found is None:
            found = self._variants[coding] = self._made(coding)
        return found

    def _made(self, coding: str) -> Variant:
        etag, body, headers = f'"{self.digest}"', self.content, {**dict(self.headers)}
        if coding != IDENTITY:
            body = compressed(body, coding=coding, level=settings.COMPRESSION_LEVEL)
            etag, headers["Content-Encoding"] = of_coding(etag, coding), coding
        headers.setdefault("Cache-Control", CACHE_CONTROL)
        headers |= {"ETag": etag, "Vary": ", ".join(self.vary), "Content-Type": self.content_type}
        headers["Content-Length"] = str(len(body))
        return Variant(body, etag, {name.lower(): (name, value) for name, value in headers.items()})


def _own(response: HttpResponse) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, value in response.headers.items() if name.lower() not in NOT_OF_THE_PAGE)
