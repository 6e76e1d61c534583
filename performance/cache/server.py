"""How Valkey itself is: memory, clients, evictions, as its INFO says."""

from dataclasses import dataclass

from performance.cache.connection import CacheGone, pinned
from performance.metrics.looks import once_a_look

_SECTIONS = ("memory", "clients", "stats", "server", "persistence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Bytes, counts since the server started. `limit_bytes` is 0 where it may take all the memory there is."""

    version: str
    uptime_s: int
    used_bytes: int
    limit_bytes: int
    peak_bytes: int
    fragmentation: float
    policy: str
    clients: int
    most_clients: int
    blocked_clients: int
    commands_per_s: int
    hits: int
    misses: int
    evicted: int
    expired: int
    refused_connections: int

    @property
    def used_share(self) -> float | None:
        return self.used_bytes / self.limit_bytes if self.limit_bytes else None


@once_a_look
def server() -> Server | None:
    """One round trip; None where Valkey can't be reached."""
    try:
        told = _told()
    except CacheGone:
        return None
    return Server(
        version=told.get("valkey_version") or told.get("redis_version", ""),
        uptime_s=int(told.get("uptime_in_seconds", 0)),
        used_bytes=int(told.get("used_memory", 0)),
        limit_bytes=int(told.get("maxmemory", 0)),
        peak_bytes=int(told.get("used_memory_peak", 0)),
        fragmentation=float(told.get("mem_fragmentation_ratio", 0)),
        policy=told.get("maxmemory_policy", ""),
        clients=int(told.get("connected_clients", 0)),
        most_clients=int(told.get("maxclients", 0)),
        blocked_clients=int(told.get("blocked_clients", 0)),
        commands_per_s=int(told.get("instantaneous_ops_per_sec", 0)),
        hits=int(told.get("keyspace_hits", 0)),
        misses=int(told.get("keyspace_misses", 0)),
        evicted=int(told.get("evicted_keys", 0)),
        expired=int(told.get("expired_keys", 0)),
        refused_connections=int(told.get("rejected_connections", 0)),
    )


def _told() -> dict[str, str]:
    replies = pinned().calls([("INFO", section) for section in _SECTIONS])
    lines = (line for reply in replies for line in bytes(reply).decode("utf-8", "replace").splitlines())
    return dict(line.split(":", 1) for line in lines if ":" in line)
