"""Priorities as people say them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from performance.jobs.models import Priority

PRIORITY_NAMES = {"low": Priority.LOW, "normal": Priority.NORMAL, "high": Priority.HIGH, "urgent": Priority.URGENT}


def priority_of(asked: str | int) -> Priority:
    """low, normal, high, urgent; or 1-10, where 10 is the most urgent (1-3, 4-6, 7-8, 9-10). Raises ValueError."""
    if isinstance(asked, str) and asked in PRIORITY_NAMES:
        return PRIORITY_NAMES[asked]
    number = int(asked)
    if not 1 <= number <= 10:
        raise ValueError(asked)
    if number >= 9:
        return Priority.URGENT
    if number >= 7:
        return Priority.HIGH
    return Priority.NORMAL if number >= 4 else Priority.LOW


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "enum": ["low", "normal", "high", "urgent"]},
            {"type": "integer", "minimum": 1, "maximum": 10},
        ]
    }
)
class PriorityField(serializers.Field[Priority, Any, str, Any]):
    """A word or a number from 1 to 10."""

    def to_internal_value(self, data: Any) -> Priority:
        try:
            if not isinstance(data, str | int) or isinstance(data, bool):
                raise ValueError(data)
            return priority_of(data)
        except ValueError as error:
            raise serializers.ValidationError("It must be low, normal, high, urgent, or 1 to 10.") from error

    def to_representation(self, value: Priority) -> str:
        return Priority(value).name.lower()
