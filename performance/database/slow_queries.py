"""One log line, SLOW QUERY, for each statement above QUERY_SLOW_THRESHOLD."""

import hashlib
import logging
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest
from django.http.response import HttpResponseBase

logger = logging.getLogger("performance.database")

_SHOWN_CHARACTERS = 500
_LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_PLACEHOLDERS = re.compile(r"(?:\?|%s)(?:\s*,\s*(?:\?|%s))+")
_SPACES = re.compile(r"\s+")
_view: ContextVar[str] = ContextVar("view", default="-")

Execute = Callable[[Any, Any, bool, dict[str, Any]], Any]


class ViewNames:
    """Middleware that remembers which view is answering, for the log line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _view.set("-")
        try:
            return self.get_response(request)
        finally:
            _view.reset(token)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_arguments: object) -> None:
        match = request.resolver_match
        _view.set((match.view_name if match else "") or view.__name__)


def watch(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    """connection_created: time every statement of this connection from now on."""
    if log_if_slow not in connection.execute_wrappers:
        connection.execute_wrappers.append(log_if_slow)


def log_if_slow(execute: Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """An execute wrapper: what a statement took, failed or not, is logged when it was too long."""
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        took_ms = (time.perf_counter() - began) * 1000
        if took_ms >= settings.QUERY_SLOW_THRESHOLD:
            _log(str(sql), params, took_ms)


def normalised(sql: str) -> str:
    """The statement without its values, so that the same query has the same text, and no value reaches the log."""
    text = _SPACES.sub(" ", _LITERAL.sub("?", sql)).strip()
    return _PLACEHOLDERS.sub("…", text)


def fingerprint(sql: str) -> str:
    """12 hexadecimal digits of the normalised statement."""
    return hashlib.sha256(normalised(sql).encode()).hexdigest()[:12]


def _log(sql: str, params: Any, took_ms: float) -> None:
    text = "SLOW QUERY ms=%.1f fingerprint=%s view=%s sql=%s"
    arguments: list[Any] = [took_ms, fingerprint(sql), _view.get(), normalised(sql)[:_SHOWN_CHARACTERS]]
    if settings.DEBUG:
        text += " parameters=%r"
        arguments.append(params)
    logger.warning(text, *arguments)
