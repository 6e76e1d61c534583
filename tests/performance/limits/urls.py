"""Views that say how they are limited."""

from itertools import count

from django.urls import include, path
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.api.reads.mixin import CachedReads

_numbers = count(1)


class Plain(APIView):
    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        return Response({})


class Dear(Plain):
    limit = "qualify"


class DearToPost(Plain):
    limit = {"POST": "qualify"}

    def post(self, request: Request) -> Response:
        return Response({}, status=201)


class Public(Plain):
    authentication_classes = ()
    permission_classes = (AllowAny,)


class Crash(Plain):
    def get(self, request: Request) -> Response:
        raise RuntimeError("a secret")


class Cached(CachedReads):
    required_permissions = {"GET": ["performance.view_flag"]}
    cache_tags = ("flags",)

    def get(self, request: Request) -> Response:
        return Response({"asked": next(_numbers)})


class Misnamed(Plain):
    limit = "qualfy"


handler500 = "performance.api.handlers.server_error"
urlpatterns = [
    path("api/v1/plain", Plain.as_view()),
    path("api/v1/dear", Dear.as_view()),
    path("api/v1/dear-to-post", DearToPost.as_view()),
    path("api/v1/public", Public.as_view()),
    path("api/v1/crash", Crash.as_view()),
    path("api/v1/cached", Cached.as_view()),
    path("api/v1/misnamed", Misnamed.as_view()),
    path("", include("config.urls")),
]
