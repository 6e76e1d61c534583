"""Holding the stack: it runs while anybody holds it, and the last one out stops it.

Each holder has a shared lock on `stack.lock`, which the kernel takes back even after a SIGKILL; so "the last
one" is who gets the exclusive lock. Coming and going happen one at a time, under `door.lock`: two processes that
start at the same moment don't both start the servers, and nobody comes in while the last one stops them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from config.stack import servers
from config.stack.lock import Lock
from config.stack.record import record


@contextmanager
def hold() -> Iterator[Lock | None]:
    """PostgreSQL and Valkey run inside. Gives the lock, or None where neither is embedded."""
    if not servers.are_embedded():
        yield None
        return
    held = enter()
    try:
        yield held
    finally:
        leave(held)


def enter() -> Lock:
    """Starts what doesn't run and gives the shared lock on the stack. Raises `StackError`."""
    with door():
        held = Lock(record().directory / "stack.lock")
        held.share()
        try:
            servers.start()
        except BaseException:
            held.close()
            raise
        return held


def leave(held: Lock) -> None:
    """Gives the lock back, and stops the servers if nobody else has it."""
    with door():
        if held.try_take():
            servers.stop()
        held.close()


def door() -> Lock:
    return Lock(record().directory / "door.lock")
