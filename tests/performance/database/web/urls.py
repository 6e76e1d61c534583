from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


def asked(statement: str, *parameters: object) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()[0]


def asking(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that asks the database before any view does, for those who want it to."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "ask_first" in request.GET:
            asked("SELECT 1")
        return get_response(request)

    return middleware


def sleep(request: HttpRequest) -> HttpResponse:
    asked("SELECT pg_sleep(%s)", float(request.GET["s"]))
    return HttpResponse("slept")


def lock(request: HttpRequest) -> HttpResponse:
    asked("SELECT pg_advisory_xact_lock(7)")
    return HttpResponse("locked")


def cached(request: HttpRequest) -> HttpResponse:
    """What needs no database."""
    return HttpResponse("cached")


def backend(request: HttpRequest) -> JsonResponse:
    """Who answers, and under which name."""
    return JsonResponse({"pid": asked("SELECT pg_backend_pid()"), "name": asked("SHOW application_name")})


def wrong(request: HttpRequest) -> HttpResponse:
    asked("SELECT nonsense")
    return HttpResponse("never")


class Sleep(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        asked("SELECT pg_sleep(%s)", float(request.query_params["s"]))
        return Response({"slept": True})


handler500 = "performance.api.handlers.server_error"
urlpatterns = [
    path("sleep", sleep),
    path("lock", lock),
    path("cached", cached),
    path("backend", backend),
    path("wrong", wrong),
    path("api/v1/sleep", Sleep.as_view()),
    path("api/v1/plain-sleep", sleep),
]
