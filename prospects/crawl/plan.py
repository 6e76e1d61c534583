"""What a crawl is asked, and what it comes to. Pure."""

from dataclasses import dataclass, field, replace
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
    `micros_per_page` is what reading a page will cost later, of which `most_micros` are there to be spent.
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
    most_micros: int | None = None
    micros_per_page: int = 0


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
    """A page that was read, now or before. `parsed` is None for one that the store has already, a 304 or known, and
    in results: what is in memory is let go once `enough` has seen it.
    """

    url: str
    kind: str
    hash: UUID
    change: str
    fetched_at: datetime
    parsed: ParsedPage | None = None


@dataclass(frozen=True, slots=True)
class CrawlResult:
    """`code` is of what ended it early: as of a Refusal. `is_from_store`: the site was down, and `pages` are the last
    known, the oldest read at `as_of`. `moved_to` is the registrable domain that the site's home led to: the pages are
    of both, and stored as of `site`. `gone` are URLs, known or asked for, where no page is any more.
    """

    site: str
    stop_reason: StopReason
    says: str = ""
    code: str = ""
    pages: tuple[CrawledPage, ...] = ()
    counts: Counts = field(default_factory=Counts)
    byte_count: int = 0
    took_ms: int = 0
    refusals: tuple[Refusal, ...] = ()
    is_from_store: bool = False
    as_of: datetime | None = None
    degraded: tuple[Degraded, ...] = ()
    moved_to: str = ""
    gone: frozenset[str] = frozenset()


def resumed(plan: CrawlPlan, *, began_at: datetime, at: datetime) -> CrawlPlan:
    """The plan of a crawl that began at `began_at` and may have been interrupted: nothing that was fetched since is
    fetched again, forced or not.
    """
    since = max(int((at - began_at).total_seconds()) + 1, 0)
    return replace(plan, ttl_s=since if plan.is_forced else max(plan.ttl_s, since), is_forced=False)
