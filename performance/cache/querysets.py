"""`.cached(ttl_s, tags=…)` for querysets."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import models
from django.db.models.query import ModelIterable

from performance.cache.entries import fetch
from performance.cache.filling import Fresh
from performance.cache.keys import digest


class CachedRows(models.QuerySet[Any]):
    """Put it before `models.QuerySet` among the bases of a model's own queryset."""

    def cached(self, ttl_s: float | None = None, *, tags: Collection[str]) -> list[Any]:
        """The rows as a list, from the cache where somebody has asked the same: rows of `values()`, `values_list()`,
        or of the model itself, with its annotations.

        Related rows aren't kept along: raises ValueError after `select_related` and `prefetch_related`.
        """
        sql, parameters = self.query.sql_with_params()
        key = f"rows.{self.model._meta.label_lower}:{digest([sql, repr(parameters), self._iterable_class.__name__])}"
        if self._iterable_class is not ModelIterable:
            return list(fetch(key, tags=tags, ttl_s=ttl_s, compute=lambda: Fresh(list(self.all()))).value)
        if self.query.select_related or self._has_prefetches():
            raise ValueError("Related rows can't be cached along: use values(), or cache them by themselves.")
        names = self._field_names()
        extra = list(self.query.annotation_select)
        found = fetch(key, tags=tags, ttl_s=ttl_s, compute=lambda: Fresh(_as_plain(self.all(), [*names, *extra])))
        return [self._row(values, names, extra) for values in found.value]

    def _has_prefetches(self) -> bool:
        return bool(vars(self)["_prefetch_related_lookups"])

    def _field_names(self) -> list[str]:
        deferred, is_deferring = self.query.deferred_loading
        fields = [
            field
            for field in self.model._meta.concrete_fields
            if field.primary_key or _is_loaded(field, deferred, is_deferring)
        ]
        return [field.attname for field in fields]

    def _row(self, values: Sequence[Any], names: Sequence[str], extra: Sequence[str]) -> models.Model:
        row: models.Model = self.model.from_db(self.db, names, values[: len(names)])
        for name, value in zip(extra, values[len(names) :], strict=True):
            setattr(row, name, value)
        return row


def _is_loaded(field: Any, deferred: Collection[str], is_deferring: bool) -> bool:
    named = field.name in deferred or field.attname in deferred
    return not named if is_deferring else named


def _as_plain(rows: models.QuerySet[Any], names: Sequence[str]) -> list[list[Any]]:
    return [[getattr(row, name) for name in names] for row in rows]
