import asyncio
import itertools
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psutil
import pytest
from django.db import connection

from performance.jobs import workers
from performance.jobs.kinds import Calls, ClaimedJob, Reply
from performance.jobs.models import Batch, Job, PaidCall, Priority, RunnerSlot, Worker
from tests.performance.jobs.conftest import Scripted
from tests.performance.jobs.paying import Till, request_for

Work = Callable[[], None]


class Gauge:
    """How many are under way at once, at most."""

    def __init__(self) -> None:
        self.now = 0
        self.most = 0

    async def run(self, job: ClaimedJob, calls: Calls) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.02)
        self.now -= 1


def test_a_batch_keeps_to_its_concurrency_and_leaves_nothing_behind(kind: Scripted, work: Work) -> None:
    gauge = Gauge()
    kind.does = gauge.run
    batch = kind.submit(100, concurrency=7)
    work()

    batch.refresh_from_db()
    assert (gauge.most, batch.succeeded, batch.state) == (7, 100, "finished")
    assert batch.finished_at is not None
    assert batch.peak_memory_mb > 0
    assert not RunnerSlot.objects.exists()


def test_two_batches_are_worked_on_side_by_side(kind: Scripted, work: Work) -> None:
    order: list[int] = []

    async def note(job: ClaimedJob, calls: Calls) -> None:
        order.append(job.batch_id)
        await asyncio.sleep(0.02)

    kind.does = note
    large = kind.submit(100, concurrency=4)
    small = kind.submit(4, concurrency=4, priority=Priority.URGENT)
    work()

    assert set(order[:8]) == {large.pk, small.pk}
    assert Batch.objects.filter(state="finished").count() == 2


def test_a_lane_rests_between_jobs_when_asked_to(kind: Scripted, work: Work) -> None:
    at: list[float] = []

    async def note(job: ClaimedJob, calls: Calls) -> None:
        at.append(asyncio.get_running_loop().time())

    kind.does = note
    kind.submit(3, concurrency=1, delay_ms=200)
    work()

    assert [late - early >= 0.2 for early, late in itertools.pairwise(at)] == [True, True]


def test_what_prepare_loads_reaches_its_job(kind: Scripted, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(jobs: Sequence[ClaimedJob]) -> Mapping[int, Any]:
        return {job.id: f"for {job.subject_id}" for job in jobs}

    async def give(job: ClaimedJob, calls: Calls) -> Any:
        return job.prepared

    monkeypatch.setattr(kind, "prepare", prepare)
    kind.does = give
    kind.submit(2)
    work()

    assert sorted(finished.result for finished in kind.stored) == ["for 1", "for 2"]


def test_jobs_that_cannot_be_prepared_die_and_say_why(
    kind: Scripted, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(jobs: Sequence[ClaimedJob]) -> Mapping[int, Any]:
        raise KeyError("gone")

    monkeypatch.setattr(kind, "prepare", prepare)
    batch = kind.submit(2, max_attempts=2)
    work()

    batch.refresh_from_db()
    assert (batch.dead, batch.state) == (2, "finished")
    assert set(Job.objects.values_list("error_code", "attempts")) == {("keyerror", 2)}


def test_blocking_work_in_a_thread_leaves_no_connection_open(kind: Scripted, work: Work) -> None:
    def ask() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            row = cursor.fetchone()
        return int(row[0])

    async def block(job: ClaimedJob, calls: Calls) -> int:
        return await asyncio.to_thread(ask)

    kind.does = block
    kind.submit(3)
    work()

    pids = [finished.result for finished in kind.stored]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", [pids])
        assert cursor.fetchone() == (0,)


def test_a_job_that_runs_longer_than_its_lease_is_done_once(
    kind: Scripted, work: Work, settings: pytest.FixtureRequest
) -> None:
    settings.JOB_LEASE_S = 2  # type: ignore[attr-defined]
    deadlines: list[Any] = []

    async def linger(job: ClaimedJob, calls: Calls) -> None:
        for _ in range(2):
            deadlines.append(await asyncio.to_thread(lambda: Job.objects.get().lease_until))
            await asyncio.sleep(1.6)

    kind.does = linger
    batch = kind.submit(1)
    work()

    batch.refresh_from_db()
    assert batch.succeeded == 1
    assert deadlines[1] > deadlines[0]


def test_replies_that_postgresql_refuses_are_cleaned_and_kept(kind: Scripted, work: Work) -> None:
    async def strange() -> Reply:
        return Reply({"text": "a\x00b\ud800c", "list": ["\x00"]}, 80)

    kind.does = lambda job, calls: calls.once(request_for("x"), strange)
    batch = kind.submit(1)
    work()

    batch.refresh_from_db()
    assert (batch.succeeded, batch.spent_micros) == (1, 80)
    assert PaidCall.objects.get().response == {"text": "ab?c", "list": [""]}


def test_a_worker_that_must_end_gives_back_what_it_has_not_begun(
    kind: Scripted, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = Till(takes_s=0.3)

    async def stop_at_the_third(job: ClaimedJob, calls: Calls) -> None:
        if job.subject_id == 3:
            monkeypatch.setattr(workers, "is_stopping", lambda: True)
        await till.buy(str(job.subject_id), calls)

    kind.does = stop_at_the_third
    batch = kind.submit(50, concurrency=5)
    work()

    batch.refresh_from_db()
    assert batch.succeeded == till.charges.total() == 5
    assert (batch.reserved_micros, batch.parked) == (0, 0)
    assert set(Job.objects.exclude(state="succeeded").values_list("state", "attempts")) == {("ready", 0)}
    assert RunnerSlot.objects.get().holder == ""


def test_a_runner_is_seen_by_its_heartbeat(kind: Scripted, work: Work) -> None:
    seen: list[Worker] = []

    async def look_around(job: ClaimedJob, calls: Calls) -> None:
        await asyncio.sleep(1.8)
        seen.append(await asyncio.to_thread(lambda: Worker.objects.get(role="runner")))

    kind.does = look_around
    kind.submit(2)
    work()

    assert (seen[0].pid, seen[0].queues, seen[0].in_flight) == (psutil.Process().pid, ["test"], 2)
    assert seen[0].memory_mb > 0


def test_a_fault_in_one_job_is_logged_and_stops_no_other(
    kind: Scripted, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    async def stumble(job: ClaimedJob, calls: Calls) -> None:
        if job.subject_id == 2:
            raise ZeroDivisionError

    kind.does = stumble
    batch = kind.submit(3, max_attempts=1)
    with caplog.at_level(logging.ERROR):
        work()

    batch.refresh_from_db()
    assert (batch.succeeded, batch.dead) == (2, 1)
    assert Job.objects.get(state="dead").error_code == "zerodivisionerror"
    assert "failed unexpectedly" in caplog.text
