"""The project's addresses, and beside them a few views that show what the machinery does with any view."""

import time
from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import include, path
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.api.errors import Conflict
from performance.api.idempotency import idempotent
from performance.api.lists.views import ListView
from performance.api.parsing import validated
from performance.flags.models import Flag
from performance.flags.views import FLAG, FlagSerializer


class ItemSerializer(serializers.Serializer[Any]):
    age = serializers.IntegerField()


class FormSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    items = ItemSerializer(many=True)


class TooCold(Conflict):
    """It is too cold for that."""


class FormView(APIView):
    permission_classes = (IsAuthenticated,)

    def post(self, request: Request) -> Response:
        return Response(validated(FormSerializer(data=request.data)))


class FlagMaker(APIView):
    """Makes a flag of the name it is given; slowly or badly on request."""

    permission_classes = (IsAuthenticated,)

    @idempotent
    def post(self, request: Request) -> Response:
        flag = Flag.objects.create(name=request.data["name"], description="made")
        time.sleep(float(request.data.get("sleep_s", 0)))
        if request.data.get("fails"):
            raise TooCold(degrees=-3)
        return Response({"id": flag.pk}, status=202, headers={"Location": f"/flags/{flag.pk}"})


class Uploads(APIView):
    permission_classes = (IsAuthenticated,)

    @idempotent
    def post(self, request: Request) -> Response:
        return Response({"size": len(request.FILES["file"].read())}, status=201)


class FlagList(ListView[Flag]):
    permission_classes = (IsAuthenticated,)
    serializer_class = FlagSerializer
    shape = FLAG
    queryset = Flag.objects.all()
    ordering = ("-percentage", "name")


class FlagsByChange(FlagList):
    ordering = ("-updated_at", "name")


class Crash(APIView):
    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        raise RuntimeError("a secret")


class Refuse(APIView):
    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        raise PermissionDenied


class Unlisted(APIView):
    """Says nothing about permissions."""

    def get(self, request: Request) -> Response:
        return Response({})


handler404 = "performance.api.handlers.not_found"
handler500 = "performance.api.handlers.server_error"
urlpatterns = [
    path("api/v1/form", FormView.as_view()),
    path("api/v1/make", FlagMaker.as_view()),
    path("api/v1/make-other", FlagMaker.as_view()),
    path("api/v1/uploads", Uploads.as_view()),
    path("api/v1/list", FlagList.as_view()),
    path("api/v1/list-by-change", FlagsByChange.as_view()),
    path("api/v1/crash", Crash.as_view()),
    path("api/v1/refuse", Refuse.as_view()),
    path("api/v1/unlisted", Unlisted.as_view()),
    path("", include("config.urls")),
]
