"""Paid calls through a network that delays, swallows, resets and cuts off: real sockets, a real server's charges."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from performance.jobs.kinds import Calls, ClaimedJob, Reply
from performance.jobs.models import Batch, Job, PaidCall
from tests.faults.kinds import URL, ask
from tests.performance.jobs.conftest import Scripted
from tests.performance.jobs.paying import request_for
from tests.servers.charging_server import charging_server
from tests.servers.tcp_proxy import TcpProxy

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[], None]
COST_MICROS = 100


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with charging_server(latency_s=0.05) as url:
        yield url


@pytest.fixture
def proxy(server: str, kind: Scripted, monkeypatch: pytest.MonkeyPatch) -> Iterator[TcpProxy]:
    """In front of the server, whose answers the jobs of `kind` buy."""
    control = urllib.request.Request(f"{server}/control", data=b'{"reset": true}')
    urllib.request.urlopen(control).close()
    parts = urlsplit(server)

    async def buy(job: ClaimedJob, calls: Calls) -> Reply:
        request = request_for(f"{job.batch_id}-{job.subject_id}", timeout_s=0.8)
        return await calls.once(request, lambda: ask(request.key))

    kind.does = buy
    with TcpProxy((parts.hostname or "", parts.port or 0)) as between:
        monkeypatch.setenv(URL, between.leading_to(server))
        yield between


def charges(server: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{server}/ledger") as response:
        return dict(json.load(response)["charges"])


def test_a_slow_network_costs_time_only(kind: Scripted, proxy: TcpProxy, work: Work, server: str) -> None:
    proxy.latency_s = 0.1
    batch = kind.submit(10)
    work()

    batch.refresh_from_db()
    assert (batch.succeeded, batch.spent_micros) == (10, 10 * COST_MICROS)
    assert set(charges(server).values()) == {1}
    assert not PaidCall.objects.filter(finished_at=None).exists()


def test_what_is_swallowed_is_parked_and_not_paid_for_again(
    kind: Scripted, proxy: TcpProxy, work: Work, server: str
) -> None:
    proxy.is_blackhole = True
    batch = kind.submit(5)
    work()

    batch.refresh_from_db()
    assert (batch.parked, batch.succeeded, batch.reserved_micros) == (5, 0, 0)
    assert set(Job.objects.values_list("error_code", flat=True)) == {"timeout"}
    assert charges(server) == {}


def test_an_answer_that_is_cut_off_is_parked_for_it_was_charged(
    kind: Scripted, proxy: TcpProxy, work: Work, server: str
) -> None:
    proxy.cut_after = 20
    batch = kind.submit(4, concurrency=1)
    work()

    batch.refresh_from_db()
    assert (batch.parked, batch.succeeded) == (1, 3)
    assert sorted(charges(server).values()) == [1, 1, 1, 1]
    assert Job.objects.get(state="parked").error_code == "cut_off"


def test_a_port_that_nobody_listens_at_was_never_sent_to(
    kind: Scripted, work: Work, monkeypatch: pytest.MonkeyPatch, proxy: TcpProxy
) -> None:
    monkeypatch.setenv(URL, "http://127.0.0.1:9")
    calls: list[int] = []
    buy = kind.does

    async def give_up_at_the_third(job: ClaimedJob, paid: Calls) -> Reply:
        calls.append(job.id)
        if len(calls) == 3:
            monkeypatch.setenv(URL, f"http://127.0.0.1:{proxy.port}")
        reply: Reply = await buy(job, paid)
        return reply

    kind.does = give_up_at_the_third
    batch: Batch = kind.submit(1)
    work()

    batch.refresh_from_db()
    assert (batch.succeeded, batch.parked, batch.spent_micros) == (1, 0, COST_MICROS)
