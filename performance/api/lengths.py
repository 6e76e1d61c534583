"""Bodies without a length: Django reads as many bytes as Content-Length says, so of a body in chunks none."""

from collections.abc import Callable

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from performance.api.errors import DomainError
from performance.api.problems import MEDIA_TYPE, problem


class LengthRequired(DomainError):
    """A body in chunks (Transfer-Encoding) isn't read here: send it with a Content-Length."""

    status = 411


class LengthsRequired:
    """Middleware: what comes in chunks is refused, instead of being taken for empty and done by its defaults."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return _refused() if "HTTP_TRANSFER_ENCODING" in request.META else self.get_response(request)


def _refused() -> HttpResponse:
    error = LengthRequired()
    body = problem(status=error.status, code=error.code, title=error.title, detail=str(error))
    return HttpResponse(orjson.dumps(body), status=error.status, content_type=MEDIA_TYPE)
