"""The list and a statement's history are read by their indexes, however many rows there are."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from performance.database.slow_queries import METRIC
from performance.database.statements.askers import askers
from performance.database.statements.history import histories
from performance.database.statements.retention import expire
from performance.database.statements.slow import Wish, one, slow
from performance.database.statements.windows import window_of

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, 30, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
# A day of minutes, of which the list reads one hour.
_FILL = [
    """INSERT INTO performance_statement (id, queryid, dbid, userid, role, text, shape, is_own, first_seen_at)
    SELECT i, i, 1, 1, '', 'SELECT ' || i, left(md5(i::text), 16), false, %(at)s FROM generate_series(1, 20) AS i""",
    """INSERT INTO performance_statementdelta (period_s, bucket, statement_id, calls, total_ms, plan_ms, rows,
        shared_hit, shared_read, temp_blocks, wal_bytes)
    SELECT 60, date_trunc('minute', %(at)s::timestamptz) - make_interval(mins => step), i, 1, 1, 0, 1, 1, 0, 0, 0
    FROM generate_series(0, 1439) AS step, generate_series(1, 20) AS i""",
    """INSERT INTO performance_metriclabels (metric, labels_hash, labels, seen_at)
    SELECT %(metric)s, i, jsonb_build_object('shape', left(md5(i::text), 16)), %(at)s
    FROM generate_series(1, 3000) AS i""",
    "ANALYZE performance_statementdelta, performance_metriclabels",
]


@pytest.fixture
def day(db: None) -> None:
    with connection.cursor() as cursor:
        for statement in _FILL:
            cursor.execute(statement, {"at": AT, "metric": METRIC})


def plans(read: Callable[[], object]) -> Iterator[str]:
    """Of each statement that it sends."""
    sent: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        read()
    with connection.cursor() as cursor:
        for sql, params in sent:
            if sql.lstrip().startswith(("SELECT", "WITH", "DELETE")):
                cursor.execute(f"EXPLAIN {sql}", params)
                yield "\n".join(line for (line,) in cursor.fetchall())


def test_the_list_reads_its_hour_by_the_primary_key(day: None) -> None:
    [plan] = plans(lambda: slow(window_of(HOUR, at=AT), Wish()))

    assert "performance_statementdelta_pkey" in plan
    assert "Seq Scan on performance_statementdelta" not in plan


def test_a_statements_history_is_read_by_its_own_index(day: None) -> None:
    window = window_of(HOUR, at=AT)

    for read in (lambda: histories([3, 4], window), lambda: one(3, window)):
        [plan] = plans(read)
        assert "statementdelta_history" in plan


def test_who_asks_is_found_by_shape(day: None) -> None:
    labels, *_ = plans(lambda: askers({"c4ca4238a0b92382"}, at=AT, over=HOUR))

    assert "metriclabels_shape" in labels


def test_expiry_reads_what_goes(day: None) -> None:
    deltas = [plan for plan in plans(lambda: expire(at=AT)) if "Delete on performance_statementdelta" in plan]

    assert len([plan for plan in deltas if "performance_statementdelta_pkey" in plan]) >= 3
