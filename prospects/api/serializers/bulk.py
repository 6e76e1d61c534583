"""Shapes of bulk operations."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prospects.companies.bulk.results import BulkOutcome, RowOutcome

OPERATIONS = ("insert", "update", "upsert", "delete")
MOST_ROWS = 10_000


@extend_schema_field(
    {"type": "array", "items": {"type": "object"}, "minItems": 1, "maxItems": MOST_ROWS, "description": "See above"}
)
class RowsField(serializers.Field[Any, Any, Any, Any]):
    """A list of rows. What is in them is looked at row by row, each fault named by its row and field."""

    default_error_messages = {
        "not_a_list": "Expected a list of rows.",
        "empty": "There are no rows.",
        "too_many": "At most {most:,} rows a request; these are {number:,}.",
    }

    def to_internal_value(self, value: Any) -> list[Any]:
        if not isinstance(value, list):
            self.fail("not_a_list")
        if not value:
            self.fail("empty")
        if len(value) > MOST_ROWS:
            self.fail("too_many", most=MOST_ROWS, number=len(value))
        return value


class BulkSerializer(serializers.Serializer[Any]):
    """Many prospects at once. With `atomic` all rows are done or none; without, `errors` names those that weren't."""

    operation = serializers.ChoiceField(choices=OPERATIONS)
    rows = RowsField()
    atomic = serializers.BooleanField(default=True)
    source = serializers.CharField(  # type: ignore[assignment]  # a field by the name of DRF's own attribute
        max_length=120, default="api", help_text="Where new prospects come from; stands beside every value"
    )


class RowErrorSerializer(serializers.Serializer[Any]):
    """Why a row was refused."""

    row = serializers.IntegerField(help_text="Counted from 0, in the order sent")
    field = serializers.CharField(allow_blank=True, help_text="Empty where the whole row is meant")
    detail = serializers.CharField()
    pointer = serializers.CharField(help_text="JSON pointer into the body")


class RowNoteSerializer(serializers.Serializer[Any]):
    """What is to be said of a row that was done: what it changed, what was kept or left out."""

    row = serializers.IntegerField()
    detail = serializers.CharField()


class BulkOutcomeSerializer(serializers.Serializer[Any]):
    """`ids` and `outcomes` are in the order of the rows sent; the id of a refused row is null."""

    operation = serializers.ChoiceField(choices=OPERATIONS)
    ids = serializers.ListField(child=serializers.IntegerField(allow_null=True))
    outcomes = serializers.ListField(child=serializers.ChoiceField(choices=[one.value for one in RowOutcome]))
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    deleted = serializers.IntegerField()
    archived = serializers.IntegerField(help_text="Instead of deleted, since a run has used them")
    refused = serializers.IntegerField()
    # As an attribute, `errors` would hide the serializer's own of that name.
    notes = RowNoteSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {**super().get_fields(), "errors": RowErrorSerializer(many=True)}


def outcome_json(operation: str, outcome: BulkOutcome) -> dict[str, Any]:
    """As BulkOutcomeSerializer describes; made by hand, since thousands of rows through it take as long as the work."""
    return {
        "operation": operation,
        "ids": outcome.ids,
        "outcomes": outcome.outcomes,
        **{kind.value: outcome.count(kind) for kind in RowOutcome},
        "errors": [error.as_json() for error in outcome.errors],
        "notes": [{"row": row, "detail": detail} for row, detail in sorted(outcome.notes.items())],
    }
