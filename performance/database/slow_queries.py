"""Every statement's time goes to the measurements; one above QUERY_SLOW_THRESHOLD is a log line too, SLOW QUERY.

COPY and what a pool does by itself go past Django's cursors, and aren't seen.
"""

import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.sql import Composable

from performance.database.plans.parsing import shape_of
from performance.database.statements.callers import caller
from performance.metrics import Series, series, spent

logger = logging.getLogger("performance.database")
METRIC = "sql.statement_ms"

_OWN_TABLES = ("performance_metric", "performance_statement")
_SHOWN_CHARACTERS = 500
_LABEL_CHARACTERS = 160
_MOST_SHAPES = 4096
_ALONE = frozenset({"worker", "pump", "beat"})
# No statement tells itself from others only after so much; a list of thousands of values does not cost a second here.
_READ_CHARACTERS = 8000
_LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_PLACEHOLDERS = re.compile(r"(?:\?|%s)(?:\s*,\s*(?:\?|%s))+")
_SPACES = re.compile(r"\s+")
_PARAMETER = re.compile(r"%%|%s|%\(\w+\)s")
# Savepoints (s140234_x1) and tables of the moment (staging_1f2e3d4c) are named anew each time.
_MADE_UP = re.compile(r"(?<=[a-z_])(?:\d{4,}(?:_x\d+)?|(?=[0-9a-f]*\d)[0-9a-f]{8,})(?![a-z])")

Execute = Callable[[Any, Any, bool, dict[str, Any]], Any]


def watch(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    """connection_created: time every statement of this connection from now on."""
    if measure not in connection.execute_wrappers:
        connection.execute_wrappers.append(measure)


@contextmanager
def unwatched(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Inside, this connection's statements are neither measured nor logged: what is done once is no workload."""
    watchers = [each for each in connection.execute_wrappers if each is not measure]
    watchers, connection.execute_wrappers = connection.execute_wrappers, watchers
    try:
        yield
    finally:
        connection.execute_wrappers = watchers


def measure(execute: Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """An execute wrapper: what a statement took, failed or not, is counted, and logged when it was too long."""
    began = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        took_ms = (perf_counter() - began) * 1000
        own = spent.current()
        view, line = own.view if own else _outside(), caller()
        text = sql if type(sql) is str else _text(sql)
        measured = _series_of(text[:_READ_CHARACTERS], view, line)
        if measured:
            measured.observe(took_ms)
        if own:
            own.statements += 1
            own.database_ms += took_ms
            if measured:
                own.repeats.add(measured, text)
        if took_ms >= settings.QUERY_SLOW_THRESHOLD:
            _log(text, params, took_ms, f"{view} line={line}")


def normalised(sql: str) -> str:
    """The statement without its values, so that the same query has the same text, and no value reaches the log."""
    text = _SPACES.sub(" ", _MADE_UP.sub("?", _LITERAL.sub("?", sql[:_READ_CHARACTERS]))).strip()
    return _PLACEHOLDERS.sub("…", text)


def fingerprint(sql: str) -> str:
    """12 hexadecimal digits of the normalised statement."""
    return hashlib.sha256(normalised(sql).encode()).hexdigest()[:12]


def _text(sql: Any) -> str:
    return sql.as_string() if isinstance(sql, Composable) else str(sql)


def _outside() -> str:
    """Who asks where it is neither a request nor a task: the process, of those that run by themselves."""
    return str(settings.PROCESS_ROLE) if settings.PROCESS_ROLE in _ALONE else "-"


@lru_cache(maxsize=4096)
def _series_of(sql: str, view: str, line: str) -> Series | None:
    """None for what stores the measurements: it would be measured and stored for ever, with nobody there."""
    if any(name in sql for name in _OWN_TABLES):
        return None
    text, digest = normalised(sql)[:_LABEL_CHARACTERS], fingerprint(sql)
    labels = {"fingerprint": digest, "shape": _shape(digest, sql), "view": view, "line": line, "sql": text}
    return series(METRIC, labels)


_shapes: dict[str, str] = {}


def _shape(digest: str, sql: str) -> str:
    """What pg_stat_statements' text of it has for a shape, too. Read once for all texts of a fingerprint."""
    if digest not in _shapes:
        if len(_shapes) >= _MOST_SHAPES:
            _shapes.clear()
        numbers = count(1)
        _shapes[digest] = shape_of(_PARAMETER.sub(lambda found: _as_sent(found[0], numbers), sql))
    return _shapes[digest]


def _as_sent(placeholder: str, numbers: Iterator[int]) -> str:
    return "%" if placeholder == "%%" else f"${next(numbers)}"


def _log(sql: str, params: Any, took_ms: float, view: str) -> None:
    text = "SLOW QUERY ms=%.1f fingerprint=%s view=%s sql=%s"
    arguments: list[Any] = [took_ms, fingerprint(sql), view, normalised(sql)[:_SHOWN_CHARACTERS]]
    if settings.DEBUG:
        text += " parameters=%r"
        arguments.append(params)
    logger.warning(text, *arguments)
