"""How far a VACUUM or ANALYZE is, from PostgreSQL's progress views, as one share. Pure but for `seen`.

The weights of the phases are what they took of a vacuum of a table with three indexes; a second pass over the indexes
(maintenance_work_mem was full) goes back to the scan, and the share stands still until it is past where it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection

_SEEN = """
SELECT 'vacuum', to_jsonb(v)::text FROM pg_stat_progress_vacuum v WHERE pid = %(pid)s
UNION ALL SELECT 'analyze', to_jsonb(a)::text FROM pg_stat_progress_analyze a WHERE pid = %(pid)s
"""
# By phase: where it begins, how much of the whole it is, what is counted of what.
_VACUUM = {
    "initializing": (0.0, 0.0, "", ""),
    "scanning heap": (0.0, 0.6, "heap_blks_scanned", "heap_blks_total"),
    "vacuuming indexes": (0.6, 0.2, "indexes_processed", "indexes_total"),
    "vacuuming heap": (0.8, 0.12, "heap_blks_vacuumed", "heap_blks_total"),
    "cleaning up indexes": (0.92, 0.05, "indexes_processed", "indexes_total"),
    "truncating heap": (0.97, 0.0, "", ""),
    "performing final cleanup": (0.99, 0.0, "", ""),
}
_ANALYZE = {
    "initializing": (0.0, 0.0, "", ""),
    "acquiring sample rows": (0.0, 0.8, "sample_blks_scanned", "sample_blks_total"),
    "acquiring inherited sample rows": (0.0, 0.8, "sample_blks_scanned", "sample_blks_total"),
    "computing statistics": (0.8, 0.0, "", ""),
    "computing extended statistics": (0.95, 0.0, "", ""),
    "finalizing analyze": (0.99, 0.0, "", ""),
}
# Of a VACUUM (ANALYZE), the vacuum.
_VACUUM_OF_BOTH = 0.8


@dataclass(frozen=True, slots=True)
class Progress:
    """`share` is 0 to 1."""

    phase: str
    share: float


def seen(pid: int, *, is_both: bool) -> Progress | None:
    """What the session is at; None where it isn't at any of it (yet). One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, {"pid": pid})
        row = cursor.fetchone()
    return progress(row[0], orjson.loads(row[1]), is_both=is_both) if row else None


def progress(kind: str, view: Mapping[str, Any], *, is_both: bool) -> Progress:
    """`kind` is "vacuum" or "analyze", `view` its row, of which servers know more and fewer columns."""
    phase = str(view.get("phase", ""))
    begins, weight, done, of = (_VACUUM if kind == "vacuum" else _ANALYZE).get(phase, (0.0, 0.0, "", ""))
    total = float(view.get(of) or 0)
    share = begins + (weight * min(1.0, float(view.get(done) or 0) / total) if total else 0.0)
    if is_both:
        share = share * _VACUUM_OF_BOTH if kind == "vacuum" else _VACUUM_OF_BOTH + share * (1 - _VACUUM_OF_BOTH)
    return Progress(phase, share)
