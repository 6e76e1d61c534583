"""A request to an address that somebody named, and what came back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

# Set by the transport; a request that sets them could speak to another host than the one that was checked.
OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "te", "upgrade"})
# What may be secret stays with the origin that it was meant for (https://fetch.spec.whatwg.org/#http-redirect-fetch).
SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a reply before its body."""

    url: str
    status: int
    headers: CIMultiDictProxy[str]


# Why a body isn't wanted, or None where it is.
Accepts: TypeAlias = Callable[[Head], str | None]


@dataclass(frozen=True, slots=True)
class Request:
    """`most_redirects`, `total_s` and `most_bytes` are this request's own where they are given.

    `accepts` is asked of the reply, redirects that are followed excepted; a body it doesn't want is left on the wire.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    most_redirects: int | None = None
    total_s: float | None = None
    most_bytes: int | None = None
    accepts: Accepts | None = None

    def redirected(self, *, status: int, here: URL, there: URL) -> "Request":
        """As a browser goes on: a POST that was answered 301-303 is a GET, and another origin gets no secrets."""
        request = replace(self, url=str(there))
        if status == 303 or (status in {301, 302} and self.method == "POST"):
            method = "HEAD" if self.method == "HEAD" else "GET"
            kept = {name: value for name, value in request.headers.items() if not name.lower().startswith("content-")}
            request = replace(request, method=method, body=None, headers=kept)
        if here.origin() != there.origin():
            kept = {name: value for name, value in request.headers.items() if name.lower() not in SECRET}
            request = replace(request, headers=kept)
        return request


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `url` is where from, after the `redirects`; `body` is inflated, and cut where it was too long.

    `wire_bytes` is how many bytes on the wire it was made of; `skipped` says why none were read.
    """

    url: str
    status: int
    headers: CIMultiDictProxy[str]
    body: bytes
    is_truncated: bool
    elapsed_ms: int
    redirects: tuple[str, ...] = ()
    wire_bytes: int = 0
    skipped: str = ""


def sent_headers(request: Request, *, accepted: str) -> CIMultiDict[str]:
    """The request's own, less what is the transport's to say, and the encodings that are read."""
    kept = CIMultiDict((name, value) for name, value in request.headers.items() if name.lower() not in OURS)
    kept["Accept-Encoding"] = accepted
    kept.setdefault("User-Agent", "Assay")
    return kept
