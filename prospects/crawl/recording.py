"""Crawls as rows: what research crawled, and how those that were asked for ended."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone

from performance.bulk import services as bulk
from performance.cache.tags import bump
from performance.database.text import storable
from prospects.crawl.models import CrawlJob
from prospects.crawl.plan import CrawlPlan, CrawlResult

# Such a crawl brought nothing of the web: its row says that it failed.
_FAILED = frozenset({"refused", "unreachable"})


@dataclass(frozen=True, slots=True)
class CrawlDone:
    """A crawl that research made of a company's site; of no batch where somebody waited for it."""

    company_id: int
    batch_id: int | None
    owner_id: int | None
    plan: CrawlPlan
    result: CrawlResult


def record(done: Sequence[CrawlDone]) -> None:
    """A row for each, inside the caller's transaction."""
    if not done:
        return
    bulk.insert(
        CrawlJob,
        [
            {
                "company_id": each.company_id,
                "batch_id": each.batch_id,
                "owner_id": each.owner_id,
                "site": each.plan.site,
                "seeds": list(each.plan.seeds),
                "options": _options(each.plan),
                **as_ended(each.result),
            }
            for each in done
        ],
    )
    bump("crawls")


def end_many(results: Mapping[int, CrawlResult]) -> None:
    """How crawls that were asked for ended, by their ids, inside the caller's transaction.

    One that was cancelled meanwhile stays so, with the counts of what it had read.
    """
    locked = CrawlJob.objects.select_for_update().filter(pk__in=results).order_by("pk")
    states = dict(locked.values_list("pk", "state"))
    rows = [{"id": pk, **_ended_from(state, results[pk])} for pk, state in states.items()]
    if rows:
        bulk.update(CrawlJob, rows)
        bump("crawls", *(f"crawl:{pk}" for pk in states))


def fail_many(reasons: Mapping[int, str]) -> None:
    """Crawls whose jobs died, and why, inside the caller's transaction."""
    waiting = CrawlJob.objects.select_for_update().filter(pk__in=reasons, state=CrawlJob.State.QUEUED).order_by("pk")
    rows = [
        {"id": pk, "state": CrawlJob.State.FAILED, "says": storable(reasons[pk])[:300], "finished_at": timezone.now()}
        for pk in waiting.values_list("pk", flat=True)
    ]
    if rows:
        bulk.update(CrawlJob, rows)
        bump("crawls", *(f"crawl:{row['id']}" for row in rows))


def as_ended(result: CrawlResult) -> dict[str, Any]:
    """The columns that a crawl's end sets."""
    return {
        "state": CrawlJob.State.FAILED if result.stop_reason in _FAILED else CrawlJob.State.DONE,
        "stop_reason": result.stop_reason,
        "says": storable(result.says)[:300],
        **asdict(result.counts),
        "byte_count": result.byte_count,
        "took_ms": result.took_ms,
        "refusals": [{name: storable(text) for name, text in asdict(each).items()} for each in result.refusals],
        "finished_at": timezone.now(),
    }


def _ended_from(state: str, result: CrawlResult) -> dict[str, Any]:
    ended = as_ended(result)
    if state == CrawlJob.State.CANCELLED:
        return {name: value for name, value in ended.items() if name not in {"state", "stop_reason", "says"}}
    return ended


def _options(plan: CrawlPlan) -> dict[str, Any]:
    kept = {name: value for name, value in asdict(plan).items() if name not in {"site", "seeds"}}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()}
