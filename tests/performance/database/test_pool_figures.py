"""How full a pool was between two samples, and its time-out, without a web process around it."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg_pool import PoolTimeout

from performance.database import pool as pools
from performance.database.engine.base import DatabaseWrapper, begin_connecting
from performance.database.figures import sample_pools
from performance.database.pool import Peak, Pool, ServerAway
from performance.metrics.tallies import taken


def made(url: str = settings.DATABASE_URL) -> Pool:
    return Pool(conninfo=url, min_size=1, max_size=2, timeout=0.3, kwargs={"autocommit": True, "connect_timeout": 1})


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = made()
    pool.open(wait=True)
    yield pool
    pool.close()


def test_the_peak_since_the_last_sample_is_told(pool: Pool) -> None:
    one, other = pool.getconn(), pool.getconn()
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(pool.getconn, timeout=0.2)
        assert isinstance(waiting.exception(), PoolTimeout)
    pool.putconn(one)

    assert pool.take_peak().utilisation == 1.5
    assert pool.take_peak() == Peak(0.5, 0)
    pool.putconn(other)
    pool.take_peak()
    assert pool.take_peak() == Peak(0.0, 0)


def test_a_process_that_starts_connects_before_anybody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = made()
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "pool", {"min_size": 1})
    monkeypatch.setattr(DatabaseWrapper, "_connection_pools", {"default": pool})

    begin_connecting()

    try:
        pool.wait(timeout=10)
        assert pool.get_stats()["pool_available"] == 1
    finally:
        pool.close()


def test_the_samples_are_measurements(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DatabaseWrapper, "_connection_pools", {"default": pool})
    pool.putconn(pool.getconn())
    list(taken())

    sample_pools()

    found = {each.name: tally for each, tally in taken()}
    assert (found["pool.utilisation"].high, found["pool.waiting"].high) == (0.5, 0.0)


def test_an_exhausted_pool_is_counted(pool: Pool) -> None:
    held = [pool.getconn(), pool.getconn()]
    list(taken())

    with pytest.raises(PoolTimeout):
        pool.getconn()

    assert [each.name for each, _ in taken()] == ["pool.exhausted"]
    for each in held:
        pool.putconn(each)


def test_the_connection_that_came_back_last_goes_out_first(pool: Pool) -> None:
    one, other = pool.getconn(), pool.getconn()
    pool.putconn(one)
    pool.putconn(other)

    assert pool.getconn() is other
    pool.putconn(other)


def test_broken_connections_are_replaced_while_one_waits(pool: Pool) -> None:
    one, other = pool.getconn(), pool.getconn()
    pids = [one.info.backend_pid, other.info.backend_pid]
    pool.putconn(one)
    pool.putconn(other)
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as operator:
        operator.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s::int[]) AS pid", [pids])

    found = pool.getconn(timeout=2)

    assert found.info.backend_pid not in pids
    pool.putconn(found)


def test_a_server_that_is_away_for_longer_is_waited_for_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "GRACE_S", 0.2)
    away = made("postgresql://nobody@127.0.0.1:1/nothing")
    away.open()

    with pytest.raises(ServerAway):
        away.getconn()
    with pytest.raises(ServerAway, match="can't be reached for"):
        away.getconn(timeout=60)
    away.close()


def test_a_frozen_server_is_given_up_by_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "CHECK_TIMEOUT_S", 0.2)
    frozen = psycopg.connect(settings.DATABASE_URL, autocommit=True)
    pools.check(frozen)
    os.kill(frozen.info.backend_pid, signal.SIGSTOP)
    try:
        with pytest.raises(ServerAway, match="doesn't answer"):
            pools.check(frozen)
    finally:
        os.kill(frozen.info.backend_pid, signal.SIGCONT)
        frozen.close()
