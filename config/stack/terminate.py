"""A SIGTERM that lets `with` blocks finish: Python ends at once by default, and the stack would stay up."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def ends_orderly() -> Iterator[None]:
    """Inside, a SIGTERM raises `SystemExit` with the usual status."""
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
