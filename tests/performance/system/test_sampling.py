"""What machine and process use comes into the measurements: of a host by one process."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from performance.cache.connection import pinned
from performance.metrics.tallies import Tally, taken
from performance.system import sampling
from performance.system.machine import Reading, between, read

BEFORE = Reading(
    at=100.0,
    cores=2.0,
    cpu_used_s=50.0,
    stolen_s=10.0,
    throttled_s=1.0,
    memory_used=500,
    memory_limit=1000,
    disk_used=250,
    disk_size=1000,
    disk_moved=1_000,
    network_moved=2_000,
)


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    sampling._state = sampling._State()
    pinned().call("DEL", f"assay:system:{sampling.HOST}")
    list(taken())
    yield
    sampling._state = sampling._State()


def sampled() -> dict[str, Tally]:
    return {series.name: tally for series, tally in taken() if series.name.startswith(("system.", "process."))}


def test_shares_are_of_what_may_be_used() -> None:
    after = Reading(
        at=110.0,
        cores=2.0,
        cpu_used_s=65.0,
        stolen_s=10.0,
        throttled_s=3.0,
        memory_used=900,
        memory_limit=1000,
        disk_used=300,
        disk_size=1000,
        disk_moved=6_000,
        network_moved=1_000,
    )

    found = between(BEFORE, after)

    assert (found.cpu_share, found.throttled_share, found.memory_share, found.disk_share) == (0.75, 0.2, 0.9, 0.3)
    # A counter that began anew moved nothing.
    assert (found.stolen_share, found.disk_bytes_per_s, found.network_bytes_per_s) == (0.0, 500.0, 0.0)


def test_this_machine_is_read(tmp_path: Path) -> None:
    before = read(directory=tmp_path)
    until = time.process_time() + 0.3
    while time.process_time() < until:
        pass
    after = read(directory=tmp_path)

    found = between(before, after)

    assert 0.05 < found.cpu_share <= 1.0
    assert 0.0 < found.memory_share < 1.0
    assert 0 < after.memory_limit <= psutil.virtual_memory().total
    assert 0 < after.cores <= len(os.sched_getaffinity(0))


def test_every_five_seconds_a_process_says_what_it_uses() -> None:
    sampling.sample_system()
    first = sampled()
    sampling.sample_system()
    at_once = sampled()
    sampling._state.due_at = 0.0
    sampling.sample_system()
    later = sampled()

    assert set(first) == {"process.memory_bytes"}
    assert at_once == {}
    assert {"process.memory_bytes", "process.cpu_share", "system.cpu_share", "system.memory_share"} <= set(later)
    assert later["process.memory_bytes"].high == pytest.approx(psutil.Process().memory_info().rss, rel=0.2)


def test_a_host_is_looked_after_by_one_process_and_by_another_when_that_is_gone() -> None:
    key = f"assay:system:{sampling.HOST}"
    pinned().call("SET", key, "1", "PX", 60_000)

    for _ in range(2):
        sampling._state.due_at = 0.0
        sampling.sample_system()
    others = sampled()
    pinned().call("DEL", key)
    for _ in range(2):
        sampling._state.due_at = 0.0
        sampling.sample_system()

    assert not any(name.startswith("system.") for name in others)
    assert "system.cpu_share" in sampled()
    assert pinned().call("GET", key) == str(os.getpid()).encode()
