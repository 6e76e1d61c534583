"""Rows that a request names."""

from typing import Any, TypeVar

from django.db.models import Model
from rest_framework import serializers

Named = TypeVar("Named", bound=Model)


class NamedField(serializers.SlugRelatedField[Named]):
    """A row by its name. PostgreSQL can't be asked for a text with a NUL, so nothing is called that."""

    def to_internal_value(self, data: Any) -> Named:
        if "\0" in str(data):
            self.fail("does_not_exist", slug_name=self.slug_field, value=data)
        return super().to_internal_value(data)
