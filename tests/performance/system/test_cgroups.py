"""What a container allows, out of the files that the kernel shows."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from performance.system.cgroups import Group, group

GB = 1 << 30


def written(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def member(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "membership"
    path.write_text(text)
    return path


def test_v2_with_limits(tmp_path: Path) -> None:
    root = written(
        tmp_path / "fs",
        {
            "cgroup.controllers": "cpu memory\n",
            "assay/memory.max": f"{2 * GB}\n",
            "assay/memory.current": f"{GB}\n",
            "assay/memory.stat": f"anon 5\ninactive_file {GB // 4}\n",
            "assay/cpu.max": "150000 100000\n",
            "assay/cpu.stat": "usage_usec 2500000\nnr_throttled 3\nthrottled_usec 500000\n",
        },
    )

    found = group(root=root, membership=member(tmp_path, "0::/assay\n"))

    assert found == Group(2 * GB, GB - GB // 4, 1.5, 2.5, 0.5)


def test_v2_the_smallest_limit_above_counts(tmp_path: Path) -> None:
    root = written(
        tmp_path / "fs",
        {
            "cgroup.controllers": "cpu memory\n",
            "a/memory.max": f"{GB}\n",
            "a/cpu.max": "50000 100000\n",
            "a/b/memory.max": "max\n",
            "a/b/cpu.max": "max 100000\n",
            "a/b/memory.current": "100\n",
            "a/memory.current": "300\n",
            "a/cpu.stat": "usage_usec 7000000\nthrottled_usec 1000000\n",
            "a/b/cpu.stat": "usage_usec 2000000\nthrottled_usec 0\n",
        },
    )

    found = group(root=root, membership=member(tmp_path, "0::/a/b\n"))

    # And what is used of it by all who are in that group.
    assert found == Group(GB, 300, 0.5, 7.0, 1.0)


def test_v1_with_limits(tmp_path: Path) -> None:
    root = written(
        tmp_path / "fs",
        {
            "memory/docker/x/memory.limit_in_bytes": f"{GB}\n",
            "memory/docker/x/memory.usage_in_bytes": "5000\n",
            "memory/docker/x/memory.stat": "cache 1\ntotal_inactive_file 1000\n",
            "memory/memory.limit_in_bytes": "9223372036854771712\n",
            "cpu/docker/x/cpu.cfs_quota_us": "200000\n",
            "cpu/docker/x/cpu.cfs_period_us": "100000\n",
            "cpu/docker/x/cpu.stat": "nr_periods 1\nthrottled_time 1500000000\n",
            "cpuacct/docker/x/cpuacct.usage": "3000000000\n",
        },
    )
    lines = "4:memory:/docker/x\n2:cpu,cpuacct:/docker/x\n0::/\n"

    assert group(root=root, membership=member(tmp_path, lines)) == Group(GB, 4000, 2.0, 3.0, 1.5)


def test_in_a_container_the_path_may_be_the_hosts(tmp_path: Path) -> None:
    root = written(tmp_path / "fs", {"cgroup.controllers": "memory\n", "memory.max": "77\n"})

    for path in ("/kubepods/pod1/x", "/../../other"):
        assert group(root=root, membership=member(tmp_path, f"0::{path}\n")).memory_limit == 77


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"cgroup.controllers": ""},
        {
            "cgroup.controllers": "cpu memory",
            "memory.max": "max",
            "cpu.max": "max 100000",
            "memory.current": "lots",
            "cpu.stat": "usage_usec\n",
        },
        {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000", "memory/memory.limit_in_bytes": str(1 << 62)},
        {"cgroup.controllers": "cpu", "cpu.max": "100000 0"},
    ],
)
def test_no_limit_is_none(tmp_path: Path, files: Mapping[str, str]) -> None:
    root = written(tmp_path / "fs", files)

    assert group(root=root, membership=tmp_path / "nowhere") == Group()
