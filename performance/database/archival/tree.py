"""A target's tables, and who points to their rows: read from the models, so that no new foreign key is forgotten."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from django.apps import apps
from django.db import connection, models
from django.db.models import Model

from performance.database.archival.registry import Archivable, target_named


def quoted(name: str) -> str:
    """An identifier as it stands in a statement."""
    return str(connection.ops.quote_name(name))


@dataclass(frozen=True, slots=True)
class Pointer:
    """A foreign key from elsewhere: `table`.`column` holds the primary key of one of our rows. `key` is its own."""

    table: str
    column: str
    key: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}"


@dataclass(frozen=True, slots=True)
class Branch:
    """A table of the tree. `via` is its column that holds the key of the `parent`th table's row; the target's own table
    has neither: -1 and "".

    `links` are set to null when a row goes, and back when it is restored; what else points to a row keeps it.
    """

    table: str
    model: type[Model]
    key: tuple[str, ...]
    parent: int
    via: str
    links: tuple[Pointer, ...]
    keepers: tuple[Pointer, ...]


@cache
def tree(target: str) -> Sequence[Branch]:
    """The target's own table, then its children's, each after its parent."""
    found = target_named(target)
    labels = ["", *(child.model for child in found.children)]
    wanted = [found.model_class, *(apps.get_model(child.model) for child in found.children)]
    inside = _inside(found)
    return [
        _branch(
            model,
            parent=-1 if place == 0 else labels.index(found.children[place - 1].of),
            via="" if place == 0 else _column(model, found.children[place - 1].via),
            inside=inside,
        )
        for place, model in enumerate(wanted)
    ]


def _branch(model: type[Model], *, parent: int, via: str, inside: set[tuple[type[Model], str]]) -> Branch:
    links: list[Pointer] = []
    keepers: list[Pointer] = []
    for pointer, is_loose in _pointers(model, inside=inside):
        (links if is_loose else keepers).append(pointer)
    return Branch(model._meta.db_table, model, key_of(model), parent, via, tuple(links), tuple(keepers))


def _pointers(model: type[Model], *, inside: set[tuple[type[Model], str]]) -> Iterator[tuple[Pointer, bool]]:
    """Each foreign key to the model that isn't one of the tree's own, and whether it is set to null."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        pointing = cast("type[Model]", relation.related_model)
        if pointing._meta.managed and (pointing, relation.field.name) not in inside:
            pointer = Pointer(pointing._meta.db_table, str(relation.field.column), key_of(pointing))
            yield pointer, relation.on_delete is models.SET_NULL


def _inside(target: Archivable) -> set[tuple[type[Model], str]]:
    return {(apps.get_model(child.model), name) for child in target.children for name in (child.via, *child.also)}


def _column(model: type[Model], field: str) -> str:
    found: Any = model._meta.get_field(field)
    return str(found.column)


def key_of(model: type[Model]) -> tuple[str, ...]:
    """The columns of the primary key."""
    return tuple(str(field.column) for field in model._meta.pk_fields)


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str


_COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""


def columns_of(table: str) -> Sequence[Column]:
    """As the database has them now; generated ones are made anew, and left out."""
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [quoted(table)])
        return [Column(name, kind) for name, kind in cursor.fetchall()]
