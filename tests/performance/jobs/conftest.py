"""A kind of job whose behaviour a test writes down, and a slice of real work in this process."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from performance.jobs import kinds
from performance.jobs.kinds import Calls, ClaimedJob, Finished, Kind, Policy, Stuck
from performance.jobs.models import Batch
from performance.jobs.runner.slice import Slice
from performance.jobs.submission import BatchOptions, Subject, submit_batch

Run = Callable[[ClaimedJob, Calls], Awaitable[Any]]


async def _nothing(job: ClaimedJob, calls: Calls) -> None:
    return None


class Scripted(Kind[Any]):
    """Does what the test says, and keeps what it was told."""

    name = "test.scripted"
    queue = "test"
    policy = Policy(max_attempts=3, base_delay_s=0.01, max_delay_s=0.02, timeout_s=10.0)

    def __init__(self) -> None:
        self.does: Run = _nothing
        self.stored: list[Finished[Any]] = []
        self.told_stuck: list[Stuck] = []

    async def run(self, job: ClaimedJob, calls: Calls) -> Any:
        return await self.does(job, calls)

    def store(self, finished: Sequence[Finished[Any]]) -> None:
        self.stored += finished

    def stuck(self, jobs: Sequence[Stuck]) -> None:
        self.told_stuck += jobs

    def submit(self, count: int = 1, **options: Any) -> Batch:
        """A batch with the subjects 1 to `count`."""
        wish = BatchOptions(**{"budget_micros": 1_000_000, "concurrency": 10} | options)
        subjects = [Subject(number) for number in range(1, count + 1)]
        return submit_batch(kind=self.name, subjects=subjects, options=wish).batch


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    scripted = Scripted()
    monkeypatch.setitem(kinds._kinds, Scripted.name, scripted)
    return scripted


@pytest.fixture
def work(transactional_db: None) -> Callable[[], None]:
    """A slice on the test queue, as the Celery task runs it, until nothing is left to do."""

    def run_slice() -> None:
        asyncio.run(Slice(Scripted.queue).run())

    return run_slice
