"""Judged prospects into the database, many at once: two statements whatever their number."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from django.db import connection

from performance.cache.pacing import bump_soon
from prospects.qualification.judged import Judged

# Column, type in PostgreSQL, and how it is read from a Judged.
COLUMNS: Sequence[tuple[str, str, Callable[[Judged], Any]]] = (
    ("run_id", "bigint", lambda one: one.run_id),
    ("prospect_id", "bigint", lambda one: one.prospect_id),
    ("qualifier", "text", lambda one: one.qualifier),
    ("score", "smallint", lambda one: one.score),
    ("fit", "text", lambda one: one.fit),
    ("verdicts", "jsonb", lambda one: orjson.dumps(one.verdicts).decode()),
    ("gaps", "jsonb", lambda one: orjson.dumps(one.gaps).decode()),
    ("reasoning", "text", lambda one: one.reasoning),
    ("recommendation", "text", lambda one: one.recommendation),
    ("model", "text", lambda one: one.model),
    ("input_tokens", "integer", lambda one: one.input_tokens),
    ("output_tokens", "integer", lambda one: one.output_tokens),
    ("cost_micros", "bigint", lambda one: one.cost_micros),
    ("latency_ms", "integer", lambda one: one.latency_ms),
    ("attempts", "smallint", lambda one: one.attempts),
    ("is_from_ledger", "boolean", lambda one: one.is_from_ledger),
    ("fallback_reason", "text", lambda one: one.fallback_reason),
)
_NAMES = ", ".join(name for name, _, _ in COLUMNS)
_ARRAYS = ", ".join(f"%s::{kind}[]" for _, kind, _ in COLUMNS)

# A verdict is immutable: what a second delivery brings is already there.
INSERT = f"""
INSERT INTO prospects_qualification ({_NAMES}, created_at)
SELECT {_NAMES}, now() FROM unnest({_ARRAYS}) AS incoming ({_NAMES})
ON CONFLICT (run_id, prospect_id, qualifier) DO NOTHING
"""  # noqa: S608 - made of the constants above

# Newest run first; within a run the LLM's verdict outranks the rubric's. A person's override stays what counts.
# Ordered by prospect, so that two workers that store the same prospects wait for each other instead of deadlocking.
UPSERT_FITS = """
INSERT INTO prospects_fit (prospect_id, icp_id, qualification_id, score, level, override_reason, updated_at)
SELECT prospect_id, icp_id, id, score, fit, '', now()
FROM (
    SELECT DISTINCT ON (incoming.prospect_id, incoming.icp_id) incoming.prospect_id, incoming.icp_id, q.*
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS incoming (run_id, prospect_id, icp_id),
        -- By key, row by row: a join would read the whole run for every handful of its prospects.
        LATERAL (
            SELECT id, score, fit FROM prospects_qualification
            WHERE run_id = incoming.run_id AND prospect_id = incoming.prospect_id
            ORDER BY qualifier = 'llm' DESC LIMIT 1
        ) q
    ORDER BY incoming.prospect_id, incoming.icp_id, incoming.run_id DESC
) best
ORDER BY prospect_id, icp_id
ON CONFLICT (prospect_id, icp_id) DO UPDATE SET
    qualification_id = EXCLUDED.qualification_id,
    score = coalesce(prospects_fit.override_score, EXCLUDED.score),
    level = CASE WHEN prospects_fit.override_score IS NULL THEN EXCLUDED.level ELSE prospects_fit.level END,
    updated_at = EXCLUDED.updated_at
WHERE (SELECT old.run_id FROM prospects_qualification old WHERE old.id = prospects_fit.qualification_id)
   <= (SELECT new.run_id FROM prospects_qualification new WHERE new.id = EXCLUDED.qualification_id)
"""


def store_judged(rows: Sequence[Judged]) -> None:
    """Insert verdicts and bring each prospect's current fit up to date. Idempotent; belongs in a transaction."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [[read(one) for one in rows] for _, _, read in COLUMNS])
        belonging = [(one.run_id, one.prospect_id, one.icp_id) for one in rows]
        cursor.execute(UPSERT_FITS, [list(column) for column in zip(*belonging, strict=True)])
    bump_soon("prospects", "icps", *(f"prospect:{one.prospect_id}" for one in rows))
