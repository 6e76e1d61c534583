import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from performance.jobs import batches, claims, ledger, spill
from performance.jobs.asks import Ask, Bought
from performance.jobs.completion import Flush
from performance.jobs.kinds import ClaimedJob
from performance.jobs.models import Batch, PaidCall
from performance.jobs.runner import flusher as flushing
from performance.jobs.runner.flusher import Flusher
from performance.jobs.runner.threads import DatabaseThread
from performance.jobs.settlement import Settlement
from tests.performance.jobs.conftest import Scripted
from tests.performance.jobs.paying import request_for


@pytest.fixture(autouse=True)
def directory(settings: Any, tmp_path: Path) -> Path:
    settings.JOB_SPILL_DIRECTORY = tmp_path
    return tmp_path


def sent_call(batch: Batch, *, name: str = "x") -> tuple[int, ClaimedJob]:
    (held,) = claims.claim(batch_id=batch.pk, params={}, limit=1, worker="runner:h:1:a")
    (bought,) = ledger.reserve([Ask(request_for(name), held.job.id, held.job.fence, batch.pk)])
    assert isinstance(bought, Bought)
    assert ledger.mark_sent([(bought.call_id, held.job, 5.0)]) == {bought.call_id}
    return bought.call_id, held.job


def test_what_a_dead_process_left_on_disk_is_settled_once(kind: Scripted, db: None, directory: Path) -> None:
    batch = kind.submit(1)
    call_id, job = sent_call(batch)
    left = spill.Spill("runner:h:1:a")
    left.write([Settlement(call_id, "succeeded", '{"bought": "x"}', 80, job_id=job.id, fence=job.fence)])
    left.close()

    assert [spill.replay(), spill.replay()] == [1, 0]

    batch.refresh_from_db()
    assert (batch.spent_micros, batch.reserved_micros, batch.calls) == (80, 0, 1)
    assert PaidCall.objects.get().response == {"bought": "x"}
    assert list(directory.iterdir()) == []


def test_the_file_of_a_living_process_is_left_alone(kind: Scripted, db: None, directory: Path) -> None:
    batch = kind.submit(1)
    call_id, job = sent_call(batch)
    mine = spill.Spill("runner:h:1:a")
    mine.write([Settlement(call_id, "succeeded", "{}", 80, job_id=job.id, fence=job.fence)])

    assert spill.replay() == 0

    assert PaidCall.objects.get().state == "sent"
    mine.clear()
    assert list(directory.iterdir()) == []


def test_a_line_torn_by_a_power_cut_costs_only_itself(kind: Scripted, db: None, directory: Path) -> None:
    batch = kind.submit(1)
    call_id, job = sent_call(batch)
    left = spill.Spill("runner:h:1:a")
    left.write([Settlement(call_id, "succeeded", "{}", 80, job_id=job.id, fence=job.fence)])
    left.close()
    (file,) = directory.iterdir()
    file.write_bytes(file.read_bytes() + b'{"call_id": 9, "sta')

    assert spill.replay() == 1

    assert PaidCall.objects.get().state == "succeeded"


def settled_through_two_outages(
    settlement: Settlement, *, monkeypatch: pytest.MonkeyPatch, look: Callable[[], None]
) -> None:
    """The flusher stores it at the third attempt; `look` is called at each."""
    attempts = 0
    store: Callable[[Flush], int] = flushing.store

    def store_at_last(flush: Flush) -> int:
        nonlocal attempts
        attempts += 1
        look()
        if attempts < 3:
            raise OperationalError("the database is out")
        return store(flush)

    async def flush() -> None:
        database = DatabaseThread("store")
        flusher = Flusher(database, spill=spill.Spill("runner:h:1:a"))
        task = asyncio.create_task(flusher.run())
        await asyncio.wait_for(flusher.settle(settlement), 10)
        flusher.end()
        await task
        database.close()

    monkeypatch.setattr(flushing, "store", store_at_last)
    asyncio.run(flush())


def test_a_line_torn_in_the_middle_costs_no_later_one(kind: Scripted, db: None, directory: Path) -> None:
    batch = kind.submit(1)
    call_id, job = sent_call(batch)
    (directory / "runner-h-1-a.spill").write_bytes(b'{"call_id": 9, "sta')
    left = spill.Spill("runner:h:1:a")
    left.write([Settlement(call_id, "succeeded", "{}", 80, job_id=job.id, fence=job.fence)])
    left.close()

    assert spill.replay() == 1

    assert PaidCall.objects.get().state == "succeeded"


