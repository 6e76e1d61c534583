"""Signals that let `with` blocks finish: Python ends at once by default, and the stack would stay up."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# Told to end, and the terminal was closed.
SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ends_orderly() -> Iterator[None]:
    """Inside, these signals raise `SystemExit` with the usual status, unless they were ignored (nohup)."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, _leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
