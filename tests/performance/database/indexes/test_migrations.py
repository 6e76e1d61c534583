"""The text of the migration: what it does to Django's state and to the server."""

from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, migrations

from performance.database.indexes.advice import Advice, Kind, Method, Severity
from performance.database.indexes.definitions import index_name
from performance.database.indexes.migration_text import migration_of
from performance.database.indexes.shapes import Candidate, Catalog, Index, Key, Name, Prices, Role, Table, Use
from tests.performance.database.indexes.conftest import NOW

BATCH = Name("public", "performance_batch")


def advice(kind: Kind = Kind.CREATE, *, candidate: Candidate | None = None, index: str = "") -> Advice:
    return Advice(
        kind=kind,
        table=candidate.table if candidate else BATCH,
        subject="",
        title="What is wrong",
        says="",
        action="",
        severity=Severity.LOW,
        method=Method.CATALOGUE,
        candidates=(candidate,) if candidate else (),
        index=index,
    )


def catalog(*indexes: Index) -> Catalog:
    return Catalog({BATCH: Table(BATCH, 1.0, 1, {}, indexes)}, [], Prices(), ["public"], NOW)


def loaded(text: str) -> type[migrations.Migration]:
    names: dict[str, Any] = {}
    exec(compile(text, "advised", "exec"), names)
    found: type[migrations.Migration] = names["Migration"]
    return found


@pytest.mark.parametrize(
    ("candidate", "definition"),
    [
        (Candidate(BATCH, (Key("owner_id", "owner_id"), Key("id", "id"))), "(owner_id, id)"),
        (
            Candidate(BATCH, (Key("state", "state"), Key("created_at", "created_at", True, True))),
            "(state, created_at DESC)",
        ),
        (Candidate(BATCH, (Key("lower(kind)"),)), "(lower((kind)::text))"),
        (Candidate(BATCH, (Key("id", "id"), Key("lower(kind)"))), "(id, lower((kind)::text))"),
        (
            Candidate(BATCH, (Key("id", "id"),), "finished_at IS NULL", (Use("finished_at", Role.NULL),), 0.01),
            "(id) WHERE (finished_at IS NULL)",
        ),
    ],
)
def test_of_a_model_that_django_knows(db: None, candidate: Candidate, definition: str) -> None:
    migration = loaded(migration_of(advice(candidate=candidate), catalog()))

    assert migration.atomic is False
    [operation] = migration.operations
    assert type(operation).__name__ == "AddIndexConcurrently"
    [(app, last)] = migration.dependencies
    assert (app, last[:4]) == ("performance", "0002")
    assert made(operation) == f"USING btree {definition}"
    assert operation.index.name == index_name(candidate)  # type: ignore[attr-defined]


def made(operation: Any) -> str:
    """What the server makes of the operation's index; without CONCURRENTLY, which a transaction doesn't allow."""
    model = apps.get_model("performance", operation.model_name)
    with connection.schema_editor() as editor:
        editor.add_index(model, operation.index)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [operation.index.name])
        return "USING" + str(cursor.fetchone()[0]).partition(" USING")[2]


def test_an_index_of_a_model_is_removed_by_its_name() -> None:
    text = migration_of(advice(Kind.UNUSED, index="batch_active"), catalog(Index("batch_active", BATCH, ())))

    [operation] = loaded(text).operations
    assert type(operation).__name__ == "RemoveIndexConcurrently"
    assert (operation.model_name, operation.name) == ("batch", "batch_active")  # type: ignore[attr-defined]


def test_what_django_has_no_words_for_is_sql() -> None:
    candidate = Candidate(BATCH, (Key("created_at", "created_at", True, False),))

    [operation] = loaded(migration_of(advice(candidate=candidate), catalog())).operations

    assert isinstance(operation, migrations.RunSQL)
    assert str(operation.sql).startswith("CREATE INDEX CONCURRENTLY performance_batch_created")
    assert str(operation.sql).endswith("ON public.performance_batch (created_at DESC NULLS LAST)")


def test_a_table_that_django_does_not_know_is_sql() -> None:
    table = Name("other", "Some table")
    candidate = Candidate(table, (Key('"order"', "order"),))

    [operation] = loaded(migration_of(advice(candidate=candidate), catalog())).operations

    assert str(operation.sql).endswith('ON other."Some table" ("order")')  # type: ignore[attr-defined]
    assert str(operation.reverse_sql).startswith("DROP INDEX CONCURRENTLY other.some_table_order")  # type: ignore[attr-defined]


def test_where_no_index_is_made_or_dropped_there_is_no_migration() -> None:
    assert migration_of(advice(Kind.N_PLUS_ONE), catalog()) == ""


def test_a_name_that_means_something_in_a_string_is_kept() -> None:
    named = Candidate(Name("public", 'a\\new"""one\\x'), (Key('"\\N"', "\\N"),))
    advised = replace(advice(candidate=named), title=f"{named.table} has no index")

    text = migration_of(advised, catalog())

    [operation] = loaded(text).operations
    assert isinstance(operation, migrations.RunSQL)
    assert 'ON public."a\\new""""""one\\x" ("\\N")' in str(operation.sql)
