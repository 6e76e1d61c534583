"""What a crawl gathers while it goes: pages, counts, refusals."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from prospects.crawl.caps import Spent
from prospects.crawl.hosts.fetched import Sitemaps
from prospects.crawl.judging import Verdict
from prospects.crawl.plan import Counts, CrawledPage, Refusal
from prospects.pages.parsed import Link, PageRead

MOST_REFUSALS = 50
_CHANGES = frozenset({"new", "same", "changed"})
_NOT_READ = frozenset({"refused", "skipped", "failed"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one request for a page. `url` is where it was in the end; `change` is one of Page.Change, or "".

    `leads_to` is on another site; `unkept` is what the store isn't told yet.
    """

    asked: str
    url: str
    verdict: Verdict
    change: str = ""
    page: CrawledPage | None = None
    links: tuple[Link, ...] = ()
    depth: int = 0
    byte_count: int = 0
    leads_to: str = ""
    unkept: PageRead | None = None


@dataclass(slots=True)
class Tally:
    """Pages are kept by URL, and without what was parsed of them."""

    pages: dict[str, CrawledPage] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    # Where no page is (any more), by the site's own answer.
    gone: set[str] = field(default_factory=set)
    byte_count: int = 0
    _counts: "Counter[str]" = field(default_factory=Counter)

    def keep(self, page: CrawledPage) -> None:
        self.pages[page.url] = page if page.parsed is None else replace(page, parsed=None)

    def add(self, reading: Reading) -> None:
        self.byte_count += reading.byte_count
        self._counts["fetched"] += 1
        verdict = reading.verdict
        if verdict.outcome == "gone":
            self.gone.add(reading.asked)
        if reading.url in self.pages:
            return
        if reading.change == "removed" or (verdict.outcome == "read" and reading.change in _CHANGES):
            self._counts[reading.change] += 1
        if verdict.outcome in _NOT_READ:
            self._counts["failed" if verdict.outcome == "failed" else "refused"] += 1
        if verdict.code and verdict.outcome != "read":
            self.tell(Refusal(reading.asked, verdict.code, verdict.says))

    def add_sitemaps(self, sitemaps: Sitemaps) -> None:
        """They are read like pages, but are none."""
        self.byte_count += sitemaps.byte_count
        for url, says in sitemaps.unread:
            self.tell(Refusal(url, "sitemap", says))

    def tell(self, refusal: Refusal) -> None:
        if len(self.refusals) < MOST_REFUSALS:
            self.refusals.append(refusal)

    def refused_by(self, code: str) -> Sequence[Refusal]:
        return [refusal for refusal in self.refusals if refusal.code == code]

    @property
    def spent(self) -> Spent:
        return Spent(pages=len(self.pages), asked=self._counts["fetched"], byte_count=self.byte_count)

    @property
    def counts(self) -> Counts:
        return Counts(**self._counts)
