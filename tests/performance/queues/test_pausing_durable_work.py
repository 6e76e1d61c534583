"""A queue is paused while a runner is at work on it, and what gave up is retried by several at once."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from performance.audit.services import Actor
from performance.jobs.kinds import Calls, ClaimedJob
from performance.jobs.models import Batch
from performance.queues import deaths, replays, states
from performance.queues.broker import Message
from performance.queues.deaths import Death
from performance.queues.models import DeadTask
from performance.queues.replays import Selection
from tests.performance.jobs.conftest import Scripted, kind, work
from tests.performance.queues.conftest import await_that

__all__ = ["kind", "work"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_in_flight_is_finished_the_rest_given_back_and_all_done_after_a_resume(
    kind: Scripted, work: Callable[[], None], by: Actor
) -> None:
    begun, may_end = list[int](), threading.Event()

    async def wait(job: ClaimedJob, calls: Calls) -> None:
        begun.append(job.id)
        await asyncio.to_thread(may_end.wait, 30)

    kind.does = wait
    batch = kind.submit(40, concurrency=2)
    runner = threading.Thread(target=_closing, args=[work])
    runner.start()
    assert await_that(lambda: len(begun) == 2)

    states.pause(Scripted.queue, by=by, at=timezone.now())
    # The runner hears of it within a second, and holds no claimed job any more that it hasn't begun.
    assert await_that(lambda: batch.jobs.filter(state="leased").count() == 2)
    may_end.set()
    runner.join(timeout=30)

    assert not runner.is_alive()
    assert len(begun) == 2
    assert _states(batch) == {"succeeded": 2, "ready": 38}

    states.resume(Scripted.queue, by=by)
    runner = threading.Thread(target=_closing, args=[work])
    runner.start()
    runner.join(timeout=30)

    assert _states(batch) == {"succeeded": 40}


def test_retried_by_several_at_once_it_is_replayed_once(by: Actor) -> None:
    for number in range(20):
        message = Message(task_id=f"id-{number}", task="tests.fail", queue="imports")
        deaths.record(message, Death(why="failed"), at=timezone.now())

    def ask(_: int) -> int:
        try:
            return replays.retry("imports", Selection(is_all=True), by=by, at=timezone.now()).tasks
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as people:
        asked = list(people.map(ask, range(4)))

    assert sum(asked) == 20
    assert DeadTask.objects.values("retried_as").distinct().count() == 20


def _states(batch: Batch) -> dict[str, int]:
    return dict(Counter(batch.jobs.values_list("state", flat=True)))


def _closing(work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        connections.close_all()
