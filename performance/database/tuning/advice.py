"""What each setting should be on this server, and why. Pure.

The shares of memory are the documentation's (a quarter for shared_buffers on a machine of PostgreSQL's own), and half
of that where the application runs beside it. A setting that the figures say nothing against is left as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from performance.database.tuning.server import MB, Server

GB = 1 << 30
# Fewer blocks or checkpoints than these tell nothing.
FEWEST_BLOCKS, FEWEST_CHECKPOINTS = 100_000, 10
GOOD_HIT_RATE = 0.99
SPILLS_A_DAY = GB
# A page of a solid-state disk, or of the system's cache, comes faster than this; one of a turning disk doesn't.
FAST_READ_MS, SLOW_READ_MS = 1.0, 3.0
BIG_ROWS, LATE_AT = 1_000_000, 200_000
OVERDUE_TABLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """`advised` is "" where the setting is right as it is; `statement` is what to run then, by whom it may."""

    setting: str
    current: str
    why: str
    advised: str = ""
    statement: str = ""
    needs_restart: bool = False
    is_urgent: bool = False

    @property
    def is_fine(self) -> bool:
        return not self.advised


def advice(server: Server) -> list[Advice]:
    """What should be changed first, the urgent before the rest."""
    rules = [_safety, _memory, _planner, _checkpoints, _autovacuum, _connections, _sight]
    found = [each for rule in rules for each in rule(server)]
    return sorted(found, key=lambda each: (each.is_fine, not each.is_urgent))


def _fine(server: Server, name: str, why: str) -> Advice:
    return Advice(setting=name, current=server.text(name), why=why)


def _change(server: Server, name: str, to: str, why: str, *, is_urgent: bool = False) -> Advice:
    known = server.settings.get(name)
    restart = known is not None and known.needs_restart
    reload = "" if restart else " SELECT pg_reload_conf();"
    return Advice(
        setting=name,
        current=server.text(name),
        advised=to,
        why=why,
        statement=f"ALTER SYSTEM SET {name} = '{to}';{reload}",
        needs_restart=restart,
        is_urgent=is_urgent,
    )


def _safety(server: Server) -> Iterator[Advice]:
    for name, lost in (
        ("fsync", "the next power cut may destroy the whole database"),
        ("full_page_writes", "a page torn by a power cut can't be mended"),
    ):
        if name in server.settings and not server.value(name):
            yield _change(server, name, "on", f"While it is off, {lost}.", is_urgent=True)
    if "data_checksums" in server.settings and not server.value("data_checksums"):
        yield Advice(
            setting="data_checksums",
            current="off",
            advised="on",
            why="A disk that returns wrong bytes isn't noticed without.",
            statement="-- with the server stopped:  pg_checksums --enable -D <data directory>",
            needs_restart=True,
        )
    for setting in server.settings.values():
        if setting.is_pending:
            why = "It was changed in the configuration, and waits for a restart."
            yield Advice(
                setting=setting.name, current=setting.text, advised="as configured", why=why, needs_restart=True
            )


def _memory(server: Server) -> Iterator[Advice]:
    if server.memory is None:
        why = "PostgreSQL runs on another machine: say its memory in DATABASE_MEMORY_MB to have advice on this."
        for name in ("shared_buffers", "work_mem", "effective_cache_size", "maintenance_work_mem"):
            yield _fine(server, name, why)
        return
    yield _shared_buffers(server, server.memory)
    yield _work_mem(server, server.memory)
    yield _effective_cache_size(server, server.memory)
    yield _maintenance_work_mem(server, server.memory)


def _shared_buffers(server: Server, memory: int) -> Advice:
    now, right = server.value("shared_buffers"), memory / (4 if server.is_alone else 8)
    of = f"{now / memory:.0%} of the machine's {_text(memory)}"
    if now > 0.45 * memory:
        return _change(
            server, "shared_buffers", _text(memory / 4), f"It is {of}, which leaves too little for the rest."
        )
    rate = "not known yet" if server.hit_rate is None else f"{server.hit_rate:.2%}"
    misses = server.hit_rate is not None and server.hit_rate < GOOD_HIT_RATE and server.blocks_read > FEWEST_BLOCKS
    if misses and now < 0.75 * right and server.database_bytes > now:
        why = f"Only {rate} of blocks are found in it, and it is {of} for a database of {_text(server.database_bytes)}."
        return _change(server, "shared_buffers", _text(min(right, max(2 * now, server.database_bytes))), why)
    return _fine(server, "shared_buffers", f"It is {of}; the hit rate is {rate}.")


def _work_mem(server: Server, memory: int) -> Advice:
    now, connections = server.value("work_mem"), max(1.0, server.value("max_connections"))
    bearable = memory / 4 / connections
    if now * connections > memory / 2 and now > 4 * MB:
        why = f"{connections:,.0f} connections that each use it once take {_text(now * connections)}: more than half."
        return _change(server, "work_mem", _text(max(4 * MB, bearable)), why)
    spilled = server.temp_bytes_a_day
    if spilled is None or spilled < SPILLS_A_DAY:
        written = "nothing" if not spilled else f"{_text(spilled)} a day"
        why = "What sorts and hashes put on the disk isn't known yet." if spilled is None else ""
        return _fine(server, "work_mem", why or f"Sorts and hashes put {written} on the disk.")
    wanted = min(bearable, max(2 * now, 2 * (server.temp_file_bytes or 0)))
    why = f"Sorts and hashes put {_text(spilled)} a day on the disk, {_text(server.temp_file_bytes or 0)} each."
    if wanted < 1.5 * now:
        tight = "more for every connection would be too much: SET LOCAL it for the statements that spill."
        return _fine(server, "work_mem", f"{why[:-1]}; {tight}")
    return _change(server, "work_mem", _text(wanted), why)


def _effective_cache_size(server: Server, memory: int) -> Advice:
    now, right = server.value("effective_cache_size"), memory * (0.75 if server.is_alone else 0.5)
    if memory / 4 <= now <= memory:
        return _fine(server, "effective_cache_size", f"Of {_text(memory)} that is what both caches may hold.")
    why = f"Of {_text(memory)} both caches hold about {_text(right)}; the planner goes by it when it weighs indexes."
    return _change(server, "effective_cache_size", _text(right), why)


def _maintenance_work_mem(server: Server, memory: int) -> Advice:
    now, workers = server.value("maintenance_work_mem"), max(1.0, server.value("autovacuum_max_workers"))
    right = min(float(GB), max(64.0 * MB, memory / (16 if server.is_alone else 32)))
    if now * workers > memory / 4 and now > 64 * MB and server.value("autovacuum_work_mem") < 0:
        why = f"{workers:.0f} autovacuum workers may use it at once: {_text(now * workers)} of {_text(memory)}."
        return _change(server, "maintenance_work_mem", _text(right), why)
    if now < 0.45 * right:
        why = f"Index builds and vacuums of a machine with {_text(memory)} go through in one pass with more."
        return _change(server, "maintenance_work_mem", _text(right), why)
    return _fine(server, "maintenance_work_mem", f"Enough for index builds and vacuum on {_text(memory)}.")


def _planner(server: Server) -> Iterator[Advice]:
    cost, read = server.value("random_page_cost"), server.read_ms
    if read is None:
        yield _fine(server, "random_page_cost", "How long a page takes isn't known without track_io_timing.")
    elif cost >= 2.5 and read < FAST_READ_MS:
        why = f"A page takes {read:.2f} ms, as on a solid-state disk: indexes cost less than the planner thinks."
        yield _change(server, "random_page_cost", "1.1", why)
    elif cost < 2.5 and read > SLOW_READ_MS:
        why = f"A page takes {read:.1f} ms, as on a turning disk: indexes cost more than the planner thinks."
        yield _change(server, "random_page_cost", "4", why)
    else:
        yield _fine(server, "random_page_cost", f"A page takes {read:.2f} ms.")


def _checkpoints(server: Server) -> Iterator[Advice]:
    share, timeout = server.requested_share, server.value("checkpoint_timeout")
    often = share is not None and share > 0.25 and server.checkpoints >= FEWEST_CHECKPOINTS
    told = f"{share or 0:.0%} of {server.checkpoints} checkpoints came early, since the log was full"
    if often and server.wal_bytes_a_s is not None:
        wanted = max(2 * server.value("max_wal_size"), 3 * server.wal_bytes_a_s * timeout)
        why = f"{told}: {_text(server.wal_bytes_a_s * timeout)} are written between two by the clock."
        yield _change(server, "max_wal_size", _text(min(wanted, 64 * GB)), why)
    else:
        yield _fine(server, "max_wal_size", f"{told}." if server.checkpoints else "There was no checkpoint yet.")
    if 0 < server.value("checkpoint_completion_target") < 0.85:
        yield _change(server, "checkpoint_completion_target", "0.9", "Checkpoints are spread over more of the time.")
    pages = server.full_page_share
    if (
        pages is not None
        and pages > 0.3
        and not server.value("wal_compression")
        and (server.wal_bytes_a_s or 0) > 50_000
    ):
        why = f"{pages:.0%} of the log are images of whole pages, which compress well."
        yield _change(server, "wal_compression", "on", why)


def _autovacuum(server: Server) -> Iterator[Advice]:
    for name in ("autovacuum", "track_counts"):
        if name in server.settings and not server.value(name):
            why = "Dead rows pile up and transaction ids run out while it is off."
            yield _change(server, name, "on", why, is_urgent=True)
    overdue = [table.name for table, kept in server.tables if kept.is_vacuum_overdue and kept.is_autovacuum_on]
    limit = server.value("autovacuum_vacuum_cost_limit")
    limit = server.value("vacuum_cost_limit") if limit < 0 else limit
    if len(overdue) >= OVERDUE_TABLES and limit <= 200 and server.value("autovacuum_vacuum_cost_delay") > 0:
        why = f"Autovacuum doesn't get round: {len(overdue)} tables have twice the dead rows at which it begins."
        yield _change(server, "autovacuum_vacuum_cost_limit", "1000", why)
    for table, kept in server.tables:
        if table.rows >= BIG_ROWS and kept.vacuum_at > LATE_AT and kept.is_autovacuum_on:
            scale = f"{max(0.002, 0.5 * LATE_AT / table.rows):.3f}"
            name = ".".join('"' + each.replace('"', '""') + '"' for each in (table.schema, table.table))
            yield Advice(
                setting=f"autovacuum_vacuum_scale_factor of {table.name}",
                current=f"{kept.vacuum_at:,} dead rows",
                advised=scale,
                why=f"Of {table.rows:,} rows {kept.vacuum_at:,} must be dead before autovacuum begins.",
                statement=f"ALTER TABLE {name} SET (autovacuum_vacuum_scale_factor = {scale});",
            )


def _connections(server: Server) -> Iterator[Advice]:
    share = server.connections
    if share > 0.8:
        more = f"{1.5 * server.value('max_connections'):.0f}"
        why = f"{share:.0%} of them are used; or let the web's processes hold fewer (DATABASE_POOL_SIZE)."
        yield _change(server, "max_connections", more, why)
    else:
        yield _fine(server, "max_connections", f"{share:.0%} of them are used.")
    for name, advised in (("statement_timeout", "5min"), ("idle_in_transaction_session_timeout", "60s")):
        known = server.settings.get(name)
        if known and known.source == "client":
            yield _fine(server, name, "Each process of the application says its own.")
        elif known and not known.value:
            yield Advice(
                setting=name,
                current=known.text,
                advised=advised,
                why="Something between the application and PostgreSQL drops what connections ask for at their start.",
                statement=f"ALTER ROLE \"{server.role}\" SET {name} = '{advised}';",
            )


def _sight(server: Server) -> Iterator[Advice]:
    if not server.value("track_io_timing"):
        why = "How long reading takes isn't measured. (Where pg_test_timing says more than 50 ns a look, leave it.)"
        yield _change(server, "track_io_timing", "on", why)
    if not server.value("log_lock_waits"):
        yield _change(server, "log_lock_waits", "on", "Who waited for whom is not in the log.")
    if "pg_stat_statements.track" not in server.settings:
        yield Advice(
            setting="shared_preload_libraries",
            current="without pg_stat_statements",
            advised="pg_stat_statements",
            why="What statements cost isn't counted.",
            statement="-- in postgresql.conf, beside what is there: shared_preload_libraries = '…,pg_stat_statements'",
            needs_restart=True,
        )


def _text(size: float) -> str:
    """As PostgreSQL takes it, in whole megabytes, or gigabytes where they are exact enough."""
    if size >= 10 * GB:
        return f"{size / GB:.0f}GB"
    return f"{max(1, round(size / MB))}MB"
