"""Claims are made in a thread of their own, while the event loop looks at what is held."""

import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from performance.jobs.kinds import ClaimedJob
from performance.jobs.runner.floor import Floor

NOBODY: Any = None
LOOKS = 20_000


@pytest.fixture
def claimer() -> Iterator[Floor]:
    """A floor to which another thread adds, and from which it takes, as often as it can."""
    floor = Floor(NOBODY, desk=NOBODY, flusher=NOBODY)
    jobs = {number: ClaimedJob(number, 1, number, 1, 1, {}, {}) for number in range(500)}
    ended = threading.Event()

    def claim() -> None:
        while not ended.is_set():
            for number, job in jobs.items():
                floor.jobs.update({number: job})
            floor.jobs.clear()

    thread = threading.Thread(target=claim)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread.start()
    yield floor
    ended.set()
    thread.join()
    sys.setswitchinterval(before)


def test_a_look_at_what_is_held_bears_a_claim_in_between(claimer: Floor) -> None:
    assert not any(claimer.holds_any_of(2) for _ in range(LOOKS))
