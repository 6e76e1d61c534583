"""What a crawl knows from before: what needn't be fetched again, and the last known when the site is down. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from prospects.crawl.plan import CrawledPage, CrawlPlan
from prospects.crawl.urls import entrances, parts_of
from prospects.pages.parsed import KnownPage

# What failed is tried again soon, however long pages are kept.
FAILED_TTL_S = 600


@dataclass(frozen=True, slots=True)
class Remembered:
    """`fresh` pages answer for themselves; `stale` ones are asked whether they have changed. By URL."""

    fresh: dict[str, KnownPage]
    stale: dict[str, KnownPage]

    @classmethod
    def of(cls, known: Iterable[KnownPage], *, plan: CrawlPlan, at: datetime) -> Self:
        fresh: dict[str, KnownPage] = {}
        stale: dict[str, KnownPage] = {}
        for page in known:
            (fresh if _is_fresh(page, plan=plan, at=at) else stale)[page.url] = page
        return cls(fresh, stale)

    def home(self, site: str) -> KnownPage | None:
        """The site's home, wherever it was: on another of its hosts only if one of its entrances led there.

        A home of another site is stored as of this one only where this one has moved there.
        """
        known = {**self.stale, **self.fresh}
        homes = [page for page in known.values() if page.kind == "home" and page.depth == 0 and page.outcome == "read"]
        doors = entrances(site)
        if own := [page for page in homes if page.url in doors]:
            return own[0]
        if moved := [page for page in homes if not _is_below(page.url, site)]:
            return moved[0]
        has_moved = any(known[door].outcome == "moved" for door in doors if door in known)
        return homes[0] if homes and has_moved else None

    def with_text(self, wants: Sequence[str]) -> list[CrawledPage]:
        """The last that was read of every page that is there, or was before its host went away."""
        pages = in_order([*self.fresh.values(), *self.stale.values()], wants)
        return [crawled for page in pages if (crawled := as_crawled(page))]


def as_crawled(page: KnownPage) -> CrawledPage | None:
    """None where nothing was ever read, or where there is nothing (for us) to be read any more."""
    if page.hash is None or page.outcome not in {"read", "failed"}:
        return None
    return CrawledPage(page.url, page.kind, page.hash, "same", page.text_at or page.fetched_at)


def in_order(pages: Iterable[KnownPage], wants: Sequence[str]) -> list[KnownPage]:
    """Home, then what is wanted, then the rest; of a kind the nearest first."""
    ranks = {kind: rank for rank, kind in enumerate(("home", *wants))}
    return sorted(pages, key=lambda page: (ranks.get(page.kind, len(ranks)), page.depth, len(page.url), page.url))


def _is_below(url: str, site: str) -> bool:
    parts = parts_of(url)
    return parts is not None and f".{parts.name}".endswith(f".{site}")


def _is_fresh(page: KnownPage, *, plan: CrawlPlan, at: datetime) -> bool:
    if plan.is_forced:
        return False
    ttl_s = min(plan.ttl_s, FAILED_TTL_S) if page.outcome == "failed" else plan.ttl_s
    return page.fetched_at > at - timedelta(seconds=ttl_s)
