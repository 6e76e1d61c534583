"""N+1: one line of ours that sends the same question once for each row, within one request or task.

Only questions for the rows of one value count (`WHERE table.column = …`), or those that a relation of a model asks: a
loop over chunks or pages repeats itself on purpose. The key is django-zeal's: model, field and line.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from types import FrameType
from typing import Any

from django.apps import apps
from django.db.models import Field, QuerySet

from performance.database.statements.callers import frames_of_others
from performance.metrics import Series, observe

METRIC = "sql.repeats"
# As often within one request or task.
THRESHOLD = 10
_ONE_VALUE = re.compile(
    r'SELECT\b.* FROM "(?P<table>\w+)"(?: (?:INNER|LEFT OUTER) JOIN .*)? WHERE \(*"\w+"\."(?P<column>\w+)" = %s',
    re.DOTALL,
)
_DESCRIPTORS = ("/django/db/models/fields/related_descriptors.py", "/django/db/models/query_utils.py")
_QUERIES = "/django/db/models/query.py"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose rows are asked for one by one, and by what."""

    model: str
    name: str


class Repeats:
    """Statements of one request or task, each counted by its series: that is the same statement of the same line."""

    __slots__ = ("_counts", "_found")

    def __init__(self) -> None:
        self._counts: dict[Series, int] = {}
        self._found: dict[Series, Asked] = {}

    def add(self, series: Series, sql: str) -> None:
        """A statement that was sent."""
        count = self._counts.get(series, 0) + 1
        self._counts[series] = count
        if count == THRESHOLD and (field := _asked_for(sql)):
            self._found[series] = field

    def tell(self) -> None:
        """It is over: how often each was repeated is measured."""
        for series, field in self._found.items():
            labels = dict(series.labels)
            told = {name: labels.get(name, "") for name in ("shape", "fingerprint", "view", "line")}
            observe(METRIC, {**told, "model": field.model, "field": field.name}, float(self._counts[series]))


def _asked_for(sql: str) -> Asked | None:
    """What the relation in the stack is, or else what the statement says; None where it is no question of that kind."""
    if not sql.startswith("SELECT"):
        return None
    for frame in frames_of_others():
        if found := _of_relation(frame):
            return found
    return _of_statement(sql)


def _of_relation(frame: FrameType) -> Asked | None:
    file, name = frame.f_code.co_filename, frame.f_code.co_name
    if name == "__get__" and file.endswith(_DESCRIPTORS):
        return _of_descriptor(frame.f_locals.get("self"))
    if name == "_fetch_all" and file.endswith(_QUERIES):
        return _of_manager(frame.f_locals.get("self"))
    return None


def _of_descriptor(descriptor: Any) -> Asked | None:
    """A foreign key, the other side of a one-to-one, or a field that was deferred."""
    field = getattr(descriptor, "field", None)
    if related := getattr(descriptor, "related", None):
        return Asked(related.model._meta.label, related.get_accessor_name() or related.name)
    return Asked(field.model._meta.label, field.name) if isinstance(field, Field) else None


def _of_manager(queryset: Any) -> Asked | None:
    """`row.children.all()`: the rows that name this one."""
    if not isinstance(queryset, QuerySet):
        return None
    for field in getattr(queryset, "_known_related_objects", {}):
        relation = field.remote_field
        return Asked(relation.model._meta.label, str(relation.get_accessor_name() or field.name))
    return None


@lru_cache(maxsize=512)
def _of_statement(sql: str) -> Asked | None:
    match = _ONE_VALUE.match(sql[:8000])
    if match is None:
        return None
    table, column = match["table"], match["column"]
    model = _models().get(table)
    if model is None:
        return Asked(table, column)
    names = {field.column: field.name for field in model._meta.concrete_fields}
    return Asked(model._meta.label, str(names.get(column) or column))


@cache
def _models() -> dict[str, Any]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
