"""Crawls of our own web: CPU a page beside Scrapy's and the floor of both, pages a second, memory, and politeness."""

import os
import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from performance.benchmarks.areas import area
from performance.benchmarks.figures import Figure, at_least, at_most, printed
from prospects.benchmarks.research.processes import Crawled, bare, by_scrapy, ours
from tests.servers.web.running import Logged, RunningWeb, running_web

HOSTS, ARTICLES = 200, 132
AT_ONCE = 64
# Of a round with Scrapy, and of the long crawl.
FEW_SITES, FEW_PAGES, ROUNDS = 60, 25, 3
MOST_PAGES = 140
# Two of each language: patterns are compiled when they are first needed.
WARM = 16
POLITE_SITES, POLITE_PAGES, DELAY_MS, ASKED_MS = 20, 6, 250, 1000
# A clock's grain and a loop's turn: what arrives a little early was sent on time.
EARLY_MS = 20


@area("research")
def crawl() -> Iterator[Figure]:
    with running_web(hosts=HOSTS, articles=ARTICLES) as web:
        yield from _beside_scrapy(web)
        yield from _long(web)
        yield from _polite(web)


def _beside_scrapy(web: RunningWeb) -> Iterator[Figure]:
    """In turns over the same sites; the server has made its pages before, and told which they are."""
    asked = _asked(web, sites=FEW_SITES, most_pages=FEW_PAGES)
    web.control(clear=True)
    ours(web, asked)
    read = _read(web, asked)
    runs: dict[str, list[Crawled]] = defaultdict(list)
    for _ in range(ROUNDS):
        runs["ours"].append(ours(web, asked))
        runs["scrapy"].append(by_scrapy(asked))
        runs["floor"].append(bare(web, read, parses=True))
        runs["fetch"].append(bare(web, read, parses=False))
    ms = {who: statistics.median(each.ms_a_page for each in crawls) for who, crawls in runs.items()}
    mine, peer = runs["ours"][0], runs["scrapy"][0]
    beside = f"Scrapy {ms['scrapy']:.2f} ms a page (fetch, robots, our parser), ours {ms['ours']:.2f} with everything"
    beside += f"; {mine.pages:,} and {peer.pages:,} pages, {ROUNDS} rounds; {_load()}"
    yield at_least(3, "crawl.vs_scrapy", ms["scrapy"] / ms["ours"], "times", beside=beside)
    yield printed("crawl.scrapy_ms_per_page", ms["scrapy"], "ms", beside=f"{peer.peak_mb:.0f} MB")
    yield from _floor(ms, pages=runs["floor"][0].pages)


def _floor(ms: Mapping[str, float], *, pages: int) -> Iterator[Figure]:
    """What no crawler does without, and so the most that `crawl.vs_scrapy` could be."""
    beside = f"bare aiohttp, inflating and our parser; Scrapy takes {ms['scrapy'] / ms['floor']:.2f} times that, ours "
    beside += (
        f"{ms['ours'] / ms['floor']:.2f}: {ms['ours'] - ms['floor']:.2f} ms are all else; the same {pages:,} pages"
    )
    yield printed("crawl.floor_ms_per_page", ms["floor"], "ms", beside=beside)
    beside = f"without parsing, which takes {ms['floor'] - ms['fetch']:.2f} ms on all sides"
    yield printed("crawl.floor_fetch_ms_per_page", ms["fetch"], "ms", beside=beside)


def _long(web: RunningWeb) -> Iterator[Figure]:
    crawled = ours(web, _asked(web, sites=HOSTS, most_pages=MOST_PAGES))
    beside = (
        f"PostgreSQL {1000 * crawled.database_s / crawled.pages:.2f} of it; {crawled.pages:,} pages, robots, guards,"
    )
    beside += f" parse, extract ({crawled.values:,} values), store, language"
    yield at_most(3.5, "crawl.cpu_ms_per_page", crawled.ms_a_page, "ms", beside=beside)
    beside = f"one process, 50 ms latency, {HOSTS} hosts, the server beside it; {_load()}"
    yield at_least(200, "crawl.pages_per_s", crawled.pages / crawled.wall_s, "pages/s", beside=beside)
    yield at_most(200, "crawl.rss_mb", crawled.peak_mb, "MB", beside=f"highest, at {crawled.pages:,} pages")


def _polite(web: RunningWeb) -> Iterator[Figure]:
    """As the settings have it, from what the server saw: how soon after another a host was asked, how many at once."""
    delayed = [each.domain for each in web.with_trait("delayed")][:2]
    forbidden = [each.domain for each in web.with_trait("denied", "broken_robots")][:4]
    plain = [each.domain for each in web.with_trait("plain")][: POLITE_SITES - len(delayed) - len(forbidden)]
    web.control(clear=True, errors=0)
    asked = {"sites": [*plain, *delayed, *forbidden], "most_pages": POLITE_PAGES, "at_once": POLITE_SITES}
    ours(web, asked, delay_ms=DELAY_MS)
    seen = _by_site(web.log())
    gaps = {site: [1000 * (after.at - before.at) for before, after in pairwise(lines)] for site, lines in seen.items()}
    slow = [gap for site, each in gaps.items() if site in delayed for gap in each]
    quick = [gap for site, each in gaps.items() if site not in delayed for gap in each]
    refused = [line for site in forbidden for line in seen.get(site, [])]
    beside = f"{sum(map(len, seen.values()))} requests to {len(seen)} sites in the server's log; at most "
    beside += f"{max(line.asking for lines in seen.values() for line in lines)} at once at a site"
    yield at_least(DELAY_MS - EARLY_MS, "crawl.politeness_ms", min(quick), "ms", beside=beside)
    beside = f"where robots.txt asks for {ASKED_MS} ms"
    yield at_least(ASKED_MS - EARLY_MS, "crawl.crawl_delay_ms", min(slow), "ms", beside=beside)
    asked_anyway = sum(line.path != "/robots.txt" for line in refused)
    beside = "robots.txt denies, or answers 503"
    yield at_most(0, "crawl.asked_though_denied", asked_anyway, "requests", beside=beside)


def _asked(web: RunningWeb, *, sites: int, most_pages: int) -> dict[str, Any]:
    """Without those that ask for a second between two requests: they'd measure themselves."""
    domains = [each.domain for each in web.companies if each.trait != "delayed"]
    warm = [each.domain for each in web.with_trait("plain")][-WARM:]
    wanted = [domain for domain in domains if domain not in warm][:sites]
    return {"sites": wanted, "warm": warm, "most_pages": most_pages, "at_once": AT_ONCE, "port": web.port}


def _read(web: RunningWeb, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The pages that were read of the sites, in their order, by the server's log."""
    seen = {
        site: list(
            dict.fromkeys(
                f"http://{line.host}:{web.port}{line.path}"
                for line in lines
                if line.status == 200 and line.path != "/robots.txt" and "/sitemap" not in line.path
            )
        )
        for site, lines in _by_site(web.log()).items()
    }
    return {**asked, "sites": [seen[each] for each in asked["sites"]], "warm": [seen[each] for each in asked["warm"]]}


def _by_site(log: Sequence[Logged]) -> Mapping[str, Sequence[Logged]]:
    seen: dict[str, list[Logged]] = defaultdict(list)
    for line in sorted(log, key=lambda each: each.at):
        seen[line.host.removeprefix("www.")].append(line)
    return seen


def _load() -> str:
    return f"load {os.getloadavg()[0]:.1f}"
