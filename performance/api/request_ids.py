"""One id per request: taken from X-Request-ID or made, sent back, and on every log line in between."""

import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
# What comes from outside goes into logs: short, and without spaces, line ends or quotes.
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._:/+=-]{1,100}")
_NONE = "-"
_current: ContextVar[str] = ContextVar("request_id", default=_NONE)


def current_request_id() -> str:
    """The id of the request being answered, "-" outside of one."""
    return _current.get()


class RequestIds:
    """Middleware; the outermost, so that all others log with the id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request_id = given if _ACCEPTABLE.fullmatch(given) else uuid4().hex
        token = _current.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response[HEADER] = request_id
        return response


class RequestIdFilter(logging.Filter):
    """Puts `request_id` on each record, for the formatter."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _current.get()
        return True
