"""What hosts are asked, on which terms, and what comes back."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

Code: TypeAlias = Literal[
    "denied",
    "robots",
    "robots_unreachable",
    "address_refused",
    "bad_url",
    "not_found_name",
    "not_connected",
    "timed_out",
    "not_trusted",
    "broken_off",
    "bad_reply",
    "redirects",
    "wrong_type",
    "too_large",
    "host_busy",
    "off_site",
]


@dataclass(frozen=True, slots=True)
class Terms:
    """On which hosts are asked. `per_host` is how many requests at once, `total_s` spans one with its redirects. `deny`
    are domains that aren't asked, nor what is below them.
    """

    user_agent: str
    delay_ms: int = 250
    per_host: int = 2
    total_s: float = 15.0
    most_bytes: int = 1_000_000
    ports: frozenset[int] = frozenset({80, 443})
    deny: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a URL answered. `final_url` is where from, after the `redirects`; header names are in lower case."""

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_truncated: bool = False
    elapsed_ms: int = 0
    redirects: tuple[str, ...] = ()
    is_not_modified: bool = False


class NotFetched(Exception):
    """A URL that wasn't read. `says` is a sentence for people; `is_final` where another try would end the same.

    `leads_to` is the URL on another site that it was redirected to (off_site); `byte_count` what it took nevertheless.
    """

    def __init__(
        self,
        code: Code,
        says: str,
        *,
        is_final: bool = True,
        status: int | None = None,
        leads_to: str = "",
        byte_count: int = 0,
    ) -> None:
        super().__init__(says)
        self.code = code
        self.says = says
        self.is_final = is_final
        self.status = status
        self.leads_to = leads_to
        self.byte_count = byte_count


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A page that a host's sitemaps name."""

    url: str
    last_modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class SitemapBounds:
    """How many pages are looked for in sitemaps, and what they may take in all."""

    entries: int = 200
    byte_count: int = 50_000_000
    total_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Sitemaps:
    """What a host's sitemaps name, their bytes, and those that weren't read (to their end), with why: [(URL, why)]."""

    entries: tuple[SitemapEntry, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    byte_count: int = 0


class HostVisit(Protocol):
    """A host while it is ours to ask."""

    @property
    def origin(self) -> str: ...

    @property
    def crawl_delay_ms(self) -> int: ...

    @property
    def robots_says(self) -> str:
        """A sentence on what its robots.txt came to."""
        ...

    @property
    def cut_robots(self) -> str:
        """The robots.txt of which only the beginning was looked at; "" where there is none such."""
        ...

    async def may(self, url: str) -> bool:
        """Whether robots.txt lets us."""
        ...

    async def fetch(self, url: str, *, etag: str = "", last_modified: str = "") -> Fetched:
        """Waits its turn. Only HTML is read. Raises NotFetched."""
        ...

    async def sitemap(self, bounds: SitemapBounds) -> Sitemaps:
        """Of all its sitemaps; empty where there are none, or none that can be read."""
        ...


class Hosts(Protocol):
    """The hosts of the web, one visitor each over all processes."""

    def enter(self, origin: str) -> AbstractAsyncContextManager[HostVisit]:
        """Entering waits for one's turn. Raises NotFetched host_busy after patience."""
        ...
