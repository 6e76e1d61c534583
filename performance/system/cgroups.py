"""What the container allows and has used, by its control groups (v1, and v2: Linux' admin-guide/cgroup-v2).

Limits hold for all groups above, too, so the smallest one counts, and what is used of it by all who share it. Where
there are none, or no such files at all (macOS, a plain host), everything here is None and the machine's own figures
stand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Number = TypeVar("Number", int, float)
ROOT = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")
# v1 says "no limit" as the largest multiple of a page that it can hold.
NO_LIMIT = 1 << 60


@dataclass(frozen=True, slots=True)
class Group:
    """Bytes, cores (1.5 is one and a half), seconds since the group began. `memory_used` leaves out what the kernel
    gives back when it is needed (inactive files).
    """

    memory_limit: int | None = None
    memory_used: int | None = None
    cores: float | None = None
    cpu_used_s: float | None = None
    throttled_s: float | None = None


def group(*, root: Path = ROOT, membership: Path = MEMBERSHIP) -> Group:
    """Of this process."""
    paths = _memberships(membership)
    if (root / "cgroup.controllers").exists():
        return _second(root, paths.get("", "/"))
    return _first(root, paths)


def _memberships(path: Path) -> Mapping[str, str]:
    """Controller → the group's path below its hierarchy's root; "" is v2's."""
    found: dict[str, str] = {}
    for line in _read(path).splitlines():
        _, controllers, where = (*line.split(":", 2), "", "")[:3]
        for controller in controllers.split(","):
            found[controller] = where
    return found


def _second(root: Path, path: str) -> Group:
    groups = list(_upwards(root, path))
    limit, holder = _least([(_number(each / "memory.max"), each) for each in groups])
    cores, busy = _least([(_quota(_read(each / "cpu.max").split()), each) for each in groups])
    stat, cpu = _pairs(holder / "memory.stat"), _pairs(busy / "cpu.stat")
    return Group(
        memory_limit=limit,
        memory_used=_kept(_number(holder / "memory.current"), stat.get("inactive_file", 0)),
        cores=cores,
        cpu_used_s=_scaled(cpu.get("usage_usec"), 1e-6),
        throttled_s=_scaled(cpu.get("throttled_usec"), 1e-6),
    )


def _first(root: Path, paths: Mapping[str, str]) -> Group:
    memory, cpu, used = (list(_upwards(root / name, paths.get(name, "/"))) for name in ("memory", "cpu", "cpuacct"))
    limits = [(_number(each / "memory.limit_in_bytes"), each) for each in memory]
    limit, holder = _least([(number if number and number < NO_LIMIT else None, each) for number, each in limits])
    quotas = [[_read(each / f"cpu.cfs_{what}_us") for what in ("quota", "period")] for each in cpu]
    cores, busy = _least(list(zip(map(_quota, quotas), cpu, strict=True)))
    # The two controllers are usually mounted as one, and then their paths are the same.
    counted = used[cpu.index(busy)] if len(used) == len(cpu) else used[0]
    idle = _pairs(holder / "memory.stat").get("total_inactive_file", 0)
    return Group(
        memory_limit=limit,
        memory_used=_kept(_number(holder / "memory.usage_in_bytes"), idle),
        cores=cores,
        cpu_used_s=_scaled(_number(counted / "cpuacct.usage"), 1e-9),
        throttled_s=_scaled(_pairs(busy / "cpu.stat").get("throttled_time"), 1e-9),
    )


def _upwards(root: Path, path: str) -> Iterator[Path]:
    """The group's directory and those above it. A container may be shown the host's path: its root is the group."""
    own = root / path.lstrip("/")
    if ".." in Path(path).parts or not own.is_dir():
        own = root
    yield own
    while own != root:
        own = own.parent
        yield own


def _quota(parts: list[str]) -> float | None:
    """["150000", "100000"] → 1.5; "max" and -1 are no limit."""
    quota, period = (_whole(part) for part in (*parts, "", "")[:2])
    return quota / period if quota and period and quota > 0 else None


def _least(limits: Sequence[tuple[Number | None, Path]]) -> tuple[Number | None, Path]:
    """The smallest limit and the group that has it; the process' own group where there is none."""
    found = [each for each in limits if each[0] is not None]
    return min(found, key=lambda each: each[0] or 0, default=(None, limits[0][1]))


def _kept(used: int | None, idle: int) -> int | None:
    return None if used is None else max(0, used - idle)


def _scaled(value: int | None, unit: float) -> float | None:
    return None if value is None else value * unit


def _pairs(path: Path) -> Mapping[str, int]:
    """Lines of "name number"."""
    rows = (line.split() for line in _read(path).splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}


def _number(path: Path) -> int | None:
    return _whole(_read(path))


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
