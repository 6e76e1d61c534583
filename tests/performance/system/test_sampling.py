"""What machine and process use comes into the measurements: of a host by one process."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from performance.metrics.tallies import Tally, taken
from performance.system import machine, sampling
from performance.system.leading import Lead, place
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
    network_packets=100,
    network_lost=1,
)


@pytest.fixture(autouse=True)
def _anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(sampling, "_lead", lambda: Lead(tmp_path / "system.lock"))
    monkeypatch.setattr(sampling, "_state", None)
    list(taken())
    yield
    if sampling._state:
        sampling._state.lead.close()


def sampled() -> dict[str, Tally]:
    return {each.name: tally for each, tally in taken() if each.name.startswith(("system.", "process.", "each."))}


def look_again() -> None:
    assert sampling._state is not None
    sampling._state.due_at = 0.0
    sampling.sample_system()


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
        disk_moved=1_000 + 5 * machine.MIB,
        network_moved=1_000,
        network_packets=500,
        network_lost=5,
    )

    found = between(BEFORE, after)

    assert (found.cpu_share, found.throttled_share, found.memory_share, found.disk_share) == (0.75, 0.2, 0.9, 0.3)
    # A counter that began anew moved nothing.
    assert (found.stolen_share, found.disk_mb_per_s, found.network_mb_per_s) == (0.0, 0.5, 0.0)
    assert found.network_lost_share == 0.01


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
    look_again()
    later = sampled()

    assert set(first) == {"process.memory_mb", sampling.MEMORY}
    assert at_once == {}
    assert {"process.memory_mb", "process.cpu_share", "system.cpu_share", "system.memory_share"} <= set(later)
    assert later["process.memory_mb"].high == pytest.approx(psutil.Process().memory_info().rss / machine.MIB, rel=0.2)


def test_a_process_says_which_one_it_is() -> None:
    sampling.sample_system()

    [own] = [dict(each.labels) for each, _ in taken() if each.name == sampling.MEMORY]

    assert own["pid"] == str(os.getpid())
    assert int(own["began"]) == pytest.approx(psutil.Process().create_time(), abs=1)


def test_a_host_is_looked_after_by_one_process_and_by_another_when_that_is_gone(tmp_path: Path) -> None:
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(tell, b"1" if Lead(tmp_path / "system.lock").take() else b"0")
        signal.pause()
    assert os.read(told, 1) == b"1"

    sampling.sample_system()
    look_again()
    others = sampled()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    look_again()
    look_again()

    assert not any(name.startswith("system.") for name in others)
    assert "system.cpu_share" in sampled()


def test_a_forked_child_does_not_lead_with_its_parents_lock(tmp_path: Path) -> None:
    sampling.sample_system()
    child = os.fork()
    if child == 0:
        sampling.sample_system()
        os._exit(int(sampling._state is not None and sampling._state.lead.take()))
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert not Lead(tmp_path / "elsewhere" / "system.lock").take()


def test_without_a_directory_of_its_own_an_installation_locks_in_the_hosts(tmp_path: Path) -> None:
    assert place(directory=tmp_path, installation="a") == tmp_path / "system.lock"
    elsewhere = {place(directory=tmp_path / "none", installation=name) for name in ("a", "a", "b")}
    assert len(elsewhere) == 2
    assert all(each.parent == Path(tempfile.gettempdir()) for each in elsewhere)
