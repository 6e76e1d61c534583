"""The same sites by Scrapy with our parser, in a process of its own: prints that it is warm, then what it took as JSON.

It fetches, obeys robots.txt, parses by our parser and follows links. It extracts and stores nothing, which ours does.

Tuned as its documentation has it for many sites (https://docs.scrapy.org/en/latest/topics/broad-crawls.html), and it
has what ours has, nothing more:
- on, since ours does the same: robots.txt, redirects, inflating, each URL once, only the sites that were asked for
  (also where one is redirected to), depth and length of URLs, statistics of requests and replies, a timeout, a bound of
  a body, as many requests at once over all and per site, our parser; what is loaded is frozen for the collector,
  which looks seldom, and a few sites are read before anything is measured;
- off, since ours has none: cookies, retries (a crawl asks once), passwords, proxies, referrers, refreshes by markup,
  logging (also the making of records that nobody reads), telnet and the remote control, feeds, watching of memory,
  AutoThrottle and delays, which ours has at 0 here;
- ours alone has: the guard of addresses, leases and rows of hosts, an order of reading, finding the door, sitemaps.
"""

import gc
import logging
import resource
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any, Self

import orjson
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response, TextResponse
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred, succeed

from performance.jobs.runner.collecting import collect_seldom
from prospects.pages.parsing import Unparsable, parse

MB_IN_KB = 1024
ASKED: dict[str, Any] = orjson.loads(sys.argv[1]) if __name__ == "__main__" else {}
TOOK: dict[str, float] = {}


class HereResolver(CachingThreadedResolver):
    """Every name leads to the server of this machine."""

    def getHostByName(self, name: str, timeout: Any = None) -> Deferred[str]:
        return succeed("127.0.0.1")


class SitesSpider(Spider):
    """The warm sites first; once they are read, those that are measured."""

    name = "sites"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.allowed_domains = [*ASKED["warm"], *ASKED["sites"]]
        self.sites = frozenset(self.allowed_domains)
        self.asked: Counter[str] = Counter()
        self.known: set[str] = set()
        self.pages = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.idle, signal=signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        for site in ASKED["warm"]:
            yield self._home(site)

    def idle(self) -> None:
        if TOOK:
            return
        print("warm", flush=True)
        TOOK["cpu_s"], TOOK["wall_s"] = _cpu_s(), time.perf_counter()
        self.pages = 0
        for site in ASKED["sites"]:
            self.crawler.engine.crawl(self._home(site))
        raise DontCloseSpider

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Request]:
        if not isinstance(response, TextResponse):
            return
        try:
            page = parse(response.body, url=response.url)
        except Unparsable:
            return
        self.pages += 1
        for link in page.links:
            # What was asked already would be dropped by Scrapy, and counted: asked for is at most the cap.
            if link.url in self.known:
                continue
            site = link.url.split("/")[2].partition(":")[0].removeprefix("www.")
            if site in self.sites and self.asked[site] < ASKED["most_pages"] and not link.url.endswith(".ico"):
                self.known.add(link.url)
                self.asked[site] += 1
                yield Request(link.url)

    def _home(self, site: str) -> Request:
        self.asked[site] += 1
        return Request(f"http://{site}:{ASKED['port']}/")

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
        "DOWNLOAD_MAXSIZE": 1_000_000,
        "DNS_RESOLVER": HereResolver,
        "AUTOTHROTTLE_ENABLED": False,
        "COOKIES_ENABLED": False,
        "RETRY_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "REFERER_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "MEMUSAGE_ENABLED": False,
        "LOG_ENABLED": False,
        "EXTENSIONS": {
            "scrapy.extensions.feedexport.FeedExporter": None,
            "scrapy.extensions.logcount.LogCount": None,
            "scrapy.extensions.logstats.LogStats": None,
        },
        "DOWNLOADER_MIDDLEWARES": {"scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None},
    }


if __name__ == "__main__":
    process = CrawlerProcess(settings())
    # Without LOG_ENABLED a record is made of each request all the same, and thrown away.
    logging.disable(logging.WARNING)
    process.crawl(SitesSpider)
    gc.collect()
    collect_seldom()
    process.start()
    TOOK["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB_IN_KB
    print(orjson.dumps(TOOK).decode())
