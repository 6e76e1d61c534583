"""How the embedded servers are set for the machine they run on: a machine in, settings with reasons out.

The shares are smaller than for a machine given to PostgreSQL alone, since workers, web and a person's own
programs run beside it. `postgresql.conf` is written from this at every start, each value below its reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

MB = 1024 * 1024
CONNECTIONS = 120


@dataclass(frozen=True, slots=True)
class Machine:
    memory_mb: int
    cores: int


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    value: str
    why: str


def this_machine() -> Machine:
    """Memory is what the control group allows, where there is one: a container sees its host's otherwise."""
    memory = psutil.virtual_memory().total
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.exists() and (text := limit.read_text().strip()).isdigit():
        memory = min(memory, int(text))
    return Machine(memory_mb=memory // MB, cores=psutil.cpu_count() or 1)


def postgres(machine: Machine) -> list[Setting]:
    return [*_memory(machine), *_log_of_writes(machine), *_planner(machine), *_upkeep(), *_what_is_seen()]


def valkey_memory_mb(machine: Machine) -> int:
    """A sixteenth of the memory: cache entries go first when it is full, the broker's keys never."""
    return _between(64, machine.memory_mb // 16, 1024)


def as_file(settings: Sequence[Setting]) -> str:
    """The text of a postgresql.conf."""
    return "".join(f"# {each.why}\n{each.name} = '{each.value}'\n\n" for each in settings)


def _memory(machine: Machine) -> list[Setting]:
    shared = _between(128, machine.memory_mb // 8, 4096)
    # Each connection may use it a few times at once; a quarter of the memory is theirs together.
    work = _between(4, machine.memory_mb // 4 // CONNECTIONS, 64)
    upkeep = _between(64, machine.memory_mb // 32, 512)
    return [
        Setting(
            "max_connections",
            str(CONNECTIONS),
            "Two web pools of 20, every worker child, pump, beat, people.",
        ),
        Setting("shared_buffers", f"{shared}MB", "An eighth of the memory; the system's cache holds the rest."),
        Setting("work_mem", f"{work}MB", "A quarter of the memory over all connections: sorts stay off the disk."),
        Setting("maintenance_work_mem", f"{upkeep}MB", "Index builds and vacuum; few run at once."),
        Setting("effective_cache_size", f"{machine.memory_mb // 2}MB", "What both caches hold; makes indexes win."),
        Setting("huge_pages", "try", "Fewer page-table misses, where the system offers them."),
    ]


def _log_of_writes(machine: Machine) -> list[Setting]:
    largest = _between(1024, machine.memory_mb // 8, 4096)
    return [
        Setting("max_wal_size", f"{largest}MB", "Bulk imports don't force a checkpoint every few seconds."),
        Setting("min_wal_size", "256MB", "Segments are used again instead of made anew."),
        Setting("wal_buffers", "16MB", "One segment: a COPY fills it before it is written."),
        Setting("checkpoint_timeout", "15min", "Fewer full-page images; a crash replays at most this much."),
        Setting("synchronous_commit", "on", "A claim that a crash forgets would reuse its fence."),
        Setting("full_page_writes", "on", "A page torn by a power cut is mended from the log."),
    ]


def _planner(machine: Machine) -> list[Setting]:
    parallel = str(_between(1, machine.cores // 2, 4))
    return [
        Setting("random_page_cost", "1.1", "Solid-state disks: a random page costs about what the next one does."),
        Setting("max_worker_processes", str(machine.cores + 6), "The parallel ones and room for extensions."),
        Setting("max_parallel_workers", str(machine.cores), "No more than there are cores."),
        Setting("max_parallel_workers_per_gather", parallel, "Half the cores: a report leaves room for requests."),
        Setting("jit", "off", "Statements here take milliseconds; compiling one takes more."),
    ]


def _upkeep() -> list[Setting]:
    return [
        Setting("autovacuum_vacuum_scale_factor", "0.05", "Job rows change state often: dead ones go early."),
        Setting("autovacuum_analyze_scale_factor", "0.02", "The planner sees a big import soon."),
        Setting("autovacuum_naptime", "15s", "A queue of ten thousand comes and goes within a minute."),
    ]


def _what_is_seen() -> list[Setting]:
    return [
        Setting("shared_preload_libraries", "pg_stat_statements,auto_explain", "Figures and plans of statements."),
        Setting("pg_stat_statements.track", "top", "Statements as the application sends them."),
        Setting("auto_explain.log_min_duration", "1s", "The plan of what took this long is in the log."),
        Setting("track_io_timing", "on", "Time on the disk is told apart from time at work."),
        Setting("log_lock_waits", "on", "Who waited longer than a second for whom."),
        Setting("log_autovacuum_min_duration", "10s", "Only upkeep that may have been felt."),
        Setting("log_line_prefix", "%m [%p] %a ", "When, which backend, which process of ours."),
        Setting("timezone", "UTC", "Storage is UTC; pages turn it into a person's zone."),
        Setting("log_timezone", "UTC", "Comparable with every other log line."),
    ]


def _between(least: int, value: int, most: int) -> int:
    return max(least, min(value, most))
