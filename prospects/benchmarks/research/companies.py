"""Companies from their domains to profiles, by a worker as in production; and the same once more."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from performance.benchmarks.areas import area
from performance.benchmarks.figures import Figure, at_least, at_most, below
from performance.benchmarks.usage import measured
from performance.jobs.fleet import Fleet
from performance.jobs.models import Batch
from prospects.benchmarks.clearing import clear_companies, clear_pages
from prospects.research.models import ResearchItem
from prospects.research.plan import ResearchPlan
from prospects.research.services import submit_research
from tests.servers.web.running import RunningWeb, running_web

COMPANIES, WARM = 1_000, 20
AT_ONCE = 200
PATIENCE_S = 600.0
POLL_S = 0.05
QUEUE = "research"


@area("research")
def companies() -> Iterator[Figure]:
    with running_web(hosts=COMPANIES + WARM) as web, _fleet(web) as fleet:
        clear_companies()
        clear_pages()
        domains = [each.domain for each in web.companies]
        _research(domains[COMPANIES:])
        worker = fleet.started["worker"].pid
        with measured(worker) as usage:
            wall_s = _research(domains[:COMPANIES])
        peak_mb, cpu_s = usage.peak_mb, usage.cpu_s
        yield at_least(30, "extract.companies_per_s", COMPANIES / wall_s, "companies/s", beside=_found(cpu_s, wall_s))
        yield below(300, "extract.worker_rss_mb", peak_mb, "MB", beside=f"largest process at {COMPANIES:,} companies")
        yield from _again(web, domains[:COMPANIES])


def _again(web: RunningWeb, domains: Sequence[str]) -> Iterator[Figure]:
    asked_before = len(web.log())
    wall_s = _research(domains)
    fetches = len(web.log()) - asked_before
    yield at_most(0, "research.repeat_fetches", fetches, "requests", beside=f"{COMPANIES:,} companies within the TTL")
    yield below(10, "research.repeat_ms", 1000 * wall_s / COMPANIES, "ms a company", beside=f"{wall_s:.1f} s in all")


@contextmanager
def _fleet(web: RunningWeb) -> Iterator[Fleet]:
    """Rules only, whatever this installation has."""
    quiet = {"OPENAI_API_KEY": "", "OPENAI_BASE_URL": "", "SEARXNG_URL": "", "SERPER_API_KEY": "", "SEARCH_FILE": ""}
    with Fleet([QUEUE], environment={**web.environment, **quiet}) as fleet:
        yield fleet


def _research(domains: Sequence[str]) -> float:
    """Seconds from before it was submitted until its last result was stored."""
    began = time.perf_counter()
    batch_id = submit_research(ResearchPlan(domains=domains, max_concurrent=AT_ONCE)).research.pk
    while Batch.objects.values_list("state", flat=True).get(pk=batch_id) == Batch.State.RUNNING:
        if time.perf_counter() - began > PATIENCE_S:
            raise TimeoutError(f"research {batch_id} was not done after {PATIENCE_S:.0f} s")
        time.sleep(POLL_S)
    return time.perf_counter() - began


def _found(cpu_s: float, wall_s: float) -> str:
    items = ResearchItem.objects.order_by("-research_id", "-id")[:COMPANIES]
    told = list(items.values_list("outcome", "page_count", "value_count"))
    done = sum(1 for outcome, _, _ in told if outcome == "done")
    pages, values = sum(count for _, count, _ in told), sum(count for _, _, count in told)
    said = f"{COMPANIES:,} in {wall_s:.1f} s (but for the last ten {_all_but_ten_s():.1f} s), {done:,} done"
    said += f", {pages:,} pages, {values:,} values"
    return f"{said}; worker's CPU {cpu_s:.1f} s, {1000 * cpu_s / max(pages, 1):.1f} ms a page"


def _all_but_ten_s() -> float:
    """Seconds after the newest research was submitted in which all but ten of its companies were done."""
    batch = Batch.objects.latest("pk")
    ended = batch.jobs.order_by("-finished_at").values_list("finished_at", flat=True)[10]
    took: timedelta = ended - batch.created_at
    return took.total_seconds()
