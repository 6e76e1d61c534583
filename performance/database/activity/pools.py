"""The web's pools over all processes and hosts: each says every two seconds how it does, and is forgotten by itself."""

import os
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache

import orjson

from performance.cache.connection import CacheGone, pinned
from performance.database.pool import Peak, Pool

KEYS, KEY = "assay:pools", "assay:pool:{}"
# Some samplings: a process that missed one is not gone yet.
KEPT_S = 15
_INDEX_KEPT_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolFigures:
    """One process's pool. `utilisation` and `waiting` are the peaks of the last two seconds, above 1 when some waited.

    `requests`, `queued` (had to wait), `wait_ms`, `refused` (got none in time) and `lost` (broken connections) count
    since the process began.
    """

    host: str
    pid: int
    min_size: int
    max_size: int
    size: int
    idle: int
    waiting: int
    utilisation: float
    requests: int
    queued: int
    wait_ms: int
    refused: int
    lost: int

    @property
    def in_use(self) -> int:
        return max(0, self.size - self.idle)


def publish(pool: Pool, peak: Peak) -> None:
    """Say how this process's pool does. Nothing while Valkey is away, which never takes long to tell."""
    found = figures(pool.get_stats(), peak)
    name = f"{found.host}:{found.pid}"
    try:
        pinned().calls(
            [
                ("SET", KEY.format(name), orjson.dumps(asdict(found)), "EX", KEPT_S),
                ("SADD", KEYS, name),
                ("EXPIRE", KEYS, _INDEX_KEPT_S),
            ]
        )
    except CacheGone:
        return


def figures(stats: Mapping[str, int], peak: Peak) -> PoolFigures:
    """Of this process, from psycopg's own counters: it leaves out what never happened."""
    return PoolFigures(
        host=_host(),
        pid=os.getpid(),
        min_size=stats.get("pool_min", 0),
        max_size=stats.get("pool_max", 0),
        size=stats.get("pool_size", 0),
        idle=stats.get("pool_available", 0),
        waiting=peak.waiting,
        utilisation=peak.utilisation,
        requests=stats.get("requests_num", 0),
        queued=stats.get("requests_queued", 0),
        wait_ms=stats.get("requests_wait_ms", 0),
        refused=stats.get("requests_errors", 0),
        lost=stats.get("connections_lost", 0),
    )


def published() -> list[PoolFigures] | None:
    """Of all processes that live, by host and pid; None where Valkey is away."""
    try:
        names = sorted(each.decode() for each in pinned().call("SMEMBERS", KEYS))
        values = pinned().call("MGET", *map(KEY.format, names)) if names else []
        gone = [name for name, value in zip(names, values, strict=True) if value is None]
        if gone:
            pinned().call("SREM", KEYS, *gone)
    except CacheGone:
        return None
    return [read for value in values if value and (read := _read(value))]


def _read(value: bytes) -> PoolFigures | None:
    """None of what another release of ours wrote."""
    known = orjson.loads(value)
    names = [field.name for field in fields(PoolFigures)]
    return PoolFigures(**{name: known[name] for name in names}) if known.keys() >= set(names) else None


@cache
def _host() -> str:
    return socket.gethostname()[:100]
