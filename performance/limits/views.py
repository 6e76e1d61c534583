"""Limits over the API, for staff."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from performance.api.errors import DomainError
from performance.api.parsing import validated
from performance.api.reads.mixin import CachedReads
from performance.cache.connection import CacheGone
from performance.limits.figures import MOST_HOURS, MOST_NAMED, figures


class FiguresUnknown(DomainError):
    """Valkey, which counts who is limited, can't be reached; the limits hold meanwhile."""

    status = 503


class HoursSerializer(serializers.Serializer[Any]):
    hours = serializers.IntegerField(min_value=1, max_value=MOST_HOURS, default=MOST_HOURS)


class RefusedSerializer(serializers.Serializer[Any]):
    """A client that came up against a limit."""

    identity = serializers.CharField(help_text="user:<id>, token:<key> or address:<address>")
    name = serializers.CharField(help_text="User name, name of the token, or the identity again")
    refused = serializers.IntegerField()


class PolicySerializer(serializers.Serializer[Any]):
    """What everybody may, and who wanted more."""

    name = serializers.CharField()
    requests = serializers.IntegerField(help_text="What everybody may in `period_s`")
    period_s = serializers.IntegerField()
    allowances = serializers.IntegerField(help_text="Users and tokens that may something else")
    refused = serializers.IntegerField(help_text="Requests answered 429 in these hours")
    most_refused = RefusedSerializer(many=True, help_text=f"The {MOST_NAMED} clients refused most, first")


class LimitsSerializer(serializers.Serializer[Any]):
    is_enabled = serializers.BooleanField()
    hours = serializers.IntegerField()
    policies = PolicySerializer(many=True)


class LimitsView(CachedReads):
    """Each limit and who came up against it."""

    required_permissions = {"GET": ["performance.view_allowance"]}
    parameters = ("hours",)

    @extend_schema(
        parameters=[HoursSerializer],
        responses=LimitsSerializer,
        description="Refusals are counted in this hour and the `hours` - 1 before it.",
    )
    def get(self, request: Request) -> Response:
        hours = validated(HoursSerializer(data=request.query_params))["hours"]
        try:
            policies = [asdict(each) for each in figures(hours=hours)]
        except CacheGone as error:
            raise FiguresUnknown(retry_after_s=1) from error
        return Response({"is_enabled": settings.RATE_LIMIT_ENABLED, "hours": hours, "policies": policies})
