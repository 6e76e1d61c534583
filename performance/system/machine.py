"""What the machine (or container) and this process have used, read now, and what that comes to between two readings."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from performance.system.cgroups import Group, group

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Reading:
    """Totals since some time ago: seconds of CPU, bytes; `at` is monotonic."""

    at: float
    cores: float
    cpu_used_s: float
    stolen_s: float
    throttled_s: float
    memory_used: int
    memory_limit: int
    disk_used: int
    disk_size: int
    disk_moved: int
    network_moved: int
    network_packets: int
    network_lost: int


@dataclass(frozen=True, slots=True)
class Shares:
    """0 to 1, of what may be used. Stolen is what other machines on the host took, throttled the time for which the
    container was stopped for its quota, lost the packets that were dropped or broken.
    """

    cpu_share: float
    stolen_share: float
    throttled_share: float
    memory_share: float
    disk_share: float
    disk_mb_per_s: float
    network_mb_per_s: float
    network_lost_share: float


def read(*, directory: Path) -> Reading:
    """`directory` is on the disk that is looked at."""
    allowed, memory, disk = group(), psutil.virtual_memory(), psutil.disk_usage(str(directory))
    times = psutil.cpu_times()
    busy_s = sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "steal", 0.0)
    # Guests' time is part of users'.
    busy_s -= getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    limit, used = _memory(allowed, total=memory.total, used=memory.total - memory.available)
    # psutil's own care for counters that begin anew takes a lock, which a fork would find held.
    moved, cards = psutil.disk_io_counters(nowrap=False), psutil.net_io_counters(pernic=True, nowrap=False)
    # What a machine says to itself goes over no network.
    sent = [card for name, card in cards.items() if not name.startswith("lo")]
    lost = sum(card.errin + card.errout + card.dropin + card.dropout for card in sent)
    is_limited = allowed.cores is not None and allowed.cpu_used_s is not None
    return Reading(
        at=time.monotonic(),
        cores=min(allowed.cores or float("inf"), float(_cores())),
        cpu_used_s=allowed.cpu_used_s if is_limited and allowed.cpu_used_s is not None else busy_s,
        stolen_s=getattr(times, "steal", 0.0),
        throttled_s=allowed.throttled_s or 0.0,
        memory_used=used,
        memory_limit=limit,
        disk_used=disk.used,
        disk_size=disk.used + disk.free,
        disk_moved=moved.read_bytes + moved.write_bytes if moved else 0,
        network_moved=sum(card.bytes_sent + card.bytes_recv for card in sent),
        network_packets=sum(card.packets_sent + card.packets_recv for card in sent) + lost,
        network_lost=lost,
    )


def between(before: Reading, after: Reading) -> Shares:
    """Pure. Counters that began anew (a disk went away) count as nothing moved."""
    passed_s = max(after.at - before.at, 1e-3)
    of_cpu = passed_s * after.cores
    return Shares(
        cpu_share=_share(after.cpu_used_s - before.cpu_used_s, of_cpu),
        stolen_share=_share(after.stolen_s - before.stolen_s, passed_s * _cores()),
        throttled_share=_share(after.throttled_s - before.throttled_s, passed_s),
        memory_share=_share(after.memory_used, after.memory_limit),
        disk_share=_share(after.disk_used, after.disk_size),
        disk_mb_per_s=max(0, after.disk_moved - before.disk_moved) / MIB / passed_s,
        network_mb_per_s=max(0, after.network_moved - before.network_moved) / MIB / passed_s,
        network_lost_share=_share(
            after.network_lost - before.network_lost, after.network_packets - before.network_packets
        ),
    )


def _memory(allowed: Group, *, total: int, used: int) -> tuple[int, int]:
    """The limit that is met first, and what is used of that."""
    if allowed.memory_limit is None or allowed.memory_used is None or allowed.memory_limit >= total:
        return total, used
    return allowed.memory_limit, allowed.memory_used


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _share(part: float, whole: float) -> float:
    return min(1.0, max(0.0, part / whole)) if whole > 0 else 0.0
