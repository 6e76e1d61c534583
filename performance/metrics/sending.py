"""The thread of each process that has what was counted merged in Valkey every few seconds.

No process forks while it is at it: whatever lock that thread held then (of a module that is being imported, of a
library) would be held in the child for ever, by nobody. Celery's parent forks whenever a child has to be replaced.
"""

import logging
import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.util import Finalize
from uuid import uuid4

import orjson
import redis
from django.conf import settings

from performance.metrics import handover
from performance.metrics.tallies import Series, Tally, count, taken

logger = logging.getLogger(__name__)
EVERY_S = 2.0
MINUTE_S = 60
# One call of Valkey takes no more rows than this: a few milliseconds of its time.
MOST_AT_ONCE = 500
# What a process keeps while Valkey is away: some minutes. The oldest goes first, and is counted.
MOST_KEPT = 20_000
# A fork waits this long for the round it met: longer than one takes that meets a silent Valkey (3 s).
FORK_PATIENCE_S = 5.0
_MEASURED = {"web", "worker", "pump", "beat"}

Row = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class _Parcel:
    """Sent again under its number until Valkey says that it has it. `n` values."""

    number: int
    rows: list[Row]
    n: int


class Outbox:
    """What is on its way to Valkey. For one thread; `close` may be called by another when that has ended."""

    def __init__(self) -> None:
        self.sender = uuid4().hex
        self._number = 0
        self._parcels: deque[_Parcel] = deque()

    def collect(self, *, at: float) -> None:
        """Take over what was counted up to `at` (seconds since 1970), for the minute it is in."""
        minute = int(at // MINUTE_S) * MINUTE_S
        rows = [(field(minute, series), row(tally), tally.n) for series, tally in taken()]
        for start in range(0, len(rows), MOST_AT_ONCE):
            part = rows[start : start + MOST_AT_ONCE]
            self._number += 1
            self._parcels.append(_Parcel(self._number, [(a, b) for a, b, _ in part], sum(n for *_, n in part)))
        self._make_room()

    def send(self) -> None:
        """Merge in Valkey what waits, oldest first. Raises RedisError; what is left waits on."""
        while self._parcels:
            parcel = self._parcels[0]
            handover.merge(parcel.rows, sender=self.sender, number=parcel.number)
            self._parcels.popleft()

    def _make_room(self) -> None:
        while sum(len(each.rows) for each in self._parcels) > MOST_KEPT:
            count("metrics.dropped", {"where": "process"}, self._parcels.popleft().n)


def field(minute: int, series: Series) -> bytes:
    """What a row is of: [minute, metric, {label: value}]."""
    return orjson.dumps([minute, series.name, dict(series.labels)], option=orjson.OPT_SORT_KEYS)


def row(tally: Tally) -> bytes:
    """[n, total], or with smallest, largest and histogram."""
    if not tally.bins:
        return orjson.dumps([tally.n, tally.total])
    histogram = (number for item in sorted(tally.bins.items()) for number in item)
    return orjson.dumps([tally.n, tally.total, tally.low, tally.high, *histogram])


Sampler = Callable[[], None]
_samplers: list[Sampler] = []


def register_sampler(sample: Sampler) -> None:
    """Have `sample` observe something in every process that serves or works, before each sending. It must not wait."""
    if sample not in _samplers:
        _samplers.append(sample)


class Sender(threading.Thread):
    """Sends every EVERY_S, and when a minute ends, so that what it collects is all of one minute."""

    def __init__(self) -> None:
        super().__init__(name="metrics", daemon=True)
        self.pid = os.getpid()
        self._ended = threading.Event()
        self._outbox = Outbox()
        self._is_away = False

    def run(self) -> None:
        began = time.time()
        for wait_s in _waits():
            is_over = self._ended.wait(wait_s)
            with _round:
                self._do_round(began)
            began = time.time()
            if is_over:
                return

    def _do_round(self, began: float) -> None:
        _sample()
        try:
            self._outbox.collect(at=began)
            self._try_to_send()
        except Exception:
            # The guard per round: what one can't be told must not end all later ones.
            logger.exception("measurements were not sent")

    def end(self) -> None:
        """Send what is left, within two seconds."""
        if self.pid == os.getpid() and self.is_alive():
            self._ended.set()
            self.join(timeout=2.0)

    def _try_to_send(self) -> None:
        try:
            self._outbox.send()
        except redis.RedisError as error:
            if not self._is_away:
                logger.warning("measurements wait for Valkey: %s", error)
            self._is_away = True
        else:
            self._is_away = False


def _sample() -> None:
    for sample in _samplers:
        try:
            sample()
        except Exception:
            # The guard per sampler: one that fails must not end the others, nor the sending.
            logger.exception("the sampler %r failed", sample)


def _waits() -> Iterator[float]:
    while True:
        now = time.time()
        yield min(EVERY_S, math.floor(now / MINUTE_S + 1) * MINUTE_S - now)


_sender: Sender | None = None
_starting = threading.Lock()
# Held during a round of the sender, and during a fork.
_round = threading.Lock()
_forking = threading.local()


def ensure(**_signal: object) -> None:
    """Start this process's sender unless it runs; nothing in commands, which nobody watches. connection_created."""
    global _sender
    if settings.PROCESS_ROLE not in _MEASURED or (_sender and _sender.pid == os.getpid()):
        return
    with _starting:
        if _sender is None or _sender.pid != os.getpid():
            _sender = Sender()
            _sender.start()
            # Unlike atexit, this is heard in a process that multiprocessing made, as granian's are.
            Finalize(None, _sender.end, exitpriority=1)


def end(**_signal: object) -> None:
    """Send what is left: in a child of Celery's, which hears nothing of multiprocessing's finalizers."""
    if _sender is not None:
        _sender.end()


def _before_fork() -> None:
    _forking.holds_round = _round.acquire(timeout=FORK_PATIENCE_S)


def _after_fork() -> None:
    if _forking.holds_round:
        _round.release()


def _begin_anew() -> None:
    """In a forked child: the sender is the parent's, and who held a lock isn't here."""
    global _sender, _starting, _round
    _sender, _starting, _round = None, threading.Lock(), threading.Lock()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_begin_anew)
