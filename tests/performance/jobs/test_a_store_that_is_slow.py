"""What a death would cost stays bounded, however long a commit takes: replies wait for it, and calls wait for them."""

import threading
from collections.abc import Callable

import pytest

from performance.jobs.completion import Flush
from performance.jobs.runner import flusher as flushing
from tests.performance.jobs.conftest import Scripted
from tests.performance.jobs.paying import Till

CONCURRENCY = 3


def test_while_replies_wait_for_their_commit_no_more_are_bought_than_may_be_out(
    kind: Scripted, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    till = Till(takes_s=0.01)
    store: Callable[[Flush], int] = flushing.store
    bought_meanwhile: list[int] = []

    def store_slowly(flush: Flush) -> int:
        if flush.settlements and not bought_meanwhile:
            threading.Event().wait(1.0)
            bought_meanwhile.append(till.charges.total())
        return store(flush)

    monkeypatch.setattr(flushing, "store", store_slowly)
    kind.does = lambda job, calls: till.buy(str(job.subject_id), calls)
    batch = kind.submit(20, concurrency=CONCURRENCY)
    work()

    assert bought_meanwhile == [2 * CONCURRENCY]
    batch.refresh_from_db()
    assert (batch.succeeded, till.charges.total()) == (20, 20)
