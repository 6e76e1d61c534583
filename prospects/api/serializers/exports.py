"""Shapes of exports."""

from typing import Any

from django.db.models import Case, CharField, Expression, F, Value, When
from django.db.models.functions import Concat
from rest_framework import serializers

from performance.api.examples import asked_as
from performance.api.lists.derived import shape_like
from prospects.exports.models import Export


@asked_as("For a spreadsheet", {"format": "xlsx"})
class ExportRequestSerializer(serializers.Serializer[Any]):
    """The format of the file."""

    format = serializers.ChoiceField(choices=Export.Format.choices)


class ExportSerializer(serializers.ModelSerializer[Export]):
    """An export; `file_url` is there once it is ready."""

    run_id = serializers.IntegerField()
    state = serializers.SerializerMethodField()
    size = serializers.IntegerField(source="file.size", default=None, allow_null=True, help_text="Bytes")
    expires_at = serializers.DateTimeField(source="file.expires_at", default=None, allow_null=True)
    file_url = serializers.SerializerMethodField()

    class Meta:
        model = Export
        fields = [
            "id",
            "run_id",
            "format",
            "state",
            "row_count",
            "size",
            "error",
            "created_at",
            "expires_at",
            "file_url",
        ]

    def get_state(self, export: Export) -> str:
        """making, ready, failed or expired."""
        if export.error:
            return "failed"
        if export.file:
            return "ready"
        return "expired" if export.row_count else "making"

    def get_file_url(self, export: Export) -> str | None:
        return f"/api/v1/exports/{export.pk}/file" if export.file else None


def _state(prefix: str) -> Expression:
    """As `ExportSerializer.get_state`."""
    return Case(
        When(**{f"{prefix}error__gt": ""}, then=Value("failed")),
        When(**{f"{prefix}file__isnull": False}, then=Value("ready")),
        When(**{f"{prefix}row_count__gt": 0}, then=Value("expired")),
        default=Value("making"),
        output_field=CharField(),
    )


def _file_url(prefix: str) -> Expression:
    address = Concat(Value("/api/v1/exports/"), F(f"{prefix}pk"), Value("/file"), output_field=CharField())
    return Case(When(**{f"{prefix}file__isnull": False}, then=address), output_field=CharField())


EXPORT = shape_like(ExportSerializer, state=_state, file_url=_file_url)
