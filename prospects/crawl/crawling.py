"""A crawl at work: it recalls what the store has, finds the door, and follows links until it is enough."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

from prospects.companies.normalise.domain import domain, is_shared
from prospects.crawl.caps import cap_reached
from prospects.crawl.frontier import Candidate, Frontier, Source
from prospects.crawl.hosts.fetched import NotFetched, SitemapBounds
from prospects.crawl.hosts.robots import MOST_BYTES
from prospects.crawl.judging import Verdict
from prospects.crawl.plan import CrawledPage, CrawlPlan, Refusal, StopReason
from prospects.crawl.remembered import Remembered, as_crawled, in_order
from prospects.crawl.tally import Reading, Tally
from prospects.crawl.telling import End, end_at_the_door
from prospects.crawl.urls import Parts, entrances, next_entrances, parts_of
from prospects.crawl.visiting import Visitor
from prospects.pages.kinds import page_kind
from prospects.pages.parsed import KnownPage, Link
from prospects.pages.urls import canonical_url

Enough: TypeAlias = Callable[[CrawledPage], bool]
# Requests of one crawl in flight at once. When each goes out is its host's affair.
AT_ONCE = 2
MOST_LINKS = 1000
MOST_OF_SITEMAP = 500
# Of the bytes and the time of a crawl.
SITEMAP_SHARE = 0.25
# Known pages whose links are offered again: more than the frontier holds.
MOST_RECALLED = 200


@dataclass(slots=True)
class Crawl:
    """One crawl of one site; `run` once."""

    plan: CrawlPlan
    visitor: Visitor
    frontier: Frontier
    remembered: Remembered
    enough: Enough
    # Why the operator doesn't let a site be crawled; "" where it may be.
    refused: Callable[[str], str]
    tally: Tally = field(default_factory=Tally)
    is_javascript: bool = False
    # Where the home was before, and where it is; whether it was read in this crawl.
    _known_home: KnownPage | None = None
    _home: Parts | None = None
    _is_home_new: bool = False

    async def run(self) -> End:
        """Why it ended. Never raises for the web's faults."""
        if self._recall():
            return End("fields")
        try:
            async with asyncio.timeout(self.plan.most_s) as timer:
                return await self._from_the_door()
        except TimeoutError:
            if not timer.expired():
                raise
        if self.tally.pages:
            return End("time")
        return End("unreachable", "timed_out", f"{self.plan.site} didn't answer within {self.plan.most_s:g} s.")

    def fall_back(self) -> None:
        """Take every page that was ever read, however old it is."""
        for page in self.remembered.with_text(self.plan.wants):
            if len(self.tally.pages) < self.plan.most_pages and self.frontier.covers(page.url):
                self._keep(page)

    def _recall(self) -> bool:
        """Begin with what the store has and needn't be asked for. True if that is enough."""
        home = self._known_home = self._recall_home()
        fresh = in_order(self.remembered.fresh.values(), self.plan.wants)
        self.tally.gone |= {page.url for page in fresh if page.outcome == "gone"}
        for page in fresh:
            self.frontier.done(page.url, kind=page.kind)
            crawled = as_crawled(page) if page is home or self.frontier.covers(page.url) else None
            if crawled and cap_reached(self.plan, self.tally.spent) is None and self._keep(crawled):
                return True
        for page in fresh[:MOST_RECALLED]:
            self._offer(map(Link, page.links), depth=page.depth + 1)
        for page in in_order(self.remembered.stale.values(), self.plan.wants)[:MOST_RECALLED]:
            if as_crawled(page):
                self._offer([Link(page.url)], depth=page.depth, source="known", kind=page.kind)
                self._offer(map(Link, page.links), depth=page.depth + 1)
        return False

    def _recall_home(self) -> KnownPage | None:
        """Where it was; on another site, if this one has moved there."""
        for seed in self.plan.seeds:
            self._let_in(canonical_url(seed) or "")
        home = self.remembered.home(self.plan.site)
        if home is None or not (self._let_in(home.url) or self._moves(home.url)):
            return None
        self._home = parts_of(home.url)
        self.is_javascript = home.code == "javascript_only" and home.url in self.remembered.fresh
        return home

    async def _from_the_door(self) -> End:
        if cap := cap_reached(self.plan, self.tally.spent):
            return End(cap)
        if end := await self._enter():
            return end
        await self._tell_robots()
        await self._add_sitemap()
        return await self._follow()

    async def _enter(self) -> End | None:
        """Read the home, or of the seeds the first that can be read. None if the site is open and there may be more."""
        doors, closed = self._doors(), []
        while doors:
            door, *others = doors
            if known := self.remembered.fresh.get(door):
                says = f"it couldn't be a while ago either ({known.code or known.outcome})."
                reading = Reading(door, door, Verdict(known.outcome, known.code, says))
            else:
                reading = await self._knock(door)
            closed.append(reading)
            verdict = reading.verdict
            if verdict.outcome == "read" or (verdict.outcome == "moved" and not verdict.code):
                await self._keep_moves(closed)
                return self._open(reading, others, is_known=known is not None)
            doors = self._next_doors(reading, others)
        for reading in closed:
            if reading.asked not in self.remembered.fresh:
                self._take(await self.visitor.keep(reading))
        return end_at_the_door(self.plan.site, [reading.verdict for reading in closed])

    async def _knock(self, door: str) -> Reading:
        kind = page_kind(door) if self.plan.seeds else "home"
        known = self.remembered.stale.get(door)
        return await self.visitor.read(Candidate(door, kind, source="seed"), known=known, is_door=True)

    def _open(self, reading: Reading, others: Sequence[str], *, is_known: bool) -> End | None:
        """One door is enough, and those that were closed are forgotten; of seeds all are read."""
        self.is_javascript = reading.verdict.code == "javascript_only"
        if not is_known:
            self._home, self._is_home_new = parts_of(reading.url), True
            if self._take(reading):
                return End("fields")
        if self.plan.seeds:
            self._offer(map(Link, others), depth=0, source="seed")
        return None

    async def _keep_moves(self, closed: Sequence[Reading]) -> None:
        """Later crawls know by it where the home is; only once it is in the store, or they would look for it."""
        for reading in closed:
            if reading.leads_to and self.frontier.scope.also:
                await self.visitor.keep(reading)

    def _next_doors(self, reading: Reading, others: Sequence[str]) -> Sequence[str]:
        elsewhere = canonical_url(reading.leads_to)
        if elsewhere and self._moves(elsewhere):
            return [elsewhere]
        return others if self.plan.seeds else next_entrances(others, code=reading.verdict.code)

    def _moves(self, url: str) -> bool:
        """Go on at the site that the home leads to, unless it is one that many share, or one we mayn't crawl. Once."""
        site = domain(url)
        scope = self.frontier.scope
        if site is None or is_shared(site) or scope.also or self.refused(site):
            return False
        scope.move(site)
        return True

    def _doors(self) -> Sequence[str]:
        """The seeds, or where the home may be: first where it was."""
        if self.plan.seeds:
            doors = [canonical_url(seed) or "" for seed in self.plan.seeds]
            return [door for door in dict.fromkeys(doors) if self._let_in(door)]
        known = [self._known_home.url] if self._known_home else []
        return list(dict.fromkeys([*known, *entrances(self.plan.site)]))

    def _let_in(self, url: str) -> bool:
        parts = parts_of(url)
        return parts is not None and self.frontier.scope.admit(parts)

    async def _tell_robots(self) -> None:
        if self._home is None or not self._is_home_new:
            return
        if url := (await self.visitor.visits.at(self._home)).cut_robots:
            says = f"It is longer than {MOST_BYTES:,} bytes: rules beyond them weren't looked at."
            self.tally.tell(Refusal(url, "too_large", says))

    async def _add_sitemap(self) -> None:
        """Ask for it where the home's links won't do: too few, or none of what is wanted."""
        wanted = self.plan.most_pages - len(self.tally.pages)
        if (
            self._home is None
            or not self._is_home_new
            or (len(self.frontier) >= wanted and self.frontier.has_any(self.plan.wants))
        ):
            return
        with suppress(NotFetched):
            visit = await self.visitor.visits.at(self._home)
            found = await visit.sitemap(self._sitemap_bounds())
            self.tally.add_sitemaps(found)
            self._offer((Link(entry.url) for entry in found.entries), depth=1, source="sitemap")

    def _sitemap_bounds(self) -> SitemapBounds:
        """A share alone: pages say more of a company than the list of them does."""
        share = SITEMAP_SHARE
        return SitemapBounds(MOST_OF_SITEMAP, int(self.plan.most_bytes * share), self.plan.most_s * share)

    async def _follow(self) -> End:
        running: list[asyncio.Task[Reading]] = []
        try:
            while True:
                cap = self._launch(running)
                if not running:
                    return End(cap or "done")
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                finished = [task for task in running if task.done()]
                running[:] = [task for task in running if task not in finished]
                taken = [self._take(task.result()) for task in finished]
                if any(taken):
                    return End("fields")
                if busy := next((task.result() for task in finished if _is_busy(task.result())), None):
                    return End("refused", busy.verdict.code, f"{self.plan.site}: {busy.verdict.says}")
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def _launch(self, running: list[asyncio.Task[Reading]]) -> StopReason | None:
        """As many requests as may be in flight; the cap that keeps one from going out."""
        while len(running) < AT_ONCE:
            if cap := cap_reached(self.plan, self.tally.spent, in_flight=len(running)):
                return cap
            if (candidate := self.frontier.take()) is None:
                return None
            running.append(asyncio.create_task(self._read(candidate)))
        return None

    async def _read(self, candidate: Candidate) -> Reading:
        return await self.visitor.read(candidate, known=self.remembered.stale.get(candidate.url))

    def _take(self, reading: Reading) -> bool:
        """Count what came of a request, and offer its links. True if it was enough."""
        self.tally.add(reading)
        self.frontier.done(reading.asked)
        page = reading.page
        if page is None and reading.verdict.outcome == "failed" and (known := self.remembered.stale.get(reading.asked)):
            page = as_crawled(known)
        if page is None:
            return False
        if page.url != reading.asked:
            self.frontier.done(page.url, kind=page.kind)
        self._offer(reading.links[:MOST_LINKS], depth=reading.depth + 1)
        return self._keep(page)

    def _keep(self, page: CrawledPage) -> bool:
        """True if it was enough. A page that another URL led to before is there already."""
        if page.url in self.tally.pages:
            return False
        self.tally.keep(page)
        return self.enough(page)

    def _offer(self, links: Iterable[Link], *, depth: int, source: Source = "link", kind: str = "") -> None:
        for link in links:
            # Most links of a page are those of the page before, and spelled as they should be.
            if self.frontier.knows(link.url) or not self.frontier.scope.may_have(link.url):
                continue
            url = canonical_url(link.url)
            if url and source != "seed":
                url = self._as_at_home(url)
            if url and not self.frontier.knows(url):
                self.frontier.offer(Candidate(url, kind or page_kind(url, anchor=link.text), depth, source))

    def _as_at_home(self, url: str) -> str:
        """The home's scheme and www: what old links say of them would only lead on to this."""
        home = self._home
        if home is None or url.startswith(f"{home.origin}/"):
            return url
        parts = parts_of(url)
        if parts is None or parts.host.removeprefix("www.") != home.host.removeprefix("www."):
            return url
        return f"{home.origin}{parts.path}{parts.query}"


def _is_busy(reading: Reading) -> bool:
    """The host wants to be left alone for longer than we wait: so it is with all its pages."""
    return reading.verdict.code == "host_busy"
