"""Every statement's time goes to the measurements; one above QUERY_SLOW_THRESHOLD is a log line too, SLOW QUERY.

COPY and what a pool does by itself go past Django's cursors, and aren't seen.
"""

import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from performance.metrics import Series, series, spent

logger = logging.getLogger("performance.database")
METRIC = "sql.statement_ms"

_OWN_TABLES = "performance_metric"
_SHOWN_CHARACTERS = 500
_LABEL_CHARACTERS = 160
# No statement tells itself from others only after so much; a list of thousands of values does not cost a second here.
_READ_CHARACTERS = 8000
_LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_PLACEHOLDERS = re.compile(r"(?:\?|%s)(?:\s*,\s*(?:\?|%s))+")
_SPACES = re.compile(r"\s+")
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
        view = "-"
        if own := spent.current():
            own.statements += 1
            own.database_ms += took_ms
            view = own.view
        text = sql if type(sql) is str else str(sql)
        if measured := _series_of(text[:_READ_CHARACTERS], view):
            measured.observe(took_ms)
        if took_ms >= settings.QUERY_SLOW_THRESHOLD:
            _log(text, params, took_ms, view)


def normalised(sql: str) -> str:
    """The statement without its values, so that the same query has the same text, and no value reaches the log."""
    text = _SPACES.sub(" ", _MADE_UP.sub("?", _LITERAL.sub("?", sql[:_READ_CHARACTERS]))).strip()
    return _PLACEHOLDERS.sub("…", text)


def fingerprint(sql: str) -> str:
    """12 hexadecimal digits of the normalised statement."""
    return hashlib.sha256(normalised(sql).encode()).hexdigest()[:12]


@lru_cache(maxsize=2048)
def _series_of(sql: str, view: str) -> Series | None:
    """None for what stores the measurements: it would be measured and stored for ever, with nobody there."""
    if _OWN_TABLES in sql:
        return None
    text = normalised(sql)[:_LABEL_CHARACTERS]
    return series(METRIC, {"fingerprint": fingerprint(sql), "view": view, "sql": text})


def _log(sql: str, params: Any, took_ms: float, view: str) -> None:
    text = "SLOW QUERY ms=%.1f fingerprint=%s view=%s sql=%s"
    arguments: list[Any] = [took_ms, fingerprint(sql), view, normalised(sql)[:_SHOWN_CHARACTERS]]
    if settings.DEBUG:
        text += " parameters=%r"
        arguments.append(params)
    logger.warning(text, *arguments)
