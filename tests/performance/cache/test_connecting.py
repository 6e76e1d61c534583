"""A web process makes its connections to Valkey as it starts, if it can."""

import socket

from django.core.cache import caches
from redis import ConnectionPool

from performance.cache.connection import fill


def _pool() -> ConnectionPool:
    """As our own, of the same server."""
    ours = caches["default"].client.get_client().connection_pool  # type: ignore[attr-defined]
    return ConnectionPool(**ours.connection_kwargs)


def test_threads_find_connections_that_are_made() -> None:
    pool = _pool()

    fill(pool, 3)

    made = list(pool._available_connections)
    taken = [pool.get_connection() for _ in range(3)]
    assert len(made) == 3
    assert set(taken) == set(made)
    pool.disconnect()


def test_a_pool_that_holds_fewer_gives_back_those_that_were_made() -> None:
    pool = _pool()
    pool.max_connections = 2

    fill(pool, 3)

    assert len(pool._available_connections) == 2
    pool.disconnect()


def test_where_valkey_is_away_nobody_minds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    pool = ConnectionPool(host="127.0.0.1", port=port, socket_connect_timeout=1)

    fill(pool, 3)

    assert all(each._sock is None for each in pool._available_connections)
