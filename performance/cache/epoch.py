"""The epoch: the one version that every cached value carries, raised when nobody can say what is still true.

A change that is committed while Valkey is away can't be announced. So whoever failed to announce one owes an epoch,
and pays it before it uses Valkey again; and whoever connects to a server that was started anew (its last second of
writes may be lost) raises it, once for all: the server's own `run_id` tells. Every value cached before is then stale.
"""

import os
import threading
from typing import Any

KEY = b"assay:t:"
RUN_KEY = b"assay:run"

_SETTLE = """
if ARGV[2] == '1' or redis.call('GET', KEYS[2]) ~= ARGV[1] then
    local now = redis.call('TIME')
    redis.call('SET', KEYS[1], string.format('%.0f', now[1] * 1000000 + now[2]))
    redis.call('SET', KEYS[2], ARGV[1])
    return 1
end
return 0
"""

_lock = threading.Lock()
_owed = 0


def owe() -> None:
    """A change could not be announced."""
    global _owed
    with _lock:
        _owed += 1


def is_owed() -> bool:
    return _owed > 0


def settle(connection: Any) -> None:
    """Over a fresh or an indebted connection of redis-py, before it is used. Raises what redis-py raises."""
    global _owed
    owed = _owed
    connection.send_command("INFO", "server")
    run_id = _run_id(connection.read_response())
    connection.send_command("EVAL", _SETTLE, 2, KEY, RUN_KEY, run_id, int(owed > 0))
    connection.read_response()
    with _lock:
        # What another thread came to owe meanwhile stays owed.
        _owed -= min(owed, _owed)


def _run_id(information: Any) -> bytes:
    """Of `INFO server`, which a proxy may have shortened: without one every connection raises the epoch."""
    lines = information.splitlines() if isinstance(information, bytes) else []
    found = next((line for line in lines if line.startswith(b"run_id:")), b"")
    return bytes(found.removeprefix(b"run_id:").strip())


def _begin_anew() -> None:
    """In a fork: what is owed stays owed, by both."""
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_begin_anew)
