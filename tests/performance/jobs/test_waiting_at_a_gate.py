"""An endpoint may have its callers wait for a quarter of an hour: whoever waits so holds up no other work."""

import asyncio
import time
from collections.abc import Callable

import pytest

from performance.jobs.kinds import Calls, ClaimedJob, Gate
from performance.jobs.models import Job, PaidCall
from performance.jobs.runner import slice as slices
from tests.performance.jobs.conftest import Scripted
from tests.performance.jobs.paying import Till, request_for


class Shut(Gate):
    """Lets in the first, and the others when it is opened."""

    def __init__(self) -> None:
        self.entered = 0
        self.is_open = False

    async def __aenter__(self) -> None:
        self.entered += 1
        while self.entered > 1 and not self.is_open:
            await asyncio.sleep(0.01)

    async def __aexit__(self, *_: object) -> None: ...


def test_a_slice_ends_with_what_is_out_and_not_with_who_waits_to_be(
    kind: Scripted, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    till, gate = Till(takes_s=1.0), Shut()

    async def buy(job: ClaimedJob, calls: Calls) -> None:
        name = str(job.subject_id)
        await calls.once(request_for(name), lambda: till._sell(name), gate=gate)

    monkeypatch.setattr(slices, "SLICE_S", 0.3)
    kind.does = buy
    batch = kind.submit(5)
    began = time.monotonic()
    work()

    assert time.monotonic() - began < 10
    batch.refresh_from_db()
    assert (batch.succeeded, batch.reserved_micros, batch.spent_micros) == (1, 0, 80)
    assert sorted(Job.objects.values_list("state", "attempts")) == [("ready", 0)] * 4 + [("succeeded", 1)]
    assert sorted(PaidCall.objects.values_list("state", flat=True)) == ["failed"] * 4 + ["succeeded"]

    gate.is_open = True
    while not batch.finished_at:
        work()
        batch.refresh_from_db()

    assert (batch.succeeded, till.charges.total(), batch.spent_micros) == (5, 5, 400)
