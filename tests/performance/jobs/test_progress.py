import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from performance.jobs.calls import call_key
from performance.jobs.errors import BatchNotFound
from performance.jobs.models import Batch
from performance.jobs.progress import eta, per_minute, progress
from performance.jobs.pump import Pump, publish_missing
from performance.jobs.wake import waiting
from performance.jobs.workers import PUMP, WORKER, beat, heartbeat, leave, live_pumps, live_workers
from tests.performance.jobs.conftest import Scripted
from tests.performance.jobs.paying import Till

Work = Callable[[], None]


def test_progress_tells_counts_money_and_time(kind: Scripted, work: Work) -> None:
    till = Till()
    kind.does = lambda job, calls: till.buy(str(job.subject_id), calls)
    batch = kind.submit(4)
    before = progress(batch.pk)
    work()
    after = progress(batch.pk)

    assert (before.state, before.total, before.ready, before.leased, before.done) == ("running", 4, 4, 0, 0)
    assert (before.per_minute, before.eta_s, before.elapsed_s) == (0.0, None, 0.0)
    assert (after.state, after.succeeded, after.done, after.ready, after.eta_s) == ("finished", 4, 4, 0, 0.0)
    assert (after.calls, after.spent_micros, after.reserved_micros, after.budget_micros) == (4, 320, 0, 1_000_000)
    assert after.per_minute > 0
    assert after.elapsed_s > 0


def test_progress_of_no_batch(db: None) -> None:
    with pytest.raises(BatchNotFound):
        progress(1)


@pytest.mark.parametrize(("lately", "elapsed_s", "speed"), [(0, 0.0, 0.0), (10, 30.0, 20.0), (600, 3600.0, 600.0)])
def test_speed_is_that_of_the_last_minute(lately: int, elapsed_s: float, speed: float) -> None:
    assert per_minute(lately, elapsed_s=elapsed_s) == speed


@pytest.mark.parametrize(("rest", "speed", "left"), [(0, 0.0, 0.0), (10, 0.0, None), (10, 60.0, 10.0)])
def test_the_time_left_follows_from_the_speed(rest: int, speed: float, left: float | None) -> None:
    assert eta(rest, per_minute=speed) == left


def test_workers_are_live_by_the_databases_clock(db: None) -> None:
    worker, pump = heartbeat(WORKER, queues=["imports"]), heartbeat(PUMP, queues=[])
    beat(worker)
    beat(worker, in_flight=3)
    beat(pump)

    assert [live.in_flight for live in live_workers(queue="imports")] == [3]
    assert live_workers(queue="reports") == []
    assert len(live_pumps()) == 1
    leave(worker)
    assert live_workers() == []


def test_the_pump_publishes_for_free_slots_what_the_broker_lacks(kind: Scripted, transactional_db: None) -> None:
    batch = kind.submit(600, concurrency=600)
    published_at_submit = waiting(kind.queue)

    assert publish_missing() == 0
    Batch.objects.filter(pk=batch.pk).update(state="paused")
    assert publish_missing() == 0

    assert published_at_submit >= 2


def test_of_two_pumps_one_leads(kind: Scripted, transactional_db: None) -> None:
    first, second = Pump(), Pump()
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        one.submit(first.tick).result()
        other.submit(second.tick).result()

        assert (first.is_leader, second.is_leader) == (True, False)
        one.submit(first._end).result()
        # The server frees the lock when it has seen that the first one's connection is gone.
        until = time.monotonic() + 30
        while not second.is_leader and time.monotonic() < until:
            other.submit(second.tick).result()
        assert second.is_leader
        other.submit(second._end).result()


def test_the_same_request_has_the_same_key_and_any_other_another() -> None:
    request = {"endpoint": "e", "model": "m", "parameters": {"a": 1, "b": 2}, "messages": [{"r": "u"}], "schema": None}
    reordered = request | {"parameters": {"b": 2, "a": 1}}

    assert call_key(**request) == call_key(**reordered)  # type: ignore[arg-type]
    assert len({call_key(**request | {"model": "n"}), call_key(**request), call_key(**request, repeat=1)}) == 3  # type: ignore[arg-type]
