"""Shapes of imports."""

from dataclasses import asdict
from typing import Any

from django.db.models import CharField, Expression, F, Value
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from performance.api.examples import asked_as
from performance.api.lists.derived import shape_like
from performance.api.lists.shape import Computed, Make
from prospects.intake.models import Import, ImportRow
from prospects.intake.progress import current

MOST_ROWS = 10_000


class ImportUploadSerializer(serializers.Serializer[Any]):
    """A file: CSV, XLSX or JSON Lines."""

    file = serializers.FileField(allow_empty_file=True, max_length=255)
    source = serializers.CharField(  # type: ignore[assignment]  # a field by the name of DRF's own attribute
        max_length=120, default="", allow_blank=True, help_text="Where it comes from; a saved mapping is found by it"
    )


@asked_as(
    "Two companies",
    {
        "source": "crm",
        "rows": [{"Firm": "Acme Foods", "Web": "acme.example"}, {"Firm": "Globex", "Web": "globex.example"}],
    },
)
class ImportRowsSerializer(serializers.Serializer[Any]):
    """Rows as JSON: each an object of columns and their values."""

    name = serializers.CharField(max_length=200, default="api.jsonl")
    source = serializers.CharField(max_length=120, default="api", allow_blank=True)  # type: ignore[assignment]  # a field by the name of DRF's own attribute
    rows = serializers.ListField(child=serializers.DictField(), allow_empty=False, max_length=MOST_ROWS)


class ImportProgressSerializer(serializers.Serializer[Any]):
    """How far the step under way is, in rows."""

    stage = serializers.ChoiceField(choices=["parse", "preview", "commit"])
    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text="0 while it isn't known")


class ImportInListSerializer(serializers.ModelSerializer[Import]):
    """An import and how it ended; `error` says why a step failed."""

    owner = serializers.CharField(source="owner.username", default=None, allow_null=True)

    class Meta:
        model = Import
        fields = [
            "id",
            "name",
            "source",
            "format",
            "state",
            "error",
            "owner",
            "row_count",
            "created_count",
            "updated_count",
            "skipped_count",
            "refused_count",
            "created_at",
            "committed_at",
            "undone_at",
        ]


class ImportSerializer(ImportInListSerializer):
    """An import with its columns and what they mean."""

    headers = serializers.ListField(child=serializers.CharField())
    columns = serializers.DictField(child=serializers.CharField(allow_blank=True), help_text="{header: field}")
    constants = serializers.DictField(child=serializers.CharField(), help_text="{field: value}")
    undone_counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="Of an undone import: deleted, archived, restored, kept"
    )
    batch_id = serializers.IntegerField(allow_null=True, help_text="The step under way or done last: /batches/{id}")
    progress = serializers.SerializerMethodField()

    class Meta(ImportInListSerializer.Meta):
        fields = [
            *ImportInListSerializer.Meta.fields,
            "headers",
            "columns",
            "constants",
            "undone_counts",
            "batch_id",
            "progress",
        ]

    @extend_schema_field(ImportProgressSerializer(allow_null=True))
    def get_progress(self, run: Import) -> dict[str, Any] | None:
        progress = current(run.pk)
        return dict(ImportProgressSerializer(progress).data) if progress else None


@asked_as(
    "Two columns",
    {"columns": {"Firm": "name", "Web": "domain"}, "constants": {"country": "US"}, "save_for_source": True},
)
class MappingSerializer(serializers.Serializer[Any]):
    """Which column means what; `/imports/fields` lists the fields. Columns left out are only kept."""

    columns = serializers.DictField(child=serializers.CharField(allow_blank=True), help_text="{header: field}")
    constants = serializers.DictField(
        child=serializers.CharField(allow_blank=True), default=dict, help_text="{field: value for all rows}"
    )
    save_for_source = serializers.BooleanField(default=False, help_text="Guess this first for the same source")


class ImportFieldSerializer(serializers.Serializer[Any]):
    """A field that a column can be mapped to."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field by the name of DRF's own attribute


class ImportRowSerializer(serializers.ModelSerializer[ImportRow]):
    """A line of the file, and what becomes of it."""

    raw = serializers.ListField(child=serializers.CharField(allow_blank=True), help_text="Cells, as the headers")
    outcome = serializers.ChoiceField(choices=ImportRow.Outcome.choices, allow_blank=True)
    reason = serializers.CharField()
    prospect_id = serializers.IntegerField(allow_null=True)

    class Meta:
        model = ImportRow
        fields = ["id", "line", "raw", "outcome", "reason", "prospect_id"]


class PreviewSerializer(serializers.Serializer[Any]):
    """What a commit would do: the dry run over the whole file."""

    create = serializers.IntegerField()  # type: ignore[assignment]  # a field by the name of DRF's own attribute
    update = serializers.IntegerField()  # type: ignore[assignment]  # a field by the name of DRF's own attribute
    skip = serializers.IntegerField()
    refuse = serializers.IntegerField()
    reasons = serializers.DictField(child=serializers.IntegerField(), help_text="Why rows are refused, and how many")
    rows = ImportRowSerializer(many=True, help_text="The first lines of each outcome")


class UndoneSerializer(serializers.Serializer[Any]):
    """What undoing an import did to its prospects."""

    deleted = serializers.IntegerField()
    archived = serializers.IntegerField(help_text="Used by a run")
    restored = serializers.IntegerField(help_text="As they were before")
    kept = serializers.IntegerField(help_text="Changed since by a person or a later import")


def _progress(import_id: int) -> dict[str, Any] | None:
    progress = current(import_id)
    return asdict(progress) if progress else None


def _settled(field: str) -> Make:
    """Of a row's outcome; empty where it has none yet."""

    def make(prefix: str) -> Expression:
        return Coalesce(F(f"{prefix}settled__{field}"), Value(""), output_field=CharField())

    return make


IMPORT_IN_LIST = shape_like(ImportInListSerializer)
IMPORT = shape_like(ImportSerializer, progress=Computed(("stage", "done", "total"), _progress))
IMPORT_ROW = shape_like(
    ImportRowSerializer, outcome=_settled("outcome"), reason=_settled("reason"), prospect_id="settled__prospect_id"
)
