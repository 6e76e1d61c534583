"""A paid reply is never dropped without a word: less of it is stored, or it stays on the disk."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from performance.jobs import batches, claims, ledger
from performance.jobs.asks import Ask, Bought
from performance.jobs.kinds import Calls, ClaimedJob, Reply
from performance.jobs.models import Batch, PaidCall
from performance.jobs.runner.flusher import Flusher
from performance.jobs.runner.threads import DatabaseThread
from performance.jobs.settlement import Settlement
from performance.jobs.spill import Spill
from tests.performance.jobs.conftest import Scripted
from tests.performance.jobs.paying import request_for

Work = Callable[[], None]


@pytest.fixture(autouse=True)
def directory(settings: pytest.FixtureRequest, tmp_path: Path) -> Path:
    settings.JOB_SPILL_DIRECTORY = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def sent_call(batch: Batch) -> tuple[int, ClaimedJob]:
    (held,) = claims.claim(batch_id=batch.pk, params={}, limit=1, worker="runner:h:1:a")
    (bought,) = ledger.reserve([Ask(request_for("x"), held.job.id, held.job.fence, batch.pk)])
    assert isinstance(bought, Bought)
    assert ledger.mark_sent([(bought.call_id, held.job, 5.0)]) == {bought.call_id}
    return bought.call_id, held.job


def flushed(*settlements: Settlement, directory: Path) -> None:
    async def flush() -> None:
        database = DatabaseThread("store")
        flusher = Flusher(database, spill=Spill("runner:h:1:a"))
        task = asyncio.create_task(flusher.run())
        await asyncio.gather(*(flusher.settle(each) for each in settlements))
        flusher.end()
        await task
        database.close()

    asyncio.run(flush())


def test_counts_that_no_column_holds_cost_only_themselves(kind: Scripted, work: Work) -> None:
    async def counted_wrongly(job: ClaimedJob, calls: Calls) -> Reply:
        async def send() -> Reply:
            return Reply({"n": job.subject_id}, 80, 1 << 40 if job.subject_id == 2 else 10, 5)

        return await calls.once(request_for(str(job.subject_id)), send)

    kind.does = counted_wrongly
    batch = kind.submit(3)
    work()

    batch.refresh_from_db()
    assert (batch.succeeded, batch.spent_micros, batch.reserved_micros, batch.calls) == (3, 240, 0, 3)
    stored = PaidCall.objects.order_by("id").values_list("response__n", "state", "input_tokens")
    assert sorted(stored) == [(1, "succeeded", 10), (2, "succeeded", 0), (3, "succeeded", 10)]


def test_a_reply_that_is_no_json_for_postgresql_is_kept_as_text(
    kind: Scripted, transactional_db: None, directory: Path
) -> None:
    batch = kind.submit(1)
    call_id, job = sent_call(batch)

    flushed(
        Settlement(call_id, "succeeded", '{"n": "\\u0000 paid for"', 80, job_id=job.id, fence=job.fence),
        directory=directory,
    )

    call = PaidCall.objects.get()
    assert (call.state, call.response) == ("succeeded", {"unreadable": '{"n": " paid for"'})
    batch.refresh_from_db()
    assert (batch.spent_micros, batch.reserved_micros) == (80, 0)


def test_a_reply_that_the_database_takes_in_no_form_stays_on_the_disk(
    kind: Scripted, transactional_db: None, directory: Path
) -> None:
    batch = kind.submit(1)
    call_id, job = sent_call(batch)

    flushed(
        Settlement(call_id, "succeeded", '{"n": 1}', 1 << 62, job_id=job.id, fence=job.fence),
        Settlement(call_id + 1, "succeeded", '{"n": 2}', 1 << 63, job_id=job.id, fence=job.fence),
        directory=directory,
    )

    lines = (directory / "refused.aside").read_bytes().splitlines()
    assert [orjson.loads(line)["response"] for line in lines if line] == ['{"n": 2}']
    batch.refresh_from_db()
    assert (batch.spent_micros, batches.Changes()) == (1 << 62, {})
