"""The kind of job "crawl.site": one crawl of one site, as a person asked for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from performance.jobs.kinds import Calls, ClaimedJob, Finished, GiveUp, Kind, Policy, Retry, Stuck
from prospects.crawl.hosts.web import web_for_loop
from prospects.crawl.models import CrawlJob
from prospects.crawl.options import plan_of
from prospects.crawl.plan import CrawlPlan, CrawlResult, resumed
from prospects.crawl.recording import end_many, fail_many
from prospects.crawl.services import KIND
from prospects.crawl.site import crawl_site
from prospects.pages.parsed import KnownPage
from prospects.pages.reading import known_pages
from prospects.pages.writer import writer_for_loop

# Another crawl of the same site, or the site itself, asks for patience.
_BUSY_S = 20.0


@dataclass(frozen=True, slots=True)
class Brief:
    """What one job needs. `plan` is None where the crawl was cancelled before it began."""

    site: str
    plan: CrawlPlan | None
    known: Sequence[KnownPage] = ()


class CrawlKind(Kind[CrawlResult]):
    """Pages are stored as they are read; the crawl's row with the completion of its job."""

    name = KIND
    queue = "research"
    # A plan's own cap ends a crawl before this does.
    policy = Policy(max_attempts=4, base_delay_s=2.0, timeout_s=330.0)

    def prepare(self, jobs: Sequence[ClaimedJob]) -> Mapping[int, Brief]:
        """Two statements for all: the rows, and what is known of their sites."""
        rows: dict[int, CrawlJob] = CrawlJob.objects.in_bulk([job.subject_id for job in jobs])
        known = known_pages(sorted({row.site for row in rows.values()}), since=None)
        return {
            job.id: _brief(rows[job.subject_id], known.get(rows[job.subject_id].site, []))
            for job in jobs
            if job.subject_id in rows
        }

    async def run(self, job: ClaimedJob, calls: Calls) -> CrawlResult:
        if job.prepared is None:
            raise GiveUp("The crawl was deleted before it began.", code="gone")
        brief: Brief = job.prepared
        if brief.plan is None:
            return CrawlResult(brief.site, "cancelled")
        result = await crawl_site(brief.plan, web=web_for_loop(), writer=writer_for_loop(), known=brief.known)
        if result.code == "host_busy":
            raise Retry(result.says, code=result.code, after_s=_BUSY_S)
        return result

    def store(self, finished: Sequence[Finished[CrawlResult]]) -> None:
        end_many({one.job.subject_id: one.result for one in finished})

    def stuck(self, jobs: Sequence[Stuck]) -> None:
        fail_many({one.job.subject_id: one.reason for one in jobs})


def _brief(row: CrawlJob, known: Sequence[KnownPage]) -> Brief:
    if row.state == CrawlJob.State.CANCELLED:
        return Brief(row.site, None)
    plan = plan_of(row.site, seeds=row.seeds, kept=row.options)
    return Brief(row.site, resumed(plan, began_at=row.created_at, at=timezone.now()), known)