def test_replies_survive_an_outage_of_the_database(
    kind: Scripted, transactional_db: None, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = kind.submit(1)
    call_id, job = sent_call(batch)
    seen: list[int] = []

    settled_through_two_outages(
        Settlement(call_id, "succeeded", '{"bought": "x"}', 80, job_id=job.id, fence=job.fence),
        monkeypatch=monkeypatch,
        look=lambda: seen.append(len(list(directory.iterdir()))),
    )

    assert seen == [0, 1, 1]
    assert list(directory.iterdir()) == []
    batch.refresh_from_db()
    assert (batch.spent_micros, batch.reserved_micros) == (80, 0)


async def written_in_an_outage(
    first: Settlement, second: Settlement, *, directory: Path, ends: Callable[[], None]
) -> int:
    """How many replies stand on the disk, of a first that meets the outage and a second that comes during it."""

    def written() -> list[bytes]:
        return [line for file in directory.iterdir() for line in file.read_bytes().splitlines() if line]

    database = DatabaseThread("store")
    flusher = Flusher(database, spill=spill.Spill("runner:h:1:a"))
    task = asyncio.create_task(flusher.run())
    flusher.settle(first)
    while not written():
        await asyncio.sleep(0.01)
    last = flusher.settle(second)
    while len(written()) < 2:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.5)
    count = len(written())
    ends()
    await last
    flusher.end()
    await task
    database.close()
    return count


def test_a_reply_that_comes_during_the_outage_is_on_the_disk_too(
    kind: Scripted, transactional_db: None, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = kind.submit(2)
    first, second = (
        Settlement(call_id, "succeeded", '{"bought": "x"}', 80, job_id=job.id, fence=job.fence)
        for call_id, job in (sent_call(batch, name="x"), sent_call(batch, name="y"))
    )
    store: Callable[[Flush], int] = flushing.store
    over = threading.Event()

    def store_when_back(flush: Flush) -> int:
        if not over.is_set():
            raise OperationalError("the database is out")
        return store(flush)

    monkeypatch.setattr(flushing, "store", store_when_back)
    outage = written_in_an_outage(first, second, directory=directory, ends=over.set)

    assert asyncio.run(asyncio.wait_for(outage, 10)) == 2

    assert list(directory.iterdir()) == []
    batch.refresh_from_db()
    assert (batch.spent_micros, batch.reserved_micros) == (160, 0)


def test_replies_that_the_disk_does_not_take_either_wait_in_memory(
    kind: Scripted, transactional_db: None, directory: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk, which may be why the database is out."""
    in_the_way = directory / "file"
    in_the_way.touch()
    settings.JOB_SPILL_DIRECTORY = in_the_way / "spill"
    batch = kind.submit(1)
    call_id, job = sent_call(batch)

    settled_through_two_outages(
        Settlement(call_id, "succeeded", '{"bought": "x"}', 80, job_id=job.id, fence=job.fence),
        monkeypatch=monkeypatch,
        look=lambda: None,
    )

    batch.refresh_from_db()
    assert (batch.spent_micros, batch.reserved_micros) == (80, 0)
    assert PaidCall.objects.get().response == {"bought": "x"}


def test_settling_again_leaves_the_first_answer(kind: Scripted, db: None) -> None:
    batch = kind.submit(1)
    call_id, job = sent_call(batch)
    left = spill.Spill("runner:h:1:a")
    left.write([Settlement(call_id, "succeeded", '{"n": 1}', 80, job_id=job.id, fence=job.fence)] * 2)
    left.close()
    spill.replay()
    changes = batches.Changes()

    spill.settle([Settlement(call_id, "succeeded", '{"n": 2}', 99, job_id=job.id, fence=job.fence)], changes=changes)

    assert changes == {}
    assert PaidCall.objects.get().response == {"n": 1}


def test_a_file_of_another_version_is_kept_beside_and_does_not_end_the_pump(
    kind: Scripted, transactional_db: None, directory: Path
) -> None:
    (directory / "runner-h-1-a.spill").write_bytes(b'{"call_id": 1, "how": "differently"}\n')
    batch = kind.submit(1)
    call_id, job = sent_call(batch)
    other = spill.Spill("runner:h:1:b")
    other.write([Settlement(call_id, "succeeded", "{}", 80, job_id=job.id, fence=job.fence)])
    other.close()

    assert spill.replay() == 1

    assert [file.name for file in directory.iterdir()] == ["runner-h-1-a.aside"]
    assert PaidCall.objects.get().state == "succeeded"
