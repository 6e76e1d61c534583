import logging

import pytest
from django.db import DatabaseError, connection
from psycopg import sql
from pytest_django import Settings
from rest_framework.test import APIClient

from performance.database.slow_queries import fingerprint, normalised, unwatched
from tests.factories import make_user

pytestmark = pytest.mark.django_db
SLOW = "SELECT pg_sleep(%s), 'a value'"


def run(*seconds: float) -> None:
    with connection.cursor() as cursor:
        for each in seconds:
            cursor.execute(SLOW, [each])


def test_a_statement_above_the_threshold_is_one_line(caplog: pytest.LogCaptureFixture, settings: Settings) -> None:
    settings.QUERY_SLOW_THRESHOLD = 50

    run(0.0, 0.06)

    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    message = caplog.records[0].getMessage()
    assert message.startswith("SLOW QUERY ms=")
    assert float(message.split("ms=")[1].split()[0]) >= 60
    line = f"tests/performance/database/test_slow_queries.py:{run.__code__.co_firstlineno + 3}"
    assert f"fingerprint={fingerprint(SLOW)} view=- line={line} sql=SELECT pg_sleep(%s), ?" in message
    assert "0.06" not in message
    assert "a value" not in message


def test_parameters_are_shown_in_development_only(caplog: pytest.LogCaptureFixture, settings: Settings) -> None:
    settings.QUERY_SLOW_THRESHOLD = 50
    settings.DEBUG = True

    run(0.06)

    assert caplog.records[0].getMessage().endswith("parameters=[0.06]")


def test_a_statement_that_fails_slowly_is_logged_too(caplog: pytest.LogCaptureFixture, settings: Settings) -> None:
    settings.QUERY_SLOW_THRESHOLD = 50

    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / (CASE WHEN pg_sleep(0.06) IS NULL THEN 1 ELSE 0 END)")

    assert len(caplog.records) == 1


def test_a_composed_statement_is_shown_as_it_is_sent(caplog: pytest.LogCaptureFixture, settings: Settings) -> None:
    settings.QUERY_SLOW_THRESHOLD = 0

    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT {} FROM {}").format("a value", sql.Identifier("prospects_company")))

    assert caplog.records[0].getMessage().endswith('sql=SELECT ? FROM "prospects_company"')


def test_what_is_done_once_is_no_workload(caplog: pytest.LogCaptureFixture, settings: Settings) -> None:
    settings.QUERY_SLOW_THRESHOLD = 0

    with unwatched(connection):
        run(0.0)
    assert caplog.records == []

    run(0.0)
    assert len(caplog.records) == 1


def test_the_line_names_the_view(caplog: pytest.LogCaptureFixture, settings: Settings) -> None:
    client = APIClient()
    client.force_login(make_user())
    settings.QUERY_SLOW_THRESHOLD = 0

    client.get("/api/v1/me")

    assert "view=api-me" in caplog.text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT a FROM t WHERE b = 1", "SELECT  a\nFROM t WHERE b = 27"),
        ("SELECT a FROM t WHERE b = 'x'", "SELECT a FROM t WHERE b = 'it''s'"),
        ("SELECT a FROM t WHERE b IN (%s, %s)", "SELECT a FROM t WHERE b IN (%s, %s, %s)"),
    ],
)
def test_the_same_query_has_the_same_fingerprint(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)
    assert fingerprint(one) == fingerprint(other)


def test_another_query_has_another() -> None:
    assert fingerprint("SELECT a FROM t1") != fingerprint("SELECT a FROM t2")
