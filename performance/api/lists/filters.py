"""What a list can be narrowed to: django-filter's filters, asked one by one."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError as Unreadable
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError

# A bigint of PostgreSQL ends here.
MAX_ID = 2**63 - 1


class IdFilter(django_filters.NumberFilter):
    """An id: a whole number that a bigint holds."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=MAX_ID, **kwargs)


class Filters(django_filters.FilterSet):
    """A declared set of filters. What is empty narrows nothing.

    django-filter makes a form of all filters for each request, which takes as long as the list itself; here a filter
    that isn't asked for costs nothing.
    """

    @classmethod
    def read(cls, query: Mapping[str, str]) -> dict[str, Any]:
        """What is asked for, checked. Raises ValidationError, which names each filter at fault."""
        asked: dict[str, Any] = {}
        faults: dict[str, list[str]] = {}
        for name, each in cls.filters().items():
            if query.get(name):
                try:
                    asked[name] = each.field.clean(query[name])
                except Unreadable as error:
                    faults[name] = error.messages
        if faults:
            raise ValidationError(faults)
        return asked

    @classmethod
    def narrowed(cls, queryset: QuerySet[Any], asked: Mapping[str, Any]) -> QuerySet[Any]:
        """The queryset's rows that are asked for, by what `read` returned."""
        filters = cls.filters()
        for name, value in asked.items():
            queryset = filters[name].filter(queryset, value)
        return queryset

    @classmethod
    def filters(cls) -> dict[str, Any]:
        declared: dict[str, Any] = cls.base_filters  # type: ignore[attr-defined]  # made by its metaclass
        return declared
