"""A site while it is ours to ask: pages, and the redirects between them, by its own rules."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from yarl import URL

from performance.database.text import storable
from performance.metrics import count, observe
from performance.outbound.client import Reply, Request
from performance.outbound.errors import OutboundError
from performance.outbound.guard import Guard
from performance.outbound.messages import REDIRECTS
from performance.outbound.urls import checked_url, joined
from prospects.companies.normalise.domain import domain
from prospects.crawl.caps import refusal
from prospects.crawl.hosts.asking import Asker
from prospects.crawl.hosts.book import RobotsBook
from prospects.crawl.hosts.content import ACCEPT, disguised, html_only, is_bomb, media_type, sentence
from prospects.crawl.hosts.faults import told
from prospects.crawl.hosts.fetched import Code, Fetched, NotFetched, SitemapBounds, Sitemaps, Terms
from prospects.crawl.hosts.robots import Robots
from prospects.crawl.hosts.sitemaps import Reader

MOST_REDIRECTS = 5
ANY_SITEMAP = SitemapBounds()
_ORIGIN = re.compile(r"https?://[^/?#]+(?=[/?#])")
_LONGEST_VALIDATOR = 300
_LEAST_S = 0.1


def site_of(url: URL) -> str:
    """The registrable domain, or the host where it has none."""
    host = (url.raw_host or "").rstrip(".")
    return domain(host) or host


class Visit:
    """Of one site: its origins differ in scheme, in "www." and in subdomains, and take turns with one another.

    `error` is the first that something wasn't read for, `has_read` whether anything was.
    """

    def __init__(self, origin: URL, *, asker: Asker, book: RobotsBook, guard: Guard, terms: Terms) -> None:
        self._origin = origin
        self._site = site_of(origin)
        # As they go over the wire: to read a name as people do is to decode its IDNA each time.
        self._hosts: set[str | None] = set()
        self._here: dict[str, bool] = {}
        self._asker = asker
        self._book = book
        self._guard = guard
        self._terms = terms
        self._robots: Robots | None = None
        self.cut_robots = ""
        self.error = ""
        self.has_read = False
        self._is_found = False

    @property
    def origin(self) -> str:
        return str(self._origin).rstrip("/")

    @property
    def crawl_delay_ms(self) -> int:
        return round(self._asker.pace.delay_s * 1000)

    @property
    def robots_says(self) -> str:
        return self._robots.says if self._robots else "Its robots.txt wasn't asked for yet."

    async def may(self, url: str) -> bool:
        """Whether robots.txt lets us. Raises NotFetched for what isn't on this site, or can't be asked at all."""
        here = self._on_site(url)
        return (await self._rules(here)).allows(str(here))

    async def fetch(self, url: str, *, etag: str = "", last_modified: str = "") -> Fetched:
        """Waits its turn. Raises NotFetched."""
        headers = {"User-Agent": self._terms.user_agent, "Accept": ACCEPT, **_validators(etag, last_modified)}
        request = Request(
            "GET", url, headers=headers, most_redirects=0, most_bytes=self._terms.most_bytes, accepts=html_only
        )
        try:
            fetched = _page(url, *await self._follow(request))
        except NotFetched as error:
            count("crawl.fetches", {"outcome": error.code})
            self.error = self.error or error.says
            raise
        self.has_read = True
        if 200 <= fetched.status < 300 and not self._is_found:
            # Entered by one of its doors, a site may be behind another: there its sitemap is.
            self._origin, self._is_found = URL(fetched.final_url).origin(), True
        count("crawl.fetches", {"outcome": f"{fetched.status // 100}xx"})
        observe("crawl.page_ms", {}, fetched.elapsed_ms)
        return fetched

    async def sitemap(self, bounds: SitemapBounds = ANY_SITEMAP) -> Sitemaps:
        """Of the sitemaps that robots.txt names, else of /sitemap.xml; empty where none can be read."""
        try:
            named = (await self._rules(self._origin)).sitemaps
        except NotFetched:
            return Sitemaps()
        return await Reader(self._file, is_here=self._is_here, bounds=bounds).read(
            named or (f"{self.origin}/sitemap.xml",), is_guessed=not named
        )

    async def _file(self, url: str, most_bytes: int) -> Reply:
        """A file of the site that isn't a page. Raises NotFetched."""
        headers = {"User-Agent": self._terms.user_agent, "Accept": "application/xml,text/xml,text/plain;q=0.5"}
        reply, _ = await self._follow(Request("GET", url, headers=headers, most_redirects=0, most_bytes=most_bytes))
        return reply

    async def _follow(self, request: Request) -> tuple[Reply, list[str]]:
        """The reply, and the URLs that led on to it; each is asked where robots.txt lets us. Raises NotFetched."""
        passed: list[str] = []
        left_s = self._terms.total_s
        while True:
            here = self._on_site(request.url)
            if not (await self._rules(here)).allows(str(here)):
                raise NotFetched("robots", await self._refusal(here))
            reply = await self._asker.ask(replace(request, url=str(here), total_s=left_s))
            target = reply.headers.get("Location") if reply.status in REDIRECTS else None
            if target is None:
                return reply, passed
            passed.append(str(here))
            request = replace(request, url=_led_to(here, target, passed))
            left_s = max(left_s - reply.elapsed_ms / 1000, _LEAST_S)

    async def _rules(self, url: URL) -> Robots:
        rules = await self._book.of(str(url.origin()).rstrip("/"))
        if rules.is_cut:
            self.cut_robots = f"{str(url.origin()).rstrip('/')}/robots.txt"
        if self._robots is None or url.origin() == self._origin:
            self._robots = rules
        return rules

    async def _refusal(self, url: URL) -> str:
        """Why robots.txt doesn't let us; raises where it couldn't say."""
        rules = await self._rules(url)
        if rules.is_closed:
            raise NotFetched("robots_unreachable", rules.says, is_final=False)
        return f"Its robots.txt asks {rules.token} not to read this."

    def _on_site(self, text: str) -> URL:
        try:
            url = checked_url(text, guard=self._guard)
        except OutboundError as error:
            raise told(error) from error
        if url.raw_host not in self._hosts:
            if site_of(url) != self._site:
                raise NotFetched("off_site", f"It is of another site, {_shown(url)}.", leads_to=str(url))
            if says := refusal((url.raw_host or "").rstrip("."), allow=(), deny=self._terms.deny):
                raise NotFetched("denied", says)
            self._hosts.add(url.raw_host)
        return url

    def _is_here(self, text: str) -> bool:
        """By its origin alone: what follows it is looked at when it is asked for, and is no fault of its neighbours."""
        found = _ORIGIN.match(text)
        asked = f"{found[0]}/" if found else text
        if asked not in self._here:
            self._here[asked] = self._is_on_site(asked)
        return self._here[asked]

    def _is_on_site(self, text: str) -> bool:
        try:
            self._on_site(text)
        except NotFetched:
            return False
        return True


