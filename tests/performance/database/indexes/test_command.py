"""`manage.py advise_indexes`: on any database, for people and for programs."""

import json
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("advise_indexes", *arguments, stdout=out)
    return out.getvalue()


def test_another_database_is_advised_and_left_as_it_was(planted: str) -> None:
    with psycopg.connect(planted) as connection:
        before = connection.execute("SELECT count(*) FROM pg_indexes").fetchone()

    said = told("--url", planted)

    assert "planted.visit has no index on (session)" in said
    assert "| " in said
    assert "CREATE INDEX CONCURRENTLY visit_session" in said
    with psycopg.connect(planted) as connection:
        assert connection.execute("SELECT count(*) FROM pg_indexes").fetchone() == before


def test_programs_get_json(planted: str) -> None:
    found = json.loads(told("--url", planted, "--json"))

    [visit] = [each for each in found["recommendations"] if each["table"] == "planted.visit"]
    assert visit["kind"] == "create"
    assert visit["indexes"] == [{"keys": ["session"], "predicate": ""}]
    assert visit["statements"][0]["calls"] == 20
    assert found["method"] in {"heuristic", "hypothetical"}


def test_without_an_address_it_is_our_own(db: None) -> None:
    assert "statements" in told()


def test_what_can_not_be_reached_is_one_sentence() -> None:
    with pytest.raises(CommandError, match="can't be reached"):
        told("--url", "postgresql://nobody@127.0.0.1:1/x")


def test_a_user_who_may_not_see_statements_is_told_so(planted: str) -> None:
    with psycopg.connect(planted, autocommit=True) as connection:
        connection.execute("CREATE ROLE assay_curious LOGIN PASSWORD 'x'")
        try:
            with pytest.raises(CommandError, match="grant it pg_read_all_stats"):
                told("--url", planted.replace("//assay:", "//assay_curious:").replace("throwaway@", "x@"))
        finally:
            connection.execute("DROP ROLE assay_curious")
