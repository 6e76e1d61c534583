"""What is answered while the database is away, busy or too slow: a problem under /api/, a page elsewhere."""

from collections.abc import Callable

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from performance.api.problems import MEDIA_TYPE, problem
from performance.database.outages import Outage, outage_of

API = "/api/"


class Outages:
    """Middleware: what a view trips over when the database is away is no crash. DRF's views have their own handler."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refused(request, error)


def refused(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """The answer to what failed, if the database's state is why. Asks the database nothing."""
    outage = outage_of(error)
    if outage is None:
        return None
    response = _problem(outage) if request.path_info.startswith(API) else _page(outage)
    response.headers["Retry-After"] = str(outage.retry_after_s)
    response.headers["Cache-Control"] = "no-store"
    return response


def _problem(outage: Outage) -> HttpResponse:
    body = problem(
        status=outage.status, code=outage.code, title=outage.title, detail=str(outage), members=outage.members
    )
    return HttpResponse(orjson.dumps(body), status=outage.status, content_type=MEDIA_TYPE)


def _page(outage: Outage) -> HttpResponse:
    page = render_to_string("503.html", {"title": outage.title, "text": str(outage)})
    return HttpResponse(page, status=outage.status)