def _page(url: str, reply: Reply, passed: Sequence[str]) -> Fetched:
    """Raises NotFetched for what is no page."""
    is_wanted, read = 200 <= reply.status < 300, len(reply.body)
    if is_wanted and reply.skipped:
        code: Code = "too_large" if reply.skipped == "too_large" else "wrong_type"
        raise NotFetched(code, sentence(reply.skipped, reply), status=reply.status)
    if is_bomb(reply):
        says = f"It inflates to more than {read} bytes from {reply.wire_bytes}, as no page does."
        raise NotFetched("too_large", says, status=reply.status, byte_count=read)
    if is_wanted and (what := disguised(reply)):
        named = media_type(reply.headers.get("Content-Type", "")) or "nothing"
        says = f"It calls itself {named[:80]}, and is {what}."
        raise NotFetched("wrong_type", says, status=reply.status, byte_count=read)
    # Bytes of headers that are no UTF-8 arrive as lone surrogates, which no database takes.
    return Fetched(
        url=url,
        final_url=reply.url,
        status=reply.status,
        headers={name.lower(): storable(value) for name, value in reply.headers.items()},
        body=reply.body,
        is_truncated=reply.is_truncated,
        elapsed_ms=reply.elapsed_ms,
        redirects=tuple(passed),
        is_not_modified=reply.status == 304,
    )


def _led_to(here: URL, target: str, passed: Sequence[str]) -> str:
    try:
        there = str(joined(here, target).with_fragment(None))
    except OutboundError as error:
        raise told(error) from error
    if len(passed) > MOST_REDIRECTS:
        raise NotFetched("redirects", f"It leads on after {MOST_REDIRECTS} redirects.")
    if there in passed:
        raise NotFetched("redirects", "It leads on in a circle.")
    return there


def _shown(url: URL) -> str:
    """The host as people write it, and as it goes over the wire: another alphabet's letters may look like ours."""
    return url.host or "" if url.host == url.raw_host else f"{url.host} ({url.raw_host})"


def _validators(etag: str, last_modified: str) -> Mapping[str, str]:
    """Of what is there already; what could be no header is left out."""
    said = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {
        name: value
        for name, value in said.items()
        if value and len(value) <= _LONGEST_VALIDATOR and value.isascii() and value.isprintable()
    }
