"""One id per request: taken from X-Request-ID or made, sent back, and on every log line in between."""

import logging
import os
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest, HttpResponse

HEADER, META = "X-Request-ID", "HTTP_X_REQUEST_ID"
# What comes from outside goes into logs: short, and without spaces, line ends or quotes.
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._:/+=-]{1,100}")
_NONE = "-"
_current: ContextVar[str] = ContextVar("request_id", default=_NONE)


def current_request_id() -> str:
    """The id of the request being answered, "-" outside of one."""
    return _current.get()


def request_id_of(environ: Mapping[str, Any]) -> str:
    """The one that was given, if it may stand in a log, else a new one."""
    given = environ.get(META, "")
    return given if _ACCEPTABLE.fullmatch(given) else os.urandom(16).hex()


class RequestIds:
    """Middleware; the outermost, so that all others log with the id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = request_id_of(request.META)
        _current.set(request_id)
        response = self.get_response(request)
        response[HEADER] = request_id
        return response


def forget(**_signal: object) -> None:
    """request_finished. Not at the end of the middleware: Django logs a refusal or a crash after it."""
    _current.set(_NONE)


class RequestIdFilter(logging.Filter):
    """Puts `request_id` on each record, for the formatter."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _current.get()
        return True
