"""Flags over the API, for operators."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.flags.models import Flag
from performance.flags.services import change_flag


class FlagSerializer(serializers.ModelSerializer[Flag]):
    """How far something is rolled out."""

    class Meta:
        model = Flag
        fields = ["name", "description", "rollout", "percentage", "updated_at"]


class FlagChangeSerializer(serializers.Serializer[Any]):
    """`percentage` counts with the rollout `percentage` only."""

    rollout = serializers.ChoiceField(choices=Flag.Rollout.choices)
    percentage = serializers.IntegerField(min_value=0, max_value=100, default=0)


class FlagsView(generics.ListAPIView[Flag]):
    """All flags."""

    required_permissions = {"GET": ["performance.view_flag"]}
    serializer_class = FlagSerializer
    ordering = ("name",)

    def get_queryset(self) -> QuerySet[Flag]:
        return Flag.objects.all()


class FlagView(APIView):
    """One flag."""

    required_permissions = {"PUT": ["performance.change_flag"]}

    @extend_schema(request=FlagChangeSerializer, responses=FlagSerializer)
    def put(self, request: Request, name: str) -> Response:
        asked = FlagChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(FlagSerializer(change_flag(name, **asked.validated_data)).data)
