"""How many rows a list has: counted as far as that is cheap, estimated by PostgreSQL's planner beyond."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from performance.api.lists.statement import Sql, keys_of

# To count as many takes PostgreSQL a good millisecond.
EXACT_TO = 10_000
# A list that long isn't counted again meanwhile, nor is its size asked of the planner.
_REMEMBERED_S = 30.0
_MOST_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Total:
    rows: int
    is_estimate: bool


class Totals:
    """Of one list, at one time. `statement` counts it within another statement; None where it needn't be counted."""

    def __init__(self, parts: Sequence[QuerySet[Any]]) -> None:
        self._parts = parts
        self._sql = _sql(parts)
        self._estimate = _remembered(self._sql)
        self.statement = None if self._sql is None or self._estimate is not None else _count(self._sql)

    def total(self, counted: int | None, *, known: int | None) -> Total:
        """From what the statement counted, or from what the page shows if that is all there is."""
        if known is not None:
            return Total(known, is_estimate=False)
        if self._sql is None:
            return Total(0, is_estimate=False)
        if counted is None and self._estimate is None:
            counted = _counted(_count(self._sql))
        if counted is not None and counted <= EXACT_TO:
            return Total(counted, is_estimate=False)
        return Total(self._estimate or self._estimated(self._sql), is_estimate=True)

    def _estimated(self, sql: Sql) -> int:
        rows = max(sum(_planned(part) for part in self._parts), EXACT_TO + 1)
        _remember(sql, rows)
        return rows


# By statement and parameters: until when, and the estimate. The oldest go first.
_kept: dict[str, tuple[float, int]] = {}
_keeping = threading.Lock()


def _remember(sql: Sql, rows: int) -> None:
    with _keeping:
        while len(_kept) >= _MOST_REMEMBERED:
            del _kept[next(iter(_kept))]
        _kept[repr(sql)] = (time.monotonic() + _REMEMBERED_S, rows)


def _remembered(sql: Sql | None) -> int | None:
    if sql is None or not _kept:
        return None
    until, rows = _kept.get(repr(sql), (0.0, 0))
    return rows if until > time.monotonic() else None


def _sql(parts: Sequence[QuerySet[Any]]) -> Sql | None:
    """All rows of the list, at most one more than are counted; None where it is empty by itself."""
    found = [sql for part in parts if (sql := keys_of(part))]
    if not found:
        return None
    texts = " UNION ALL ".join(f"({sql} LIMIT {EXACT_TO + 1})" for sql, _ in found)
    return texts, tuple(param for _, own in found for param in own)


def _count(sql: Sql) -> Sql:
    return f"SELECT count(*) FROM (SELECT FROM ({sql[0]}) AS listed LIMIT {EXACT_TO + 1}) AS counted", sql[1]  # noqa: S608


def _counted(statement: Sql) -> int:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return int(cursor.fetchone()[0])


def _planned(part: QuerySet[Any]) -> int:
    try:
        plan = part.order_by().values_list("pk").explain(format="json")
    except EmptyResultSet:
        return 0
    return int(orjson.loads(plan)[0]["Plan"]["Plan Rows"])
