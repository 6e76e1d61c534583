"""A command that needs a pump and finds none has one as a thread, until it ends."""

import os
import time
from collections.abc import Callable

import pytest
from django.db import connection

from performance.jobs import claims, pump
from performance.jobs.fleet import CHECK_EVERY_S, Fleet, KeepsEnding
from performance.jobs.models import Job, Worker
from performance.jobs.workers import live_pumps
from tests.performance.jobs.conftest import Scripted

pytestmark = pytest.mark.django_db(transaction=True)


def wait_until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


def look_again(fleet: Fleet) -> None:
    """Once its pump has ended."""
    wait_until(lambda: not (fleet.pump and fleet.pump.is_alive()))
    fleet._looked_at -= CHECK_EVERY_S
    fleet.ensure()


def test_it_takes_back_what_the_dead_held_and_is_gone_with_the_command(kind: Scripted) -> None:
    batch = kind.submit(1)
    claims.claim(batch_id=batch.pk, params={}, limit=1, worker="runner:h:1:a")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE performance_job SET lease_until = now() - interval '1 s' WHERE state = 'leased'")

    with Fleet([]):
        wait_until(lambda: Job.objects.get().state == "ready")
        pids = [each.pid for each in live_pumps()]

    assert pids == [os.getpid()]
    assert not Worker.objects.exists()


def test_where_one_lives_none_is_started() -> None:
    with Fleet([]) as first:
        wait_until(live_pumps)
        with Fleet([]) as second:
            started = (first.pump is not None, second.pump is not None)

    assert started == (True, False)


def test_one_that_keeps_ending_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(self: pump.Pump) -> None:
        raise TypeError("what is this")

    monkeypatch.setattr(pump.Pump, "tick", break_down)

    with Fleet([]) as fleet:
        look_again(fleet)
        look_again(fleet)
        with pytest.raises(KeepsEnding) as refused:
            look_again(fleet)

    assert str(refused.value) == "The pump ended by itself 3 times, the last time by TypeError: what is this."
    assert not Worker.objects.exists()
