"""Threads beside the event loop: the database's, and those for the blocking work of kinds."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection, connections

T = TypeVar("T")
P = ParamSpec("P")
# The database is away, restarting, or gave up on a deadlock: the same transaction may be tried again.
DATABASE_OUT = (OperationalError, InterfaceError)


# A database thread that has its answer waits for the busy thread beside it to let go of the interpreter, at each round
# trip for as long as this (sys.setswitchinterval). With Python's 5 ms the launch of 500 calls took 0.5 s longer.
SWITCH_S = 0.0005


class DatabaseThread:
    """One thread with one connection: what is called is done in order, each call a transaction of its own."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self.wake()

    def wake(self) -> None:
        """Connects ahead of the first call, which tells of an outage itself."""
        self._pool.submit(_connect)

    async def call(self, work: Callable[[], T], *, patience_s: float = 0.0) -> T:
        """The result of `work`. An outage is waited for as long as `patience_s`; then DATABASE_OUT is raised.

        `work` must bear a repetition after a commit whose answer was lost.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + patience_s
        while True:
            try:
                return await loop.run_in_executor(self._pool, _on_fresh_connection, work)
            except DATABASE_OUT:
                if loop.time() >= until:
                    raise
                await asyncio.sleep(0.1)

    def close(self) -> None:
        self._pool.submit(connections.close_all)
        self._pool.shutdown(wait=True)


class Crew:
    """The database threads of this process, by name, from slice to slice; of these there is one at a time.

    A connection's first statements take five times as long as their next: a run of a hundred on new connections began
    0.1 s later. Where nobody asked to `keep` them they end with their slice.
    """

    def __init__(self) -> None:
        self._threads: dict[str, DatabaseThread] = {}
        self._keeps = False

    def keep(self) -> None:
        """For a worker's child, which works on one slice after the other until it ends."""
        self._keeps = True

    def thread(self, name: str) -> DatabaseThread:
        """The same one until `rest`, and beyond it where they are kept."""
        if name in self._threads:
            self._threads[name].wake()
        else:
            self._threads[name] = DatabaseThread(name)
        return self._threads[name]

    async def call(self, work: Callable[[], T]) -> T:
        """For kinds: the result of `work`, on the store's connection while a slice runs, else on one made for it."""
        if thread := self._threads.get("store"):
            return await thread.call(work)
        return await asyncio.to_thread(_closing, work, (), {})

    def rest(self) -> None:
        """The slice is over."""
        if not self._keeps:
            for thread in self._threads.values():
                thread.close()
            self._threads.clear()


crew = Crew()


class WorkThreads(ThreadPoolExecutor):
    """The loop's default executor, for `asyncio.to_thread` in kinds: leaves no database connection behind."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return super().submit(_closing, fn, args, kwargs)


def _closing(work: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    try:
        return work(*args, **kwargs)
    finally:
        connections.close_all()


def _connect() -> None:
    """A connection that ended while nobody used it is made anew."""
    if connection.connection is not None and not connection.is_usable():
        connection.close()
    connection.ensure_connection()


def _on_fresh_connection(work: Callable[[], T]) -> T:
    """A connection that failed once is closed, so that the next call opens another."""
    try:
        return work()
    except DATABASE_OUT:
        connection.close()
        raise
