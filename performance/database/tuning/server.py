"""What the advice goes by: the server's settings, what it has counted, and the machine that it runs on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import psutil
from django.conf import settings
from django.db import connection

from performance.database.tables.facts import TableFacts
from performance.database.tables.upkeep import Upkeep
from performance.system.cgroups import group

MB = 1 << 20
_UNITS = {"B": 1, "kB": 1 << 10, "8kB": 8 << 10, "MB": MB, "GB": 1 << 30}
_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0}
_SETTINGS = """
SELECT name, setting, coalesce(unit, ''), current_setting(name, true), context, source, pending_restart FROM pg_settings
WHERE pending_restart OR name = ANY(%s)
"""
_NAMES = [
    "autovacuum", "autovacuum_max_workers", "autovacuum_vacuum_cost_limit", "autovacuum_vacuum_cost_delay",
    "autovacuum_work_mem", "block_size", "checkpoint_completion_target", "checkpoint_timeout", "data_checksums",
    "effective_cache_size", "fsync", "full_page_writes", "hash_mem_multiplier", "idle_in_transaction_session_timeout",
    "log_lock_waits", "maintenance_work_mem", "max_connections", "max_wal_size", "pg_stat_statements.track",
    "random_page_cost", "shared_buffers", "statement_timeout", "track_counts", "track_io_timing", "vacuum_cost_limit",
    "wal_compression", "work_mem",
]  # fmt: skip
# Views differ between PostgreSQL 15 and 18; pg_stat_bgwriter counted checkpoints until 16.
_COUNTED = """
SELECT to_jsonb(d)::text, to_jsonb(w)::text, to_jsonb(c)::text, clock_timestamp(),
    inet_server_addr() IS NULL OR inet_server_addr() = inet_client_addr(), current_user::text, pg_is_in_recovery()
FROM pg_stat_database d, pg_stat_wal w, {checkpoints} c WHERE d.datname = current_database()
"""
_CHECKPOINTER_SINCE = 170_000
SHORTEST_S = 3600.0


@dataclass(frozen=True, slots=True)
class Setting:
    """`value` is in bytes or seconds where it has such a unit, else as it stands; `text` as people write it."""

    name: str
    value: float
    text: str
    context: str
    source: str
    is_pending: bool

    @property
    def needs_restart(self) -> bool:
        return self.context == "postmaster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Rates and shares are None where nothing tells them. `memory` is the machine's, None where that isn't known;
    `is_alone` says that it is PostgreSQL's alone.
    """

    settings: Mapping[str, Setting]
    role: str
    memory: int | None
    is_alone: bool
    database_bytes: int
    blocks_read: int
    hit_rate: float | None
    read_ms: float | None
    temp_bytes_a_day: float | None
    temp_file_bytes: float | None
    checkpoints: int
    requested_share: float | None
    wal_bytes_a_s: float | None
    full_page_share: float | None
    connections: float
    tables: Sequence[tuple[TableFacts, Upkeep]]

    def value(self, name: str) -> float:
        """0 where the server hasn't got the setting or doesn't show it."""
        found = self.settings.get(name)
        return found.value if found else 0.0

    def text(self, name: str) -> str:
        found = self.settings.get(name)
        return found.text if found else ""


def server(*, tables: Sequence[tuple[TableFacts, Upkeep]], database_bytes: int, connections: float) -> Server:
    """Two statements. `connections` is the share of them that is used."""
    version = int(getattr(connection, "pg_version", 0))
    view = "pg_stat_checkpointer" if version >= _CHECKPOINTER_SINCE else "pg_stat_bgwriter"
    with connection.cursor() as cursor:
        cursor.execute(_SETTINGS, [_NAMES])
        found = {row[0]: _setting(*row) for row in cursor.fetchall()}
        cursor.execute(_COUNTED.format(checkpoints=view))
        database, wal, checkpoints, at, is_here, role, _ = cursor.fetchone()
    own, log, points = orjson.loads(database), orjson.loads(wal), orjson.loads(checkpoints)
    return Server(
        settings=found,
        role=role,
        memory=_memory(is_here=is_here),
        is_alone=bool(settings.DATABASE_MEMORY_MB),
        database_bytes=database_bytes,
        connections=connections,
        tables=tables,
        **_of_database(own, at=at),
        **_of_log(log, points, at=at, page=found["block_size"].value),
    )


def _setting(name: str, value: str, unit: str, text: str, context: str, source: str, pending: bool) -> Setting:
    factor = _UNITS.get(unit) or _SECONDS.get(unit) or 1.0
    try:
        number = float(value) * factor
    except ValueError:
        number = float(value in {"on", "pglz", "lz4", "zstd"})
    return Setting(name, number, text, context, source, pending)


def _of_database(counted: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    hit, read = counted["blks_hit"], counted["blks_read"]
    days = _seconds(counted, at=at) / 86_400
    return {
        "blocks_read": read,
        "hit_rate": hit / (hit + read) if hit + read else None,
        # Without track_io_timing it is 0, which tells nothing.
        "read_ms": counted["blk_read_time"] / read if read and counted["blk_read_time"] else None,
        "temp_bytes_a_day": counted["temp_bytes"] / days if days else None,
        "temp_file_bytes": counted["temp_bytes"] / counted["temp_files"] if counted["temp_files"] else None,
    }


def _of_log(wal: Mapping[str, Any], points: Mapping[str, Any], *, at: datetime, page: float) -> dict[str, Any]:
    timed = points.get("num_timed", points.get("checkpoints_timed", 0))
    requested = points.get("num_requested", points.get("checkpoints_req", 0))
    written, passed_s = float(wal["wal_bytes"]), _seconds(wal, at=at)
    return {
        "checkpoints": timed + requested,
        "requested_share": requested / (timed + requested) if timed + requested else None,
        "wal_bytes_a_s": written / passed_s if passed_s else None,
        "full_page_share": min(1.0, wal["wal_fpi"] * page / written) if written else None,
    }


def _seconds(counted: Mapping[str, Any], *, at: datetime) -> float:
    """Since the counters began; 0 where the server doesn't say, or where that was too short a time ago for rates."""
    began = counted.get("stats_reset")
    passed_s = (at - datetime.fromisoformat(began)).total_seconds() if began else 0.0
    return passed_s if passed_s >= SHORTEST_S else 0.0


def _memory(*, is_here: bool) -> int | None:
    """What the setting says; else this machine's (or container's), if the server runs here."""
    if settings.DATABASE_MEMORY_MB:
        return int(settings.DATABASE_MEMORY_MB) * MB
    if not is_here:
        return None
    total = int(psutil.virtual_memory().total)
    return min(total, group().memory_limit or total)
