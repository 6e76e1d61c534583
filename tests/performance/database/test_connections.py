"""A real web process with two connections: what it answers when they are too few, and when PostgreSQL goes."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.performance.database.web.server import Answer, Web, running
from tests.stack import throwaway_cluster

POOL_WAIT_S = 3.0
# Longer than that, and shorter than the time-out of statements.
HELD_S = 3.8
STATEMENT_S = 4.5
# What a busy machine may add.
SLACK_S = 2.0


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    log = tmp_path_factory.mktemp("web") / "web.log"
    with throwaway_cluster() as cluster, running(cluster, log=log, DATABASE_POOL_SIZE="2") as web:
        yield web


def all_at_once(web: Web, *paths: str) -> list[Answer]:
    with ThreadPoolExecutor(len(paths)) as threads:
        return list(threads.map(web.get, paths))


def test_who_waits_too_long_for_a_connection_is_told_so_and_the_pool_recovers(web: Web) -> None:
    with ThreadPoolExecutor(5) as threads:
        slow = [threads.submit(web.get, f"/sleep?s={HELD_S}") for _ in range(2)]
        time.sleep(0.3)
        by_drf, by_view, page = threads.map(web.get, ["/api/v1/sleep?s=0", "/api/v1/plain-sleep?s=0", "/sleep?s=0"])
        assert [each.result().status for each in slow] == [200, 200]

    assert all(POOL_WAIT_S - 0.1 <= each.took_s < POOL_WAIT_S + SLACK_S for each in (by_drf, by_view, page))
    for answer in (by_drf, by_view):
        assert (answer.status, answer.headers["content-type"]) == (503, "application/problem+json")
        told = answer.json()
        assert told["code"] == "database_busy"
        assert told["detail"].startswith("All connections to the database are in use")
        assert (told["retry_after_s"], answer.headers["retry-after"]) == (2, "2")
    assert (page.status, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert page.headers["retry-after"] == "2"
    assert b"All connections to the database are in use" in page.content
    assert [each.status for each in all_at_once(web, *["/sleep?s=0.05"] * 12)] == [200] * 12


def test_what_needs_no_connection_is_answered_meanwhile(web: Web) -> None:
    with ThreadPoolExecutor(6) as threads:
        slow = [threads.submit(web.get, "/sleep?s=2") for _ in range(5)]
        time.sleep(0.3)
        answer = web.get("/cached")

        assert (answer.status, answer.took_s < 0.5) == (200, True)
        assert {each.result().status for each in slow} <= {200, 503}


@pytest.mark.parametrize("path", ["/api/v1/sleep?s=20", "/api/v1/plain-sleep?s=20"])
def test_a_statement_that_takes_too_long_is_stopped_and_says_so(web: Web, path: str) -> None:
    answer = web.get(path)

    assert (answer.status, answer.json()["code"]) == (504, "statement_timeout")
    assert "took too long" in answer.json()["detail"]
    assert STATEMENT_S - 0.1 <= answer.took_s < STATEMENT_S + SLACK_S
    assert web.get("/sleep?s=0").status == 200


def test_who_waits_for_a_lock_is_told_so(web: Web) -> None:
    with psycopg.connect(web.cluster.postgres.url) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(7)")
        answer = web.get("/lock")

    assert (answer.status, answer.headers["retry-after"]) == (503, "2")
    assert b"changing the same rows" in answer.content
    assert web.get("/lock").status == 200


def test_a_fault_of_ours_is_no_outage(web: Web) -> None:
    assert web.get("/wrong").status == 500


def test_connections_are_used_last_in_first_out_under_the_process_s_name(web: Web) -> None:
    all_at_once(web, "/sleep?s=0.2", "/sleep?s=0.2")

    seen = [web.get("/backend").json() for _ in range(6)]

    assert len({each["pid"] for each in seen}) == 1
    role, _, pid = seen[0]["name"].rpartition("-")
    assert (role, pid.isdecimal()) == ("assay-web", True)


def test_a_server_that_restarted_costs_no_request(web: Web) -> None:
    all_at_once(web, "/sleep?s=0.2", "/sleep?s=0.2")

    web.cluster.postgres.restart()
    answers = [web.get("/sleep?s=0") for _ in range(4)]

    assert [each.status for each in answers] == [200] * 4
    assert max(each.took_s for each in answers) < POOL_WAIT_S


def test_without_postgresql_requests_are_refused_soon_and_served_again_when_it_is_back(web: Web) -> None:
    web.cluster.postgres.kill_immediate()
    try:
        first = web.get("/api/v1/sleep?s=0")
        time.sleep(1.2)
        later = [
            web.get(path) for path in ("/api/v1/sleep?s=0", "/sleep?s=0", "/cached?ask_first", "/api/v1/x?ask_first")
        ]
        meanwhile = web.get("/cached")
    finally:
        web.cluster.postgres.start()
    began = time.monotonic()
    while (back := web.get("/sleep?s=0")).status != 200 and time.monotonic() - began < 10:
        time.sleep(0.05)
    recovered_s = time.monotonic() - began

    assert (first.status, first.json()["code"], first.headers["retry-after"]) == (503, "database_unavailable", "5")
    assert first.took_s < POOL_WAIT_S + SLACK_S
    assert [each.status for each in later] == [503] * 4
    assert later[-1].json()["code"] == "database_unavailable"
    assert max(each.took_s for each in later) < POOL_WAIT_S / 2
    assert meanwhile.status == 200
    assert (back.status, recovered_s < 3) == (200, True)
