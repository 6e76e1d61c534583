"""Flags over the API, for operators."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.api.examples import asked_as
from performance.api.lists.derived import shape_like
from performance.api.lists.views import ListView
from performance.api.parsing import body_of
from performance.api.reads.mixin import CachedReads
from performance.audit.services import actor_of, audited
from performance.flags.models import Flag
from performance.flags.services import change_flag


class FlagSerializer(serializers.ModelSerializer[Flag]):
    """How far something is rolled out."""

    class Meta:
        model = Flag
        fields = ["name", "description", "rollout", "percentage", "updated_at"]


@asked_as("For a tenth", {"rollout": "percentage", "percentage": 10})
class FlagChangeSerializer(serializers.Serializer[Any]):
    """`percentage` counts with the rollout `percentage` only."""

    rollout = serializers.ChoiceField(choices=Flag.Rollout.choices)
    percentage = serializers.IntegerField(min_value=0, max_value=100, default=0)


FLAG = shape_like(FlagSerializer)


class FlagsView(CachedReads, ListView[Flag]):
    """All flags."""

    cache_tags = ("flags",)
    required_permissions = {"GET": ["performance.view_flag"]}
    serializer_class = FlagSerializer
    shape = FLAG
    queryset = Flag.objects.all()
    ordering = ("name",)
    orderings = {"name": ("name",), "updated_at": ("updated_at", "name")}


class FlagView(APIView):
    """One flag."""

    required_permissions = {"PUT": ["performance.change_flag"]}

    @extend_schema(request=FlagChangeSerializer, responses=FlagSerializer)
    def put(self, request: Request, name: str) -> Response:
        asked = body_of(request, FlagChangeSerializer)
        with audited("flag.change", subject=name, by=actor_of(request), details=asked):
            flag = change_flag(name, **asked)
        return Response(FlagSerializer(flag).data)
