"""The project's addresses, and cached reads that say how often they were made."""

import time
from typing import Any

from django.http import HttpResponse
from django.urls import include, path
from rest_framework import generics
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from performance.api.finished import FinishedJson
from performance.api.reads.mixin import CachedReads
from performance.flags.models import Flag
from performance.flags.views import FlagSerializer

made: list[str] = []


class Flags(CachedReads, generics.ListAPIView[Flag]):
    required_permissions = {"GET": ["performance.view_flag"]}
    cache_tags = ("flags",)
    serializer_class = FlagSerializer
    queryset = Flag.objects.all()


class Number(CachedReads):
    """What it was asked, and for the how manieth time; with a status, slowly or with a cookie on request."""

    required_permissions = {"GET": ["performance.view_flag"], "POST": ["performance.view_flag"]}
    parameters = ("a", "b", "status", "sleep_ms", "cookie", "store")

    def cache_tags(self, kwargs: dict[str, Any]) -> tuple[str, ...]:  # type: ignore[override]
        return ("numbers", f"number:{kwargs['number']}")

    def get(self, request: Request, number: int) -> HttpResponse:
        made.append(request.get_full_path())
        time.sleep(float(request.query_params.get("sleep_ms", 0)) / 1000)
        answer: HttpResponse = Response(
            {"number": number, "made": len(made), "parameters": request.query_params, "text": "long " * 300},
            status=int(request.query_params.get("status", 200)),
            headers={"Link": "</next>; rel=next"},
        )
        if "cookie" in request.query_params:
            answer.set_cookie("a", "b")
        if "store" in request.query_params:
            answer.headers["Cache-Control"] = "no-store"
        return answer

    def post(self, request: Request, number: int) -> Response:
        return Response({"number": number}, status=201)


class Mine(CachedReads):
    """Whoever asks."""

    required_permissions = {"GET": ["performance.view_flag"]}
    cache_tags = ("people",)
    is_personal = True

    def get(self, request: Request) -> FinishedJson:
        return FinishedJson(b'{"username": "%s"}' % request.user.get_username().encode())


class Untagged(CachedReads):
    """Depends on what no tag stands for."""

    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        made.append("untagged")
        return Response({"fixed": True})


class Crash(CachedReads):
    required_permissions = {"GET": ["performance.view_flag"]}
    cache_tags = ("crash",)

    def get(self, request: Request) -> Response:
        made.append("crash")
        raise RuntimeError("a fault")


handler500 = "performance.api.handlers.server_error"
urlpatterns = [
    path("api/v1/read/flags", Flags.as_view(), name="read-flags"),
    path("api/v1/read/numbers/<int:number>", Number.as_view(), name="read-number"),
    path("api/v1/read/mine", Mine.as_view(), name="read-mine"),
    path("api/v1/read/untagged", Untagged.as_view(), name="read-untagged"),
    path("api/v1/read/crash", Crash.as_view(), name="read-crash"),
    path("", include("config.urls")),
]
