"""The same sites by Scrapy with our parser, in a process of its own: prints what it took as JSON.

Tuned: as many requests at once over all and per site as ours, no delay, and nothing on that ours hasn't (cookies,
retries, telnet, statistics, AutoThrottle, logging, proxies, passwords, referrers, refreshes by markup). It fetches,
obeys robots.txt, parses by our parser and follows links; it extracts and stores nothing, which ours does.
"""

import gc
import resource
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import orjson
from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response, TextResponse
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred, succeed

from prospects.pages.parsing import Unparsable, parse

MB_IN_KB = 1024
ASKED: dict[str, Any] = orjson.loads(sys.argv[1]) if __name__ == "__main__" else {}
TOOK: dict[str, float] = {}


class HereResolver(CachingThreadedResolver):
    """Every name leads to the server of this machine."""

    def getHostByName(self, name: str, timeout: Any = None) -> Deferred[str]:
        return succeed("127.0.0.1")


class SitesSpider(Spider):
    name = "sites"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sites = set(ASKED["sites"])
        self.asked: Counter[str] = Counter()
        self.pages = 0

    async def start(self) -> AsyncIterator[Request]:
        TOOK["cpu_s"], TOOK["wall_s"] = _cpu_s(), time.perf_counter()
        for site in ASKED["sites"]:
            self.asked[site] += 1
            yield Request(f"http://{site}:{ASKED['port']}/")

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Request]:
        if not isinstance(response, TextResponse):
            return
        try:
            page = parse(response.body, url=response.url)
        except Unparsable:
            return
        self.pages += 1
        for link in page.links:
            site = link.url.split("/")[2].partition(":")[0].removeprefix("www.")
            if site in self.sites and self.asked[site] < ASKED["most_pages"] and not link.url.endswith(".ico"):
                # What was asked already is dropped by Scrapy and so counted too soon: asked for is at most the cap.
                if link.url in self._seen(site):
                    continue
                self._seen(site).add(link.url)
                self.asked[site] += 1
                yield Request(link.url)

    def _seen(self, site: str) -> set[str]:
        known: dict[str, set[str]] = self.__dict__.setdefault("known", {})
        return known.setdefault(site, set())

    def closed(self, reason: str) -> None:
        TOOK.update(cpu_s=_cpu_s() - TOOK["cpu_s"], wall_s=time.perf_counter() - TOOK["wall_s"], pages=self.pages)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def settings() -> dict[str, Any]:
    return {
        "USER_AGENT": "ScrapyPeer/1",
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": 2 * ASKED["at_once"],
        "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_TIMEOUT": 15,
        "DNS_RESOLVER": HereResolver,
        "AUTOTHROTTLE_ENABLED": False,
        "COOKIES_ENABLED": False,
        "RETRY_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "REFERER_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_ENABLED": False,
        "EXTENSIONS": {
            "scrapy.extensions.corestats.CoreStats": None,
            "scrapy.extensions.memusage.MemoryUsage": None,
            "scrapy.extensions.logstats.LogStats": None,
        },
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
            "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        },
    }


if __name__ == "__main__":
    process = CrawlerProcess(settings())
    process.crawl(SitesSpider)
    # As ours: what is loaded is frozen.
    gc.collect()
    gc.freeze()
    process.start()
    TOOK["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB_IN_KB
    print(orjson.dumps(TOOK).decode())
