"""Fold a generated first migration: each model's fields, indexes and constraints into its creation.

Django creates models in the order of their names, and adds what refers to a later one, each index and each constraint
in an operation of its own. For each of these the state of all models is made anew, half of the time of a first
start. Here models are created after those they refer to, whole.

`fold_migrations.py FILE …`, from the project's directory.
"""

import importlib
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import django
from django.db import models
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.writer import MigrationWriter

Addition: TypeAlias = AddField | AddIndex | AddConstraint


def folded(operations: Sequence[Operation], *, app: str) -> list[Operation]:
    """The same tables by fewer operations. What refers in a circle is still added afterwards."""
    creations = {one.name_lower: one for one in operations if isinstance(one, CreateModel)}
    additions: defaultdict[str, list[Addition]] = defaultdict(list)
    rest: list[Operation] = []
    for one in operations:
        if isinstance(one, AddField | AddIndex | AddConstraint) and one.model_name_lower in creations:
            additions[one.model_name_lower].append(one)
        elif not isinstance(one, CreateModel):
            rest.append(one)
    made, late = _made(creations, additions, app=app)
    return [*made, *late, *rest]


def _made(
    creations: dict[str, CreateModel], additions: dict[str, list[Addition]], *, app: str
) -> tuple[list[Operation], list[Operation]]:
    """The creations, each after those it refers to, and what can't be folded into one."""
    wanted = {
        name: {other for field in _fields(one, additions[name]) for other in _referred(field, app)} & creations.keys()
        for name, one in creations.items()
    }
    made: list[Operation] = []
    late: list[Operation] = []
    left = dict(creations)
    while left:
        name = min(left, key=lambda each: len(wanted[each] & left.keys() - {each}))
        creation = left.pop(name)
        if wanted[name] & left.keys():
            late += additions[name]
        else:
            for one in additions[name]:
                _fold(creation, one)
        made.append(creation)
    return made, late


def _fields(creation: CreateModel, added: Sequence[Operation]) -> Iterator[models.Field]:
    yield from (field for _, field in creation.fields)
    yield from (one.field for one in added if isinstance(one, AddField))


def _referred(field: models.Field, app: str) -> Iterator[str]:
    """The models of the app that a field refers to, as names in lower case."""
    remote = field.remote_field
    for other in (remote.model, getattr(remote, "through", None)) if remote else ():
        label = other if isinstance(other, str) else other and other._meta.label
        if label and label.lower().startswith(f"{app}."):
            yield label.lower().partition(".")[2]
        elif label and "AUTH_USER" in label:
            yield "user"


def _fold(creation: CreateModel, one: Addition) -> None:
    if isinstance(one, AddField):
        creation.fields.append((one.name, one.field))
    elif isinstance(one, AddIndex):
        creation.options.setdefault("indexes", []).append(one.index)
    else:
        creation.options.setdefault("constraints", []).append(one.constraint)


def main(paths: Sequence[str]) -> None:
    django.setup()
    for path in map(Path, paths):
        module = importlib.import_module(".".join(path.with_suffix("").parts))
        migration: Migration = module.Migration(path.stem, path.parent.parent.name)
        migration.operations = folded(migration.operations, app=path.parent.parent.name)
        path.write_text(MigrationWriter(migration, include_header=False).as_string())


if __name__ == "__main__":
    main(sys.argv[1:])
