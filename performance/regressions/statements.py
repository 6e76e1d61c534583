"""Series of the statements that only PostgreSQL knows of: other programs', and what is beyond the 1,000 sets of labels
that the application's own measurements have.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from performance.database.statements.models import Statement

Sums = Mapping[int, Mapping[datetime, tuple[int, float]]]
# Those without a shape can't be told from the application's; what it measures has a shape wherever there is one.
_BUSIEST = """
SELECT delta.statement_id FROM performance_statementdelta delta
JOIN performance_statement statement ON statement.id = delta.statement_id
WHERE delta.period_s = %(period)s AND delta.bucket >= %(start)s AND delta.bucket < %(end)s AND NOT statement.is_own
    AND statement.shape <> '' AND NOT EXISTS (
        SELECT FROM performance_metriclabels labels
        WHERE labels.metric = 'sql.statement_ms' AND labels.labels ->> 'shape' = statement.shape
    )
GROUP BY delta.statement_id ORDER BY sum(delta.total_ms) DESC LIMIT %(most)s
"""
_BY_STEP = """
SELECT statement_id, date_bin(make_interval(secs => %(step)s), bucket, 'epoch') AS step,
    sum(calls)::bigint, sum(total_ms)
FROM performance_statementdelta
WHERE statement_id = ANY(%(ids)s) AND period_s = %(period)s AND bucket >= %(start)s AND bucket < %(end)s
GROUP BY statement_id, step
"""


def busiest(given: Mapping[str, Any], *, most: int) -> list[int]:
    """The ids of those that took most time. `given` has period, start and end."""
    with connection.cursor() as cursor:
        cursor.execute(_BUSIEST, {**given, "most": most})
        return [id_ for (id_,) in cursor.fetchall()]


def sums_of(ids: Sequence[int], given: Mapping[str, Any]) -> Sums:
    """Calls and milliseconds by statement and step. `given` has step, too."""
    found: defaultdict[int, dict[datetime, tuple[int, float]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_BY_STEP, {**given, "ids": list(ids)})
        for id_, step, calls, total_ms in cursor.fetchall():
            found[id_][step] = calls, total_ms
    return found


def title_of(id_: int) -> str:
    """Whose it is and how it begins; "" where it is forgotten."""
    row = Statement.objects.filter(pk=id_).values_list("role", "text").first()
    return f"{row[0] or 'somebody'}: {row[1]}"[:300] if row else ""
