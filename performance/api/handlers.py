"""Errors outside of DRF (an unknown address, a crash): problem details on the API's paths, Django's page elsewhere."""

import sys

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views import defaults

from performance.api.problems import MEDIA_TYPE, problem
from performance.database.refusals import refused

PREFIX = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not request.path_info.startswith(PREFIX):
        return defaults.bad_request(request, exception)
    return _answer(400, "bad_request", "The request can't be read.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not request.path_info.startswith(PREFIX):
        return defaults.permission_denied(request, exception)
    return _answer(403, "permission_denied", "You may not do this.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not request.path_info.startswith(PREFIX):
        return defaults.page_not_found(request, exception)
    return _answer(404, "not_found", f"There is nothing at {request.path_info}; the addresses are in /api/v1/schema.")


def server_error(request: HttpRequest) -> HttpResponseBase:
    # A middleware may be what found no database; what a view meets, `performance.database.refusals` has answered.
    if answer := refused(request, sys.exc_info()[1]):
        return answer
    if not request.path_info.startswith(PREFIX):
        return defaults.server_error(request)
    return _answer(500, "internal_error", "This is a fault of the server's; it has been logged with the request id.")


def _answer(status: int, code: str, detail: str) -> HttpResponse:
    return HttpResponse(
        orjson.dumps(problem(status=status, code=code, detail=detail)), status=status, content_type=MEDIA_TYPE
    )
