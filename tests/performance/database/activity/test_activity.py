"""Sessions, locks and pools as they are, on a real server; and what is made of them."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import psycopg
import pytest
from django.conf import settings as config
from django.db import connection
from rest_framework.test import APIClient

from performance.audit.models import AuditEntry
from performance.audit.services import COMMAND
from performance.console.shapes import Level
from performance.database.activity import pools, sessions
from performance.database.activity.errors import SessionGone, SessionNotOurs
from performance.database.activity.health import health
from performance.database.activity.pools import PoolFigures
from performance.database.activity.services import How, stop
from performance.database.activity.sessions import Connections, Session
from performance.database.activity.trees import trees
from performance.database.engine.base import DatabaseWrapper
from performance.database.figures import sample_pools
from performance.database.pool import Peak, Pool
from tests.factories import make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
URL = "/api/v1/performance/database"
LOCK = 7_403


@pytest.fixture
def operator() -> APIClient:
    client = APIClient()
    client.force_login(make_user(permissions=["performance.view_metricbucket"]))
    return client


@contextmanager
def session(name: str) -> Iterator[psycopg.Connection[Any]]:
    """Another session of the tests' database."""
    with psycopg.connect(
        config.DATABASE_URL, dbname=connection.settings_dict["NAME"], application_name=name, autocommit=True
    ) as made:
        yield made


@contextmanager
def waiting(name: str) -> Iterator[int]:
    """A session that waits for the lock LOCK, by its pid."""
    with session(name) as made:

        def wait() -> None:
            try:
                made.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            except psycopg.Error:
                return

        thread = Thread(target=wait)
        thread.start()
        try:
            _until(lambda: any(each.blocked_by for each in _named(name)))
            yield made.info.backend_pid
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_cancel_backend(%s)", [made.info.backend_pid])
            thread.join()


def _until(condition: Any) -> None:
    deadline = datetime.now(UTC) + timedelta(seconds=10)
    while not condition():
        assert datetime.now(UTC) < deadline


def _named(*names: str) -> list[Session]:
    with connection.cursor() as cursor:
        # A test is one transaction, in which all looks would see what the first saw.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
    return [each for each in sessions.sessions() if each.application in names]


def test_who_holds_up_whom_is_a_tree() -> None:
    with session("holder") as holder:
        holder.execute("SELECT pg_advisory_lock(%s), 'a secret'", [LOCK])
        with waiting("one") as one, waiting("other") as other:
            found = trees(_named("holder", "one", "other"))

            (root,) = found
            assert (root.pid, root.blocked) == (holder.info.backend_pid, 2)
            assert [(each.pid, depth) for each, depth in root.walk()] == [(root.pid, 0), (one, 1), (other, 1)]
            assert 0 < root.longest_s < 10
            assert root.session is not None
            assert root.session.state == "idle"
            assert "secret" not in root.session.statement
            waiter = root.waiters[0].session
            assert waiter is not None
            assert (waiter.lock_mode, waiter.lock_on) == ("ExclusiveLock", "advisory")


def make_session(pid: int, *blocked_by: int, waiting_s: float = 1.0) -> Session:
    return Session(
        pid, AT, "", True, "", "", "active", "Lock" if blocked_by else "", "", 1.0, 1.0, 1.0, "", blocked_by, "", "",
        waiting_s if blocked_by else None,
    )  # fmt: skip


def test_a_queue_of_fifty_is_a_tree_of_fifty() -> None:
    """Each waits for all before it: as a tree of all its ways it would have 2⁵⁰ leaves."""
    queue = [make_session(1), *(make_session(pid, *range(1, pid)) for pid in range(2, 51))]

    (root,) = trees(queue)

    assert (root.blocked, len(root.waiters)) == (49, 49)


def test_a_circle_a_prepared_transaction_and_two_blockers_of_one_are_told() -> None:
    found = trees(
        [
            make_session(1, 2),
            make_session(2, 1),
            make_session(5, 0, waiting_s=9.0),
            make_session(8, 6, 7),
            make_session(6),
        ]
    )

    told = {each.pid: (each.blocked, [below.pid for below in each.waiters]) for each in found}
    assert told == {0: (1, [5]), 1: (1, [2]), 6: (1, [8]), 7: (1, [])}
    assert found[0].pid == 0
    assert found[0].session is None


def test_a_session_is_stopped_only_if_it_is_the_one_that_was_seen() -> None:
    with session("idler") as idler:
        idler.execute("SELECT 'a secret'")
        (seen,) = _named("idler")
        assert seen.started_at is not None

        with pytest.raises(SessionGone):
            stop(seen.pid, seen.started_at - timedelta(microseconds=1), how=How.END, by=COMMAND)
        assert _named("idler")
        stop(seen.pid, seen.started_at, how=How.END, by=COMMAND)
        _until(lambda: not _named("idler"))

        with pytest.raises(SessionGone):
            stop(seen.pid, seen.started_at, how=How.END, by=COMMAND)
    rows = AuditEntry.objects.order_by("pk").values_list("action", "outcome", "details")
    assert [row[:2] for row in rows] == [
        ("session.end", "refused"),
        ("session.end", "done"),
        ("session.end", "refused"),
    ]
    assert rows[1][2] == {"application": "idler", "role": "assay", "statement": "SELECT ?"}


def test_a_statement_is_cancelled_and_its_session_stays() -> None:
    with session("holder") as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        with waiting("waiter"):
            (seen,) = _named("waiter")
            assert seen.started_at is not None

            stop(seen.pid, seen.started_at, how=How.CANCEL, by=COMMAND)

            _until(lambda: _named("waiter")[0].state == "idle")


def test_nobody_ends_the_session_that_asks() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()")
        pid, started_at = cursor.fetchone()

    with pytest.raises(SessionGone):
        stop(pid, started_at, how=How.END, by=COMMAND)


