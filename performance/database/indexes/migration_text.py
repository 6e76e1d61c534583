"""The text of a Django migration that does what is advised: without locking the table, and so not in a transaction.

Where Django knows the table, as a change of its model's indexes; else as SQL.
"""

from collections.abc import Sequence
from pathlib import Path

from django.apps import apps
from django.db import models

from performance.database.indexes.advice import Advice, Kind
from performance.database.indexes.definitions import create_sql, index_name, qualified
from performance.database.indexes.identifiers import quoted
from performance.database.indexes.shapes import Candidate, Catalog, Index, Key, Name

_HEAD = '''"""{title}."""

{imports}


class Migration(migrations.Migration):
    # CONCURRENTLY can't be done inside a transaction.
    atomic = False

    dependencies = [("{app}", "{before}")]

    operations = [
{operations}
    ]
'''
_CONCURRENTLY = "from django.contrib.postgres.operations import {names}"
# Of Django's own functions, those that make the expressions that are advised.
_FUNCTIONS = {"lower": "Lower", "upper": "Upper", "md5": "MD5", "length": "Length", "abs": "Abs", "reverse": "Reverse"}


def migration_of(advice: Advice, catalog: Catalog) -> str:
    """Nothing where no index is to be made or dropped."""
    model = _model(advice.table)
    if advice.candidates:
        return _adding(advice, model=model)
    if advice.kind in {Kind.UNUSED, Kind.DUPLICATE, Kind.REDUNDANT}:
        index = next(each for each in catalog.tables[advice.table].indexes if each.name == advice.index)
        return _removing(advice, index, model=model)
    return ""


def _adding(advice: Advice, *, model: type[models.Model] | None) -> str:
    known = [_operation(candidate, model) if model else "" for candidate in advice.candidates]
    if model is None or not all(known):
        return _of_sql(advice, [_add_by_sql(each) for each in advice.candidates], model=model)
    text = "\n".join(known)
    imports = [_CONCURRENTLY.format(names="AddIndexConcurrently"), "from django.db import migrations, models"]
    if used := sorted(name for name in _FUNCTIONS.values() if f"{name}(" in text):
        imports.append(f"from django.db.models.functions import {', '.join(used)}")
    return _whole(advice, imports, text, model=model)


def _removing(advice: Advice, index: Index, *, model: type[models.Model] | None) -> str:
    if model is None or index.name not in {each.name for each in model._meta.indexes}:
        undone = index.definition.replace("CREATE INDEX ", "CREATE INDEX CONCURRENTLY ", 1)
        dropped = f"DROP INDEX CONCURRENTLY {quoted(index.table.schema)}.{quoted(index.name)}"
        return _of_sql(advice, [_run_sql(dropped, undone=undone)], model=model)
    operation = f'        RemoveIndexConcurrently(model_name="{model._meta.model_name}", name="{index.name}"),'
    imports = [_CONCURRENTLY.format(names="RemoveIndexConcurrently"), "from django.db import migrations"]
    return _whole(advice, imports, operation, model=model)


def _of_sql(advice: Advice, operations: Sequence[str], *, model: type[models.Model] | None) -> str:
    return _whole(advice, ["from django.db import migrations"], "\n".join(operations), model=model)


def _whole(advice: Advice, imports: Sequence[str], operations: str, *, model: type[models.Model] | None) -> str:
    app, before = ("<app>", "<its latest migration>") if model is None else (model._meta.app_label, _latest(model))
    # Names may hold what means something in a string.
    title = advice.title.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return _HEAD.format(title=title, imports="\n".join(imports), app=app, before=before, operations=operations)


def _latest(model: type[models.Model]) -> str:
    """The name of the app's last migration, by its number."""
    package = apps.get_app_config(model._meta.app_label).path
    return max(_migrations(package), default="<its latest migration>")


def _add_by_sql(candidate: Candidate) -> str:
    name = index_name(candidate)
    dropped = f"DROP INDEX CONCURRENTLY {qualified(Name(candidate.table.schema, name))}"
    return _run_sql(create_sql(candidate, name=name, is_concurrent=True), undone=dropped)


def _run_sql(sql: str, *, undone: str) -> str:
    return f"        migrations.RunSQL(\n            {sql!r},\n            {undone!r},\n        ),"


def _operation(candidate: Candidate, model: type[models.Model]) -> str:
    """Nothing where Django has no words for it."""
    columns = {field.column: field.name for field in model._meta.concrete_fields}
    keys = [_key(key, columns) for key in candidate.keys]
    condition = _condition(candidate, columns) if candidate.predicate else ""
    if not all(keys) or (candidate.predicate and not condition):
        return ""
    is_plain = all(key.startswith('"') for key in keys)
    of = f"fields=[{', '.join(keys)}]" if is_plain else ", ".join(_as_expression(key) for key in keys)
    where = f", condition={condition}" if condition else ""
    index = f'models.Index({of}, name="{index_name(candidate)}"{where})'
    lines = ["AddIndexConcurrently(", f'    model_name="{model._meta.model_name}",', f"    index={index},", "),"]
    return "\n".join(f"        {line}" for line in lines)


def _key(key: Key, columns: dict[str, str]) -> str:
    if key.column:
        if key.column not in columns or key.is_descending != key.is_nulls_first:
            return ""
        return f'"{"-" if key.is_descending else ""}{columns[key.column]}"'
    function, _, inside = key.text.partition("(")
    column = inside.rstrip(")").strip('"')
    return f'{_FUNCTIONS[function]}("{columns[column]}")' if function in _FUNCTIONS and column in columns else ""


def _as_expression(key: str) -> str:
    """Fields and functions can't stand in one index but as expressions."""
    if not key.startswith('"'):
        return key
    name = key.strip('"')
    return f'models.F("{name[1:]}").desc()' if name.startswith("-") else f'models.F("{name}")'


def _condition(candidate: Candidate, columns: dict[str, str]) -> str:
    (use,) = candidate.conditions
    name = columns.get(use.column, "")
    if not name:
        return ""
    if use.value:
        return f"models.Q({name}={use.value == 't'})"
    return f"models.Q({name}__isnull={candidate.predicate.endswith('IS NULL')})"


def _model(table: Name) -> type[models.Model] | None:
    if table.schema != "public":
        return None
    return next(
        (each for each in apps.get_models(include_auto_created=True) if each._meta.db_table == table.table), None
    )


def _migrations(package: str) -> list[str]:
    return [each.stem for each in Path(package, "migrations").glob("[0-9]*.py")]
