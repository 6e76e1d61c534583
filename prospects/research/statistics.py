"""What a batch of research came to, or all of it: counts, medians, coverage by field, and by industry.

A company counts once: by what came of it last. Kept for a quarter of an hour where it is of everything, or of a batch
that has ended.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from performance.cache.decorators import cached
from performance.jobs.models import Batch
from prospects.extraction.fields import FIELDS

MOST_INDUSTRIES = 50
TTL_S = 900

_OF_BATCH = "SELECT * FROM prospects_researchitem WHERE research_id = %(research)s"
_LAST_OF_ALL = "SELECT DISTINCT ON (company_id) * FROM prospects_researchitem ORDER BY company_id, created_at DESC"

_SUMMARY = """
WITH item AS ({items})
SELECT count(*),
    count(*) FILTER (WHERE outcome = 'done'),
    count(*) FILTER (WHERE outcome = 'partial'),
    count(*) FILTER (WHERE outcome = 'failed'),
    count(*) FILTER (WHERE is_cached),
    count(*) FILTER (WHERE is_changed),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY quality),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY completeness),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY confidence),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY value_count) FILTER (WHERE outcome <> 'failed'),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY took_ms) FILTER (WHERE NOT is_cached),
    percentile_disc(0.95) WITHIN GROUP (ORDER BY took_ms) FILTER (WHERE NOT is_cached),
    coalesce(sum(page_count), 0)::bigint, coalesce(sum(new_page_count), 0)::bigint,
    coalesce(sum(cost_micros), 0)::bigint
FROM item
"""
_NAMES = (
    "companies", "done", "partial", "failed", "cached", "changed", "median_quality", "median_completeness",
    "median_confidence", "median_values", "median_ms", "p95_ms", "pages", "new_pages", "cost_micros",
)  # fmt: skip
_COVERAGE = """
WITH item AS ({items})
SELECT field, count(*) FROM item, unnest(filled) AS field GROUP BY field
"""
_CODES = """
WITH item AS ({items})
SELECT code, count(*) FROM (
    SELECT company_id, lacking ->> 'code' AS code FROM item, json_array_elements(degraded) AS lacking
    UNION SELECT company_id, code FROM item WHERE outcome = 'failed'
) said GROUP BY code ORDER BY count(*) DESC, code
"""
_INDUSTRIES = """
WITH item AS ({items})
SELECT coalesce(nullif(c.industry, ''), ''), count(*),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY item.quality),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY item.completeness),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY c.employees_min),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY c.founded_year),
    avg(('email' = ANY(item.filled))::int)::float, avg(('phone' = ANY(item.filled))::int)::float
FROM item JOIN prospects_company c ON c.id = item.company_id
WHERE item.outcome <> 'failed'
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(most)s
"""
_INDUSTRY = (
    "industry", "companies", "median_quality", "median_completeness", "median_employees", "median_founded_year",
    "with_email", "with_phone",
)  # fmt: skip


_OUTCOMES = """
SELECT outcome, count(*), count(*) FILTER (WHERE is_cached), count(*) FILTER (WHERE is_changed)
FROM prospects_researchitem WHERE research_id = %s GROUP BY outcome
"""


def outcome_counts(research_id: int) -> dict[str, int]:
    """How many of a batch's companies are done, partial, failed, cached and changed by now. One statement."""
    counts = dict.fromkeys(("done", "partial", "failed", "cached", "changed"), 0)
    with connection.cursor() as cursor:
        cursor.execute(_OUTCOMES, [research_id])
        for outcome, number, cached_ones, changed in cursor.fetchall():
            counts[outcome] += number
            counts["cached"] += cached_ones
            counts["changed"] += changed
    return counts


def statistics(batch: Batch | None = None) -> dict[str, Any]:
    """Of a batch, or of all companies that were ever researched. Four statements, or none where it is kept."""
    if batch is None:
        return _of_all()
    return _of_ended(batch.pk) if batch.finished_at else _read(batch.pk)


def refresh_statistics(ended: Sequence[int]) -> int:
    """Compute anew those of all, and of these batches, which have ended; how many."""
    _of_all.refresh()
    for batch_id in ended:
        _of_ended.refresh(batch_id)
    return 1 + len(ended)


@cached("research.statistics", ttl_s=TTL_S, tags=["research-statistics"])
def _of_all() -> dict[str, Any]:
    return _read(None)


@cached("research.statistics:{batch_id}", ttl_s=TTL_S, tags=["research:{batch_id}"])
def _of_ended(batch_id: int) -> dict[str, Any]:
    return _read(batch_id)


def _read(research: int | None) -> dict[str, Any]:
    items = _LAST_OF_ALL if research is None else _OF_BATCH
    wanted = {"research": research, "most": MOST_INDUSTRIES}
    with connection.cursor() as cursor:

        def rows(statement: str) -> list[tuple[Any, ...]]:
            cursor.execute(statement.format(items=items), wanted)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

        summary = dict(zip(_NAMES, rows(_SUMMARY)[0], strict=True))
        counted: dict[str, int] = dict(rows(_COVERAGE))
        lacking = [{"code": code, "companies": number} for code, number in rows(_CODES)]
        industries = [dict(zip(_INDUSTRY, row, strict=True)) for row in rows(_INDUSTRIES)]
    reached = summary["companies"] - summary["failed"]
    coverage = {name: round(counted.get(name, 0) / reached, 4) if reached else 0.0 for name in FIELDS}
    return summary | {"coverage": coverage, "lacking": lacking, "industries": industries}
