"""A runner whose connections to PostgreSQL are cut or stall: what it paid for is stored, once. And a lost broker."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from django.db import connection, connections

from performance.jobs import wake
from performance.jobs.kinds import Calls, ClaimedJob, Reply
from performance.jobs.models import Job
from tests.performance.jobs.conftest import Scripted
from tests.performance.jobs.paying import Till
from tests.servers.tcp_proxy import TcpProxy

Work = Callable[[], None]
JOBS = 30


@pytest.fixture
def proxy(transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[TcpProxy]:
    """Between PostgreSQL and every connection that is opened from now on; this thread's own stays."""
    settings.JOB_SPILL_DIRECTORY = tmp_path
    connection.ensure_connection()
    address: dict[str, Any] = connections.settings["default"]
    with TcpProxy((address["HOST"], int(address["PORT"]))) as between, monkeypatch.context() as patch:
        patch.setitem(address, "HOST", "127.0.0.1")
        patch.setitem(address, "PORT", between.port)
        yield between


def spoiled_at(subject_id: int, spoil: Callable[[], None], *, till: Till) -> Callable[[ClaimedJob, Calls], Any]:
    async def run(job: ClaimedJob, calls: Calls) -> Reply:
        if job.subject_id == subject_id:
            await asyncio.to_thread(spoil)
        return await till.buy(str(job.subject_id), calls)

    return run


def assert_all_paid_once(kind: Scripted, till: Till, batch: Any) -> None:
    batch.refresh_from_db()
    assert (batch.succeeded, batch.parked, batch.state) == (JOBS, 0, "finished")
    assert (set(till.charges.values()), till.charges.total()) == ({1}, JOBS)
    assert (batch.spent_micros, batch.reserved_micros) == (JOBS * till.price, 0)
    # In Python `store` may be called again for a transaction that was cut off; the counts above are the database's.
    assert {finished.job.subject_id for finished in kind.stored} == set(range(1, JOBS + 1))


@pytest.mark.timeout(60)
def test_cut_connections_to_the_database_cost_nothing(kind: Scripted, proxy: TcpProxy, work: Work) -> None:
    till = Till(takes_s=0.1)
    kind.does = spoiled_at(12, proxy.reset, till=till)
    batch = kind.submit(JOBS, concurrency=5)
    work()

    assert proxy.resets > 0
    assert_all_paid_once(kind, till, batch)


@pytest.mark.timeout(60)
def test_a_slow_network_to_the_database_costs_time_only(kind: Scripted, proxy: TcpProxy, work: Work) -> None:
    def slow() -> None:
        proxy.latency_s = 0.02

    till = Till(takes_s=0.1)
    kind.does = spoiled_at(5, slow, till=till)
    batch = kind.submit(JOBS, concurrency=5)
    work()

    assert_all_paid_once(kind, till, batch)


@pytest.mark.timeout(60)
def test_a_database_that_is_silent_for_a_while_is_waited_for(kind: Scripted, proxy: TcpProxy, work: Work) -> None:
    async def silence(job: ClaimedJob, calls: Calls) -> Reply:
        if job.subject_id == 12:
            proxy.is_blackhole = True
            asyncio.get_running_loop().call_later(1.0, proxy.heal)
        return await till.buy(str(job.subject_id), calls)

    till = Till(takes_s=0.1)
    kind.does = silence
    batch = kind.submit(JOBS, concurrency=5)
    work()

    assert_all_paid_once(kind, till, batch)
    assert not Job.objects.exclude(state="succeeded").exists()


def test_a_silent_broker_is_told_within_seconds(settings: Any, request: pytest.FixtureRequest) -> None:
    parts = urlsplit(settings.CELERY_BROKER_URL)
    with TcpProxy((parts.hostname or "", parts.port or 0)) as between:
        settings.CELERY_BROKER_URL = between.leading_to(settings.CELERY_BROKER_URL)
        wake._broker.cache_clear()
        request.addfinalizer(wake._broker.cache_clear)
        assert wake.waiting("nobody-publishes-here") == 0

        between.is_blackhole = True
        with pytest.raises(redis.RedisError):
            wake.waiting("nobody-publishes-here")
        between.heal()

        assert wake.waiting("nobody-publishes-here") == 0
