"""The web's connections: a psycopg pool that hands out the latest used first, and says soon when there is none.

Three of its ways are its own, since psycopg's make people wait:
- LIFO: the same few connections are busy, with their caches and prepared statements warm; the others grow idle and go.
- A server that restarted leaves broken connections. Each is found by the check and thrown away at once (psycopg's pool
  sleeps for a second after each), so whoever asks next gets a new one.
- While the server can't be reached nobody waits for longer than GRACE_S: `ServerAway` at once, and attempts to connect
  go on beside it. Waiting would hold all the web's threads, and cached reads need none of this.
"""

from dataclasses import dataclass
from select import POLLIN, poll
from time import monotonic
from typing import Any

from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool, PoolTimeout

from performance.metrics import count

# How long a server may be unreachable (a restart) before requests are refused without waiting.
GRACE_S = 1.0
# A server that doesn't answer an empty query for so long is as good as gone.
CHECK_TIMEOUT_S = 2.0
# psycopg retries after 1, 2, 4, … s for as long as this, and else when somebody asks again: which is at once.
RECONNECT_TIMEOUT_S = 1.5
# A connection that was used within this time is asked nothing: a server that has ended it since has said so.
RECENT_S = 1.0
_USED_AT = "_used_at"


class ServerAway(OperationalError):
    """PostgreSQL can't be reached."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The fullest that a pool was: the share of its size that was in use or waited for, and how many waited."""

    utilisation: float
    waiting: int


class Pool(ConnectionPool[Connection[Any]]):
    """Opened by the first who asks, like Django's own."""

    def __init__(self, **options: Any) -> None:
        self._failing_since: float | None = None
        self._peak = Peak(0.0, 0)
        super().__init__(open=False, check=check, reconnect_timeout=RECONNECT_TIMEOUT_S, **options)

    def getconn(self, timeout: float | None = None) -> Connection[Any]:
        """Raises PoolTimeout when all are in use for that long, ServerAway when none can be made."""
        if self._is_out():
            with self._lock:
                self._maybe_grow_pool()
            raise ServerAway(f"PostgreSQL can't be reached for {monotonic() - (self._failing_since or 0):.0f} s")
        try:
            return super().getconn(timeout)
        except PoolTimeout:
            if self._failing_since is not None:
                raise ServerAway("PostgreSQL can't be reached") from None
            count("pool.exhausted", {})
            raise

    def putconn(self, conn: Connection[Any]) -> None:
        setattr(conn, _USED_AT, monotonic())
        super().putconn(conn)

    def take_peak(self) -> Peak:
        """Since the last time."""
        with self._lock:
            peak, self._peak = self._peak, self._now(asking=0)
        return peak

    def _now(self, *, asking: int) -> Peak:
        waiting = len(self._waiting)
        in_use = max(0, self._nconns - len(self._pool) - self._growing)
        return Peak((in_use + waiting + asking) / self._max_size, waiting)

    def _is_out(self) -> bool:
        since = self._failing_since
        return since is not None and monotonic() - since > GRACE_S and not self._pool

    def _get_ready_connection(self, timeout: float | None) -> Connection[Any] | None:
        now = self._now(asking=1)
        if now.utilisation > self._peak.utilisation:
            self._peak = now
        # psycopg takes from the left and returns to the right.
        self._pool.rotate(1)
        return super()._get_ready_connection(timeout)

    def _getconn_with_check_loop(self, deadline: float) -> Connection[Any]:
        """As psycopg's, but without a rest after each broken connection while there may be others."""
        for _ in range(self._max_size):
            found = self._getconn_unchecked(deadline - monotonic())
            try:
                check(found)
            except OperationalError:
                self._putconn(found, from_getconn=True)
            except BaseException:
                self._putconn(found, from_getconn=True)
                raise
            else:
                return found
        return super()._getconn_with_check_loop(deadline)

    def _connect(self, timeout: float | None = None) -> Connection[Any]:
        try:
            made = super()._connect(timeout)
        except Exception:
            self._failing_since = self._failing_since or monotonic()
            raise
        self._failing_since = None
        return made


def check(connection: Connection[Any]) -> None:
    """One empty query there and back, within CHECK_TIMEOUT_S, unless it was used just now. Raises OperationalError.

    By libpq's own calls: a third of what `execute("")` takes, which would wait for a frozen server for ever, too.
    """
    server = connection.pgconn
    readable = poll()
    readable.register(server.socket, POLLIN)
    if monotonic() - getattr(connection, _USED_AT, -RECENT_S) < RECENT_S and not readable.poll(0):
        return
    server.send_query(b"")
    server.flush()
    deadline = monotonic() + CHECK_TIMEOUT_S
    while server.is_busy():
        if not readable.poll(max(0.0, deadline - monotonic()) * 1000):
            raise ServerAway(f"PostgreSQL doesn't answer for {CHECK_TIMEOUT_S:g} s")
        server.consume_input()
    while server.get_result():
        pass
