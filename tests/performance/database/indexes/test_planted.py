"""The advisor on a real workload with ten planted problems; by hypopg, too, where the server has it."""

from datetime import timedelta

import psycopg
import pytest
from django.utils import timezone

from performance.database.indexes.advice import Kind, Method
from performance.database.indexes.advising import Report, advise
from performance.database.indexes.asking import other_database
from performance.database.indexes.errors import DatabaseUnreachable, NoWorkload
from performance.database.indexes.hygiene import OBSERVED
from performance.database.indexes.planted import PLANTS, SCHEMA, judged

pytestmark = pytest.mark.django_db


def looked(url: str) -> Report:
    with other_database(url) as ask:
        return advise(ask, at=timezone.now() + OBSERVED + timedelta(minutes=1))


def test_all_ten_are_found_and_nothing_else_is_said(planted: str) -> None:
    report = looked(planted)

    found = judged(report.advice, SCHEMA)
    assert [name for name, is_found in found.found.items() if not is_found] == []
    assert [each.title for each in found.false] == []
    assert len(found.found) == len(PLANTS) == 10
    assert {each.method for each in report.advice if each.kind == Kind.CREATE} == {report.method}


def test_the_same_is_said_tomorrow(planted: str) -> None:
    one, other = looked(planted), looked(planted)

    assert [each.fingerprint for each in one.advice] == [each.fingerprint for each in other.advice]
    assert len({each.fingerprint for each in one.advice}) == len(one.advice)


def test_by_hypothetical_indexes_too(planted: str) -> None:
    """The planner's own price; what was made for it is gone at the end."""
    with psycopg.connect(planted, autocommit=True) as connection:
        there = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'hypopg'").fetchone()
        if not there:
            pytest.skip("this server has no hypopg")
        connection.execute("CREATE EXTENSION hypopg")
        try:
            report = looked(planted)
        finally:
            connection.execute("DROP EXTENSION hypopg")

    found = judged(report.advice, SCHEMA)
    assert report.method == Method.HYPOTHETICAL
    assert (sum(found.found.values()), found.false) == (10, [])
    assert {each.method for each in report.advice if each.kind == Kind.CREATE} == {Method.HYPOTHETICAL}


def test_what_is_advised_is_what_the_server_takes(planted: str) -> None:
    """Each statement of each migration, forwards and back."""
    sqls = [line.strip().rstrip(",") for each in looked(planted).advice for line in each.migration.splitlines()]
    statements = [str(eval(sql)) for sql in sqls if sql.startswith(("'CREATE", '"CREATE', "'DROP", '"DROP'))]

    with psycopg.connect(planted, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())

    assert len(statements) >= 14


def test_a_database_that_counts_no_statements_is_refused(planted: str) -> None:
    with psycopg.connect(planted, autocommit=True) as connection:
        connection.execute("DROP EXTENSION pg_stat_statements")
        try:
            with pytest.raises(NoWorkload, match="no pg_stat_statements"):
                looked(planted)
        finally:
            connection.execute("CREATE EXTENSION pg_stat_statements")


@pytest.mark.parametrize("url", ["postgresql://nobody:secret@127.0.0.1:1/x", "nonsense secret", "http://secret/"])
def test_an_address_that_leads_nowhere_is_told_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseUnreachable) as refused, other_database(url):
        pass

    assert "secret" not in str(refused.value)
