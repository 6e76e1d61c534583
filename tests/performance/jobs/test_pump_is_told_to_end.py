"""Signals come between any two lines, also of what waits for them."""

import sys
import threading
from types import FrameType
from typing import Any

import pytest

from performance.jobs import pump as pumping
from performance.jobs.pump import Pump

# More lines than a round has.
MOMENTS = 60


class Idle(Pump):
    """Has no duties."""

    def tick(self) -> None: ...


def ends_when_told_at(moment: int) -> bool:
    """Whether it ends that is told so, by its own thread as a signal handler is, before that line of its run."""
    pump = Idle()
    lines = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        if event == "line" and lines == moment:
            pump.stop()
        return trace

    def run() -> None:
        sys.settrace(trace)
        pump.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(5)
    return not thread.is_alive()


def test_it_ends_whenever_that_is(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pumping, "TICK_S", 0.01)

    assert [moment for moment in range(1, MOMENTS) if not ends_when_told_at(moment)] == []
