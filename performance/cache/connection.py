"""Each thread's own connection to Valkey, out of django-redis' pool.

A pinned connection costs half of what redis-py's client costs a call. Whoever calls must be ready for `CacheGone`,
which never takes long to come: see `circuit.py`. Before a new connection is used it is settled whether what is cached
may still be served: see `epoch.py`.
"""

import hashlib
import os
import threading
import time
from collections.abc import Sequence
from typing import Any

import redis
from django.conf import settings
from django.core.cache import caches
from redis.exceptions import NoScriptError

from performance.cache import epoch
from performance.cache.circuit import CacheGone, Circuit

__all__ = ["CacheGone", "PinnedConnection", "Script", "pinned"]

Argument = str | bytes | int | float


class Script:
    """Lua that Valkey runs as one step. Loaded by the first call that finds it missing."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


class PinnedConnection:
    """One thread's connection: made by its first call, made anew when it broke."""

    def __init__(self) -> None:
        self._pool: Any = None
        self._connection: Any = None

    def call(self, *arguments: Argument) -> Any:
        """A command's reply, strings as bytes. Raises CacheGone when there is none to be had."""
        return self.calls([arguments])[0]

    def calls(self, commands: Sequence[Sequence[Argument]]) -> list[Any]:
        """The replies of several commands sent at once. Raises CacheGone, also when only one of them is refused."""
        circuit.enter()
        began = time.monotonic()
        try:
            replies = self._exchange(commands)
        except NoScriptError:
            # It is there, and is asked again at once: a server that was started anew has forgotten all scripts.
            circuit.succeeded()
            raise
        except redis.ResponseError as error:
            # Out of memory, read-only, a key of another type: the connection is sound, the answer is "no cache".
            circuit.warn(error)
            raise CacheGone(str(error)) from error
        except (redis.RedisError, OSError) as error:
            circuit.failed(error, took_s=time.monotonic() - began)
            raise CacheGone(str(error)) from error
        circuit.succeeded()
        return replies

    def script(self, script: Script, keys: Sequence[str | bytes], arguments: Sequence[Argument]) -> Any:
        """The reply of a script. Raises CacheGone."""
        try:
            return self.call("EVALSHA", script.sha, len(keys), *keys, *arguments)
        except NoScriptError:
            return self.call("EVAL", script.text, len(keys), *keys, *arguments)

    def _exchange(self, commands: Sequence[Sequence[Argument]]) -> list[Any]:
        if self._connection is not None:
            try:
                if epoch.is_owed():
                    epoch.settle(self._connection)
                return self._once(commands)
            except redis.ConnectionError:
                # The server may have been restarted since the last call, which is no outage.
                self.close()
        self._connect()
        return self._once(commands)

    def _once(self, commands: Sequence[Sequence[Argument]]) -> list[Any]:
        connection = self._connection
        try:
            if len(commands) == 1:
                connection.send_command(*commands[0])
                return [connection.read_response()]
            connection.send_packed_command(connection.pack_commands(commands))
            replies = [self._reply() for _ in commands]
        except redis.ResponseError:
            raise
        except BaseException:
            # Interrupted between question and answer, the next question would get this one's answer.
            self.close()
            raise
        for reply in replies:
            if isinstance(reply, redis.ResponseError):
                raise reply
        return replies

    def _reply(self) -> Any:
        """All replies are read before the first refusal is raised, or the next question would get the rest."""
        try:
            return self._connection.read_response()
        except redis.ResponseError as error:
            return error

    def _connect(self) -> None:
        self._pool = _pool()
        self._connection = self._pool.get_connection()
        try:
            epoch.settle(self._connection)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Break the connection, and let the pool have it back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.disconnect()
            self._pool.release(connection)

    def __del__(self) -> None:
        # A thread has ended: the next one takes its connection over. A fork's belongs to its parent.
        if self._connection is not None and self._connection.pid == os.getpid():
            self._pool.release(self._connection)


circuit = Circuit()
_threads = threading.local()


def pinned() -> PinnedConnection:
    """This thread's own. Never raises: its calls do."""
    try:
        mine: PinnedConnection = _threads.connection
    except AttributeError:
        mine = _threads.connection = PinnedConnection()
    return mine


def begin_connecting() -> None:
    """For a web process that starts: as many connections as it has threads are made beside it, for these to find."""
    wanted = min(settings.WEB_THREADS, settings.REDIS_MAX_CONNECTIONS // 2)
    threading.Thread(target=lambda: fill(_pool(), wanted), name="valkey", daemon=True).start()


def fill(pool: Any, wanted: int) -> None:
    """Where Valkey is away whoever asks it will notice."""
    made = []
    try:
        for _ in range(wanted):
            made.append(pool.get_connection())  # noqa: PERF401 - those made before one fails are released, too
    except (redis.RedisError, OSError):
        pass
    finally:
        for each in made:
            pool.release(each)


def _pool() -> Any:
    client: Any = caches["default"]
    return client.client.get_client().connection_pool


def is_gone() -> bool:
    """Whether this process found Valkey away when it last tried."""
    return circuit.is_gone


def _begin_anew() -> None:
    """In a fork, whose threads and sockets are its parent's."""
    global circuit, _threads
    circuit, _threads = Circuit(), threading.local()


os.register_at_fork(after_in_child=_begin_anew)
