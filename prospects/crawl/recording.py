"""Crawls as rows: what research crawled, and how those that were asked for ended."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from django.db import connection
from django.utils import timezone

from performance.bulk import services as bulk
from performance.cache.tags import bump
from performance.database.text import storable
from prospects.crawl.models import CrawlJob
from prospects.crawl.plan import CrawlPlan, CrawlResult

# Such a crawl brought nothing of the web: its row says that it failed.
_FAILED = frozenset({"refused", "unreachable"})
_COLUMNS: Mapping[str, str] = {
    "company_id": "bigint", "batch_id": "bigint", "owner_id": "bigint", "site": "text", "seeds": "json",
    "options": "json", "state": "text", "stop_reason": "text", "says": "text", "fetched": "int", "new": "int",
    "same": "int", "changed": "int", "removed": "int", "refused": "int", "failed": "int", "byte_count": "bigint",
    "took_ms": "int", "refusals": "json", "finished_at": "timestamptz",
}  # fmt: skip
_NAMES = ", ".join(_COLUMNS)
# One statement for what a flush ends: `bulk.insert`, which is for thousands, asks the database five times for a dozen.
_RECORD = f"""
INSERT INTO prospects_crawljob ({_NAMES})
SELECT {_NAMES} FROM unnest({", ".join(f"%s::{kind}[]" for kind in _COLUMNS.values())}) AS done ({_NAMES})
 WHERE EXISTS (SELECT FROM prospects_company c WHERE c.id = done.company_id)
"""  # noqa: S608 - made of the constants above


@dataclass(frozen=True, slots=True)
class CrawlDone:
    """A crawl that research made of a company's site; of no batch where somebody waited for it."""

    company_id: int
    batch_id: int | None
    owner_id: int | None
    plan: CrawlPlan
    result: CrawlResult


def record(done: Sequence[CrawlDone]) -> None:
    """A row for each, inside the caller's transaction. Of companies that are gone there is none."""
    if not done:
        return
    rows = [_row(each) for each in done]
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [[_written(row[name], kind) for row in rows] for name, kind in _COLUMNS.items()])
    bump("crawls")


def _row(done: CrawlDone) -> dict[str, Any]:
    return {
        "company_id": done.company_id,
        "batch_id": done.batch_id,
        "owner_id": done.owner_id,
        "site": done.plan.site,
        "seeds": list(done.plan.seeds),
        "options": _options(done.plan),
        **as_ended(done.result),
    }


def _written(value: Any, kind: str) -> Any:
    """As the array of this type takes it."""
    if kind == "json":
        return orjson.dumps(value).decode()
    return value.isoformat() if kind == "timestamptz" else value


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
