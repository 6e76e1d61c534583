"""What a crawl is asked, and what it comes to. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from prospects.pages.degraded import Degraded
from prospects.pages.parsed import ParsedPage

# Kinds of pages that say most of a company, the best first.
WANTED = ("about", "contact", "team", "imprint", "pricing", "careers")

StopReason: TypeAlias = Literal[
    "done", "fields", "pages", "bytes", "time", "money", "refused", "unreachable", "parked", "cancelled"
]


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """`site` is a registrable domain; without `seeds` its home is the only one. `include` and `exclude` are globs of
    paths. Pages of the store that are younger than `ttl_s` aren't fetched again, unless the crawl `is_forced`.
    """

    site: str
    seeds: tuple[str, ...] = ()
    most_pages: int = 8
    most_bytes: int = 8_000_000
    most_s: float = 30.0
    most_depth: int = 3
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    includes_subdomains: bool = False
    wants: tuple[str, ...] = WANTED
    ttl_s: int = 86_400
    is_forced: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """Of pages: `fetched` were asked for in this crawl; of those that were read, `new`, `same` and `changed` ones."""

    fetched: int = 0
    new: int = 0
    same: int = 0
    changed: int = 0
    removed: int = 0
    refused: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A URL that wasn't read, and why."""

    url: str
    code: str
    says: str


@dataclass(frozen=True, slots=True)
class CrawledPage:
    """A page that was read, now or before. `parsed` is None for one that the store has already: a 304, or known."""

    url: str
    kind: str
    hash: UUID
    change: str
    fetched_at: datetime
    parsed: ParsedPage | None = None


@dataclass(frozen=True, slots=True)
class CrawlResult:
    """`is_from_store`: the site was down, and `pages` are the last known, the oldest of `as_of`."""

    site: str
    stop_reason: StopReason
    says: str = ""
    pages: tuple[CrawledPage, ...] = ()
    counts: Counts = field(default_factory=Counts)
    byte_count: int = 0
    took_ms: int = 0
    refusals: tuple[Refusal, ...] = ()
    is_from_store: bool = False
    as_of: datetime | None = None
    degraded: tuple[Degraded, ...] = ()
