"""Shapes of exports."""

from typing import Any

from rest_framework import serializers

from prospects.exports.models import Export


class ExportRequestSerializer(serializers.Serializer[Any]):
    """The format of the file."""

    format = serializers.ChoiceField(choices=Export.Format.choices)


class ExportSerializer(serializers.ModelSerializer[Export]):
    """An export; `file_url` is there once it is ready."""

    run_id = serializers.IntegerField()
    state = serializers.SerializerMethodField()
    size = serializers.IntegerField(source="file.size", default=None, help_text="Bytes")
    expires_at = serializers.DateTimeField(source="file.expires_at", default=None)
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
