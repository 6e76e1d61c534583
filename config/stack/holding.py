"""Holding the stack: it runs while anybody holds it, and the last one out stops it.

Each holder has a shared lock on `stack.lock`, which the kernel takes back even after a SIGKILL; so "the last
one" is who gets the exclusive lock. Coming and going happen one at a time, under `door.lock`: two processes that
start at the same moment don't both start the servers, and nobody comes in while the last one stops them.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

from config.stack import servers
from config.stack.checkout import record
from config.stack.lock import Lock

# In the environment of what a holder starts: the directory of the checkout that it belongs to.
MARK = "ASSAY_STACK"


@contextmanager
def hold() -> Iterator[None]:
    """PostgreSQL and Valkey run inside, unless they are elsewhere. Raises `StackError`."""
    if not servers.are_embedded():
        yield
        return
    held = _enter()
    try:
        yield
    finally:
        _leave(held)


def execute(command: Sequence[str]) -> NoReturn:
    """Becomes `command`, which then holds the stack for as long as it lives, however it ends."""
    if servers.are_embedded():
        os.set_inheritable(_enter().fileno(), True)
    os.execvp(command[0], [*command])  # noqa: S606 - a shell would stand between us and its signals


@contextmanager
def door() -> Iterator[Lock]:
    """Nobody else comes, goes, starts or stops inside."""
    with Lock(record().directory / "door.lock") as entrance:
        entrance.take()
        yield entrance


def users() -> Lock:
    """The lock that every holder shares."""
    return Lock(users_path())


def serving() -> Lock:
    """The lock of the one `make run` that a checkout may have."""
    return Lock(serving_path())


def users_path() -> Path:
    return record().directory / "stack.lock"


def serving_path() -> Path:
    return record().directory / "run.lock"


def mark() -> None:
    """What this process starts from now on is known for this checkout's."""
    os.environ[MARK] = str(record().directory)


def _enter() -> Lock:
    """Starts what doesn't run and gives the shared lock on the stack."""
    with door():
        held = users()
        held.share()
        with ExitStack() as unless_it_serves:
            unless_it_serves.callback(_give_back, held)
            servers.start()
            unless_it_serves.pop_all()
    mark()
    return held


def _leave(held: Lock) -> None:
    with door():
        _give_back(held)


def _give_back(held: Lock) -> None:
    """Stops the servers if nobody else has the lock: those that run, where one of the two couldn't start."""
    with held:
        if held.try_take():
            servers.stop()
