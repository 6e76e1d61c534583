"""Advice on PostgreSQL's settings over the API."""

from dataclasses import asdict
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from performance.api.reads.mixin import CachedReads
from performance.database.tuning.services import tuning


class AdviceSerializer(serializers.Serializer[Any]):
    """`advised` and `statement` are "" where the setting is right as it is."""

    setting = serializers.CharField()
    current = serializers.CharField(allow_blank=True)
    advised = serializers.CharField(allow_blank=True)
    why = serializers.CharField()
    statement = serializers.CharField(allow_blank=True, help_text="For whoever may change the server")
    needs_restart = serializers.BooleanField()
    is_urgent = serializers.BooleanField()


class SettingsSerializer(serializers.Serializer[Any]):
    """`memory_bytes` is null where PostgreSQL runs elsewhere and DATABASE_MEMORY_MB isn't set."""

    memory_bytes = serializers.IntegerField(allow_null=True)
    to_change = serializers.IntegerField()
    settings = AdviceSerializer(many=True)


class SettingsView(CachedReads):
    """PostgreSQL's settings, what they should be on this machine, and why."""

    required_permissions: ClassVar = {"GET": ["performance.view_metricbucket"]}

    @extend_schema(responses=SettingsSerializer)
    def get(self, request: Request) -> Response:
        found = tuning(at=timezone.now())
        return Response(
            {
                "memory_bytes": found.server.memory,
                "to_change": sum(not each.is_fine for each in found.advice),
                "settings": list(map(asdict, found.advice)),
            }
        )
