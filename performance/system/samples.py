"""What each process used by the minute: on its way with the other measurements, in a table of its own for a day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import orjson
from django.db import connection

from performance.metrics.tallies import Tally
from performance.system.models import ProcessSample
from performance.system.sampling import CPU, MEMORY

KEPT = timedelta(hours=24)
# Of one process, for more than this many processes none is missed; beyond it somebody sends nonsense.
MOST_AT_ONCE = 5000

_STORE = """
INSERT INTO performance_processsample AS s
    (at, host, pid, began_at, role, memory_low_mb, memory_high_mb, cpu_n, cpu_total)
SELECT at, host, pid, began_at, role, memory_low_mb, memory_high_mb, cpu_n, cpu_total
FROM jsonb_to_recordset(%s::jsonb) AS r (at timestamptz, host text, pid int, began_at timestamptz, role text,
    memory_low_mb float8, memory_high_mb float8, cpu_n int, cpu_total float8)
ORDER BY at, host, pid, began_at
ON CONFLICT (at, host, pid, began_at) DO UPDATE SET
    memory_low_mb = least(s.memory_low_mb, excluded.memory_low_mb),
    memory_high_mb = greatest(s.memory_high_mb, excluded.memory_high_mb),
    cpu_n = s.cpu_n + excluded.cpu_n, cpu_total = s.cpu_total + excluded.cpu_total
"""


def store(rows: Iterable[tuple[int, str, str, Tally]]) -> int:
    """(minute, metric, labels as JSON, tally) of MEMORY and CPU; how many rows. Adds to what there is: once only."""
    found: dict[tuple[int, str], dict[str, object]] = defaultdict(dict)
    for minute, metric, labels, tally in rows:
        found[minute, labels] |= _columns(metric, tally)
    made = [_row(minute, orjson.loads(labels), columns) for (minute, labels), columns in found.items()]
    if made:
        with connection.cursor() as cursor:
            cursor.execute(_STORE, [orjson.dumps(made[:MOST_AT_ONCE]).decode()])
    return len(made)


def expire(*, at: datetime) -> int:
    """Delete what is older than a day; how many rows."""
    rows = ProcessSample.objects.filter(at__lt=at - KEPT)
    return rows._raw_delete(rows.db)


def _columns(metric: str, tally: Tally) -> Mapping[str, object]:
    if metric == MEMORY:
        return {"memory_low_mb": tally.low, "memory_high_mb": tally.high}
    return {"cpu_n": tally.n, "cpu_total": tally.total} if metric == CPU else {}


def _row(minute: int, labels: Mapping[str, str], columns: Mapping[str, object]) -> Mapping[str, object]:
    return {
        "at": datetime.fromtimestamp(minute, UTC),
        "host": labels["host"],
        "pid": int(labels["pid"]),
        "began_at": datetime.fromtimestamp(int(labels["began"]), UTC),
        "role": labels["role"],
        "memory_low_mb": None,
        "memory_high_mb": None,
        "cpu_n": 0,
        "cpu_total": 0.0,
        **columns,
    }
