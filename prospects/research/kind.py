"""The kind of job "research.company": one company from its name or domain to a profile."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from performance import metrics
from performance.jobs.kinds import Calls, ClaimedJob, Finished, GiveUp, Kind, Policy, Stuck
from prospects.company_profiles.storage import store_many
from prospects.crawl.hosts.web import web_for_loop
from prospects.crawl.recording import CrawlDone, record
from prospects.llm import endpoints
from prospects.llm.wire import load_transport
from prospects.pages.writer import writer_for_loop
from prospects.research.announcing import KIND
from prospects.research.brief import MOST_ATTEMPTS, Brief, Last, briefs
from prospects.research.course import Course, Tools, research_company
from prospects.research.items import store_items
from prospects.research.outcomes import row_of, row_of_last, row_of_stuck
from prospects.research.places import places_for_loop
from prospects.research.plan import MOST_TIMEOUT_S
from prospects.research.spending import Capped


@dataclass(frozen=True, slots=True)
class Done:
    """A company that was researched, or one whose last research answers."""

    course: Course | None
    last: Last | None
    took_ms: int = 0


class ResearchKind(Kind[Done]):
    """Stores values, companies, crawls and items in the transaction that completes their jobs. Pages are stored as
    they come: a company that is begun again, after a kill, goes on from them.
    """

    name = KIND
    queue = "research"
    # A company's own time-out comes first and leaves a partial result; this is for what hangs in spite of it.
    policy = Policy(max_attempts=MOST_ATTEMPTS, base_delay_s=2.0, max_delay_s=60.0, timeout_s=MOST_TIMEOUT_S + 30.0)

    def preload(self) -> None:
        if endpoints.configured():
            load_transport()

    def prepare(self, jobs: Sequence[ClaimedJob]) -> Mapping[int, Brief]:
        return briefs(jobs)

    async def run(self, job: ClaimedJob, calls: Calls) -> Done:
        if job.prepared is None:
            raise GiveUp("The company was deleted before it was researched.", code="gone")
        brief: Brief = job.prepared
        if brief.last is not None:
            return Done(None, brief.last)
        began = time.monotonic()
        async with places_for_loop().companies.one(brief.at_once):
            capped = Capped(calls, round(settings.COMPANY_BUDGET_USD * 1_000_000))
            tools = Tools(web_for_loop(), writer_for_loop(), capped)
            course = await research_company(brief, tools=tools)
        return Done(course, None, round(1000 * (time.monotonic() - began)))

    def store(self, finished: Sequence[Finished[Done]]) -> None:
        researched = {
            one.job.id: replace(one.result.course.researched, cost_micros=one.cost_micros)
            for one in finished
            if one.result.course
        }
        stored = store_many(list(researched.values())) if researched else {}
        record([crawl for one in finished if (crawl := _crawl(one))])
        rows: list[Mapping[str, Any]] = []
        for one in finished:
            mine = researched.get(one.job.id)
            if mine is not None and one.job.subject_id not in stored:
                # Deleted while it was researched: there is nobody to tell of.
                continue
            row = row_of(mine, stored[one.job.subject_id]) if mine else _of_last(one.result.last)
            rows.append(row | _of_job(one.job) | {"took_ms": one.result.took_ms})
        store_items(rows)
        _count(rows)

    def stuck(self, jobs: Sequence[Stuck]) -> None:
        rows = [row_of_stuck(code=one.code, reason=one.reason) | _of_job(one.job) for one in jobs if one.code != "gone"]
        store_items(rows)
        _count(rows)


def _of_job(job: ClaimedJob) -> dict[str, Any]:
    return {
        "research_id": job.batch_id,
        "company_id": job.subject_id,
        "asked_name": str(job.input.get("name", "")),
        "asked_domain": str(job.input.get("domain", "")),
    }


def _of_last(last: Last | None) -> dict[str, Any]:
    assert last is not None  # noqa: S101 - a result has either a course or a last one
    return row_of_last(last)


def _crawl(one: Finished[Done]) -> CrawlDone | None:
    course = one.result.course
    if course is None or course.plan is None or course.researched.crawl is None:
        return None
    owner = one.job.params.get("owner")
    return CrawlDone(one.job.subject_id, one.job.batch_id, owner, course.plan, course.researched.crawl)


def _count(rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        metrics.count("research.companies", {"outcome": "cached" if row.get("is_cached") else row["outcome"]})
