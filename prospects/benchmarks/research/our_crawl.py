"""Our crawl of many sites in a process of its own, with all that a page goes through.

The process is as a worker's child is: what is loaded is frozen, and one connection stores what is read. It prints that
it is warm, then what it took as JSON.

python -m prospects.benchmarks.research.our_crawl '{"sites": ["acme.com"], "most_pages": 25, "at_once": 64}'
"""

import asyncio
import gc
import resource
import sys
import time
from collections.abc import Mapping
from typing import Any

import django
import orjson

django.setup()

from performance.jobs.runner.collecting import collect_seldom  # noqa: E402 - models need the settings
from performance.jobs.runner.threads import SWITCH_S, crew  # noqa: E402 - models need the settings
from prospects.crawl.hosts.web import web_for_loop  # noqa: E402
from prospects.crawl.plan import CrawledPage, CrawlPlan  # noqa: E402
from prospects.crawl.site import crawl_site  # noqa: E402
from prospects.extraction.extract import extract  # noqa: E402
from prospects.extraction.found import Asked  # noqa: E402
from prospects.pages.writer import writer_for_loop  # noqa: E402

MB_IN_KB = 1024
FAR = 3600.0


async def crawl(asked: Mapping[str, Any]) -> dict[str, Any]:
    """All sites, `at_once` at a time; `warm` ones before anything is measured: they load what is loaded once."""
    sites, warm = asked["sites"], asked.get("warm", [])
    places = asyncio.Semaphore(asked["at_once"])
    await asyncio.gather(*(_one(site, asked, places) for site in warm))
    print("warm", flush=True)
    before, began = _cpu_s(), time.perf_counter()
    results = await asyncio.gather(*(_one(site, asked, places) for site in sites))
    return {
        "pages": sum(pages for pages, _ in results),
        "values": sum(values for _, values in results),
        "cpu_s": _cpu_s() - before,
        "wall_s": time.perf_counter() - began,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB_IN_KB,
    }


async def _one(site: str, asked: Mapping[str, Any], places: asyncio.Semaphore) -> tuple[int, int]:
    """How many pages were read, and how many values they gave."""
    most = asked["most_pages"]
    plan = CrawlPlan(site, most_pages=most, most_s=FAR, most_bytes=most * 1_000_000, is_forced=True)
    values = 0

    def read(page: CrawledPage) -> bool:
        nonlocal values
        if page.parsed is not None:
            values += len(extract(page.parsed, Asked(domain=site)))
        return False

    async with places:
        result = await crawl_site(plan, web=web_for_loop(), writer=writer_for_loop(), enough=read)
    return len(result.pages), values


def settle_in() -> None:
    """As `performance.jobs.lifecycle` has it, and a slice."""
    gc.collect()
    collect_seldom()
    sys.setswitchinterval(SWITCH_S)
    crew.thread("store")


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    settle_in()
    print(orjson.dumps(asyncio.run(crawl(orjson.loads(sys.argv[1])))).decode())
    crew.rest()