def _count_alike(role: str) -> bool:
    """Whether `role` and we count as many connections; asked until none came or went meanwhile, as others' tests do.

    Who is still signing in belongs to no database yet, and only its owner is told of it.
    """
    signing_in = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND datid IS NULL"
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {role}")
            seen = sessions.connections().used
            cursor.execute("RESET ROLE")
            cursor.execute(signing_in)
            unseen = cursor.fetchone()[0]
        if seen + unseen == sessions.connections().used:
            return True
        time.sleep(0.05)
    return False


def test_another_roles_session_can_not_be_seen_into_nor_ended() -> None:
    with session("others") as other:
        other.execute("SELECT 'a secret'")
        (known,) = _named("others")
        assert known.started_at is not None
        with connection.cursor() as cursor:
            cursor.execute("CREATE ROLE scratch_reader")
            cursor.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO scratch_reader")
            cursor.execute("GRANT INSERT, UPDATE ON performance_auditentry TO scratch_reader")
            cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO scratch_reader")
            cursor.execute("SET LOCAL ROLE scratch_reader")

        (seen,) = _named("others")

        assert (seen.is_hidden, seen.state, seen.statement) == (True, "", "")
        with pytest.raises(SessionGone):
            stop(known.pid, known.started_at, how=How.END, by=COMMAND)
        assert sessions.prepared() == []
        assert sessions.slots() == []
        assert _count_alike("scratch_reader")
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute("GRANT pg_read_all_stats TO scratch_reader")
            cursor.execute("SET LOCAL ROLE scratch_reader")
        with pytest.raises(SessionNotOurs):
            stop(known.pid, known.started_at, how=How.END, by=COMMAND)
    assert [entry.outcome for entry in AuditEntry.objects.all()] == ["refused", "refused"]


def test_an_open_transaction_that_does_nothing_is_told() -> None:
    with session("sleeper") as sleeper:
        sleeper.execute("BEGIN")
        sleeper.execute("SELECT 1")

        (seen,) = _named("sleeper")

        assert seen.is_idle_in_transaction
        assert seen.transaction_s is not None


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    made = Pool(conninfo=config.DATABASE_URL, min_size=1, max_size=4, timeout=1, kwargs={"autocommit": True})
    made.open(wait=True)
    monkeypatch.setattr(DatabaseWrapper, "_connection_pools", {"default": made})
    monkeypatch.setattr(pools, "KEYS", f"test-pools-{os.getpid()}")
    yield made
    made.close()


def test_a_process_tells_of_its_pool_and_is_forgotten_when_it_is_gone(
    pool: Pool, operator: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = pool.getconn()
    sample_pools()

    found = operator.get(f"{URL}/connection-pool").json()

    (process,) = found["processes"]
    assert process["pid"] == os.getpid()
    assert (process["max_size"], process["in_use"], process["utilisation"]) == (4, 1, 0.25)
    assert {name: found["pools"][name] for name in ("processes", "max_size", "requests", "waiting")} == {
        "processes": 1, "max_size": 4, "requests": 1, "waiting": 0,
    }  # fmt: skip
    assert found["connections"]["used"] >= 2
    assert 0 < found["connections"]["share"] < 1
    pool.putconn(taken)
    pools.pinned().call("DEL", pools.KEY.format(f"{process['host']}:{process['pid']}"))
    assert pools.published() == []
    assert pools.pinned().call("SMEMBERS", pools.KEYS) == []


def test_pools_of_another_release_are_left_out(pool: Pool) -> None:
    pools.pinned().call("SADD", pools.KEYS, "elsewhere:1")
    pools.pinned().call("SET", pools.KEY.format("elsewhere:1"), b'{"pid": 1}', "EX", 5)

    assert pools.published() == []


def make_pool(**fields: Any) -> PoolFigures:
    stats = {"pool_max": 20, "pool_size": 5, "pool_available": 3}
    made = pools.figures(stats, Peak(fields.pop("utilisation", 0.1), fields.pop("waiting", 0)))
    assert made.in_use == 2
    return made


@pytest.mark.parametrize(
    ("found", "used", "level", "says"),
    [
        ([], 5, Level.EXCELLENT, "No process of the web is running."),
        ([{}], 5, Level.EXCELLENT, "The fullest pool uses 10%"),
        ([{}, {"utilisation": 0.85}], 5, Level.FAIR, "The fullest pool uses 85%"),
        ([{"utilisation": 1.05, "waiting": 1}], 5, Level.POOR, "1 wait for a connection"),
        ([{"utilisation": 2.0, "waiting": 20}], 5, Level.CRITICAL, "20 wait for a connection"),
        ([{}], 96, Level.CRITICAL, "96 of the server's 100 connections"),
        (None, 5, Level.EXCELLENT, "5 of the server's 100 connections"),
    ],
)
def test_the_worst_is_what_is_said(found: list[dict[str, Any]] | None, used: int, level: Level, says: str) -> None:
    told = health(None if found is None else [make_pool(**each) for each in found], Connections(used, 100, 3))

    assert told.level == level
    assert told.says.startswith(says)


def test_the_answer_has_sessions_and_trees(operator: APIClient) -> None:
    with session("holder") as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        pid = holder.info.backend_pid
        with waiting("waiter") as waiter:
            found = operator.get(f"{URL}/activity").json()

    mine = [each for each in found["blocking"] if each["pid"] in (waiter, pid)]
    assert [(each["pid"], each["depth"], each["blocked"]) for each in mine] == [
        (pid, 0, 1), (waiter, 1, 0),
    ]  # fmt: skip
    assert {"holder", "waiter"} <= {each["application"] for each in found["sessions"]}
    assert found["prepared"] == []
