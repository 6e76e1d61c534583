"""Crawls of our own web: CPU a page beside Scrapy's, pages a second, memory, and politeness by the server's log."""

import os
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from performance.benchmarks.areas import area
from performance.benchmarks.figures import Figure, at_least, at_most, printed
from performance.benchmarks.usage import Usage, measured, postgres_pid
from prospects.benchmarks.clearing import clear_pages
from tests.servers.web.running import Logged, RunningWeb, running_web

# By their paths: as modules they would bring all the other areas with them.
OURS = Path(__file__).with_name("our_crawl.py")
PEER = Path(__file__).with_name("scrapy_peer.py")
PATIENCE_S = 1200
HOSTS, ARTICLES = 200, 100
AT_ONCE = 64
# Of a pair with Scrapy, and of the long crawl.
FEW_SITES, FEW_PAGES, PAIRS = 60, 25, 3
MOST_PAGES = 108
# Two of each language: patterns are compiled when they are first needed.
WARM = 16
POLITE_SITES, POLITE_PAGES, DELAY_MS, ASKED_MS = 20, 6, 250, 1000
# A clock's grain and a loop's turn: what arrives a little early was sent on time.
EARLY_MS = 20


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a crawl in a process of its own took; `database_s` is the CPU of PostgreSQL meanwhile."""

    pages: int
    cpu_s: float
    wall_s: float
    peak_mb: float
    database_s: float = 0.0
    values: int = 0

    @property
    def ms_a_page(self) -> float:
        return 1000 * (self.cpu_s + self.database_s) / self.pages


@area("research")
def crawl() -> Iterator[Figure]:
    with running_web(hosts=HOSTS, articles=ARTICLES) as web:
        yield from _beside_scrapy(web)
        yield from _long(web)
        yield from _polite(web)


def _beside_scrapy(web: RunningWeb) -> Iterator[Figure]:
    """Alternating pairs over the same sites; the server has made its pages before."""
    asked = _asked(web, sites=FEW_SITES, most_pages=FEW_PAGES)
    _peer(asked)
    ours, peers = [], []
    for _ in range(PAIRS):
        ours.append(_ours(web, asked))
        peers.append(_peer(asked))
    our_ms, peer_ms = (statistics.median(each.ms_a_page for each in runs) for runs in (ours, peers))
    beside = f"Scrapy {peer_ms:.2f} ms a page (fetch, robots, our parser), ours {our_ms:.2f} with everything"
    beside += f"; {ours[0].pages:,} and {peers[0].pages:,} pages, {PAIRS} pairs; {_load()}"
    yield at_least(3, "crawl.vs_scrapy", peer_ms / our_ms, "times", beside=beside)
    yield printed("crawl.scrapy_ms_per_page", peer_ms, "ms", beside=f"{peers[0].peak_mb:.0f} MB")


def _long(web: RunningWeb) -> Iterator[Figure]:
    crawled = _ours(web, _asked(web, sites=HOSTS, most_pages=MOST_PAGES))
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
    _ours(web, asked, delay_ms=DELAY_MS)
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


def _ours(web: RunningWeb, asked: Mapping[str, Any], *, delay_ms: int = 0) -> Crawled:
    clear_pages()
    with _database() as usage:
        told = _run(OURS, asked, environment={**web.environment, "CRAWL_DELAY_MS": str(delay_ms)})
    return Crawled(**told, database_s=usage.cpu_s)


def _database() -> AbstractContextManager[Usage]:
    """Of PostgreSQL's processes, of which some end meanwhile; nothing where it is on another machine."""
    server = postgres_pid()
    return measured(server) if server else nullcontext(Usage())


def _peer(asked: Mapping[str, Any]) -> Crawled:
    return Crawled(**_run(PEER, asked, environment={}))


def _run(script: Path, asked: Mapping[str, Any], *, environment: Mapping[str, str]) -> dict[str, Any]:
    command = [sys.executable, str(script), orjson.dumps(asked).decode()]
    variables = {**os.environ, "PYTHONPATH": str(settings.BASE_DIR), **environment}
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=variables, stdout=subprocess.PIPE, check=True, timeout=PATIENCE_S
    )
    told: dict[str, Any] = orjson.loads(done.stdout.splitlines()[-1])
    return told


def _by_site(log: Sequence[Logged]) -> Mapping[str, Sequence[Logged]]:
    seen: dict[str, list[Logged]] = defaultdict(list)
    for line in sorted(log, key=lambda each: each.at):
        seen[line.host.removeprefix("www.")].append(line)
    return seen


def _load() -> str:
    return f"load {os.getloadavg()[0]:.1f}"
