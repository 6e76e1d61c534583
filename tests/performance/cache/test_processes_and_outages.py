"""Several processes and a Valkey that is killed, stopped and restarted: nothing old is served, and nothing fails."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import pytest
import redis

from performance.cache.tags import TRUSTED_S
from tests import stack
from tests.stack import KillableValkey

ROOT = Path(__file__).resolve().parents[3]


class Reader:
    """A child that runs `reader.py`, as what goes to it and what comes of it."""

    def __init__(self, told: IO[str], said: IO[str]) -> None:
        self._told, self._answers = told, said
        assert self._said() == "ready"

    def tell(self, *words: str) -> None:
        self._told.write(" ".join(words) + "\n")
        self._told.flush()

    def ask(self, *words: str) -> str:
        self.tell(*words)
        return self._said()

    def answer(self) -> str:
        return self._said()

    def _said(self) -> str:
        return self._answers.readline().strip()


@pytest.fixture
def valkey() -> Iterator[KillableValkey]:
    directory = Path(tempfile.mkdtemp(prefix="cache-", dir=os.environ[stack.DIRECTORY]))
    directory.chmod(0o711)
    server = stack._valkey(directory)
    server.start()
    yield server
    server.kill_immediate()


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    path = tmp_path / "truth"
    path.write_text("first")
    return path


@pytest.fixture
def readers(valkey: KillableValkey, truth: Path) -> Iterator[tuple[Reader, Reader]]:
    """As the processes of a web server, one forks the other once all is loaded."""
    environ = {**os.environ, "REDIS_URL": valkey.url, "PROCESS_ROLE": "command", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(Path(__file__).with_name("reader.py")), str(truth)]
    with ExitStack() as open_:
        pipes = [(_pipe(open_), _pipe(open_)) for _ in range(2)]
        theirs = [(told[0].fileno(), said[1].fileno()) for told, said in pipes]
        process = subprocess.Popen(
            [*command, *(f"{told},{said}" for told, said in theirs)],
            env=environ,
            cwd=ROOT,
            pass_fds=[each for pair in theirs for each in pair],
            start_new_session=True,
        )
        try:
            for told, said in pipes:
                told[0].close()
                said[1].close()
            one, other = (Reader(told[1], said[0]) for told, said in pipes)
            yield one, other
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _pipe(open_: ExitStack) -> tuple[IO[str], IO[str]]:
    source, sink = os.pipe()
    return open_.enter_context(os.fdopen(source, "r")), open_.enter_context(os.fdopen(sink, "w"))


def test_another_process_hears_of_a_change(readers: tuple[Reader, Reader]) -> None:
    one, other = readers
    assert [one.ask("read"), one.ask("read"), other.ask("read")] == ["computed first", "local first", "shared first"]

    delays = []
    for number in range(20):
        other.ask("read")
        other.tell("until", f"v{number}")
        one.ask("write", f"v{number}")
        delays.append(float(other.answer()))

    assert sorted(delays)[10] < 50


def test_a_killed_valkey_is_nobodys_outage(valkey: KillableValkey, readers: tuple[Reader, Reader], truth: Path) -> None:
    one, other = readers
    one.ask("read"), other.ask("read")
    valkey.kill_immediate()

    one.tell("hammer", "2")
    longest, wrong, count = map(int, one.answer().split())
    written = other.ask("write", "second")
    away = [one.ask("read"), other.ask("read")]
    valkey.start()
    back = [reader.ask("read") for reader in readers]
    # Whoever owes an epoch pays it when it is back, after which all is computed once more.
    settled_by = time.monotonic() + 90
    while (settled := {one.ask("read"), other.ask("read")}) != {"local second"} and time.monotonic() < settled_by:
        time.sleep(0.1)

    # What the process held may serve until 40 ms after the versions were last asked for.
    assert (wrong, count > 50, longest < 1000) == (0, True, True)
    assert (written, away) == ("written", ["computed second", "computed second"])
    assert {answer.split()[1] for answer in back} == {"second"}
    assert settled == {"local second"}


def test_who_only_reads_uses_a_valkey_again_that_has_forgotten_all_scripts(
    valkey: KillableValkey, readers: tuple[Reader, Reader]
) -> None:
    one, _ = readers
    one.ask("read")
    valkey.kill_immediate()
    # For so long what it asked before is trusted.
    time.sleep(2 * TRUSTED_S)
    away = one.ask("read")
    valkey.start()

    settled_by = time.monotonic() + 30
    while (settled := one.ask("read")) != "local first" and time.monotonic() < settled_by:
        time.sleep(0.1)

    assert (away, settled) == ("computed first", "local first")


def test_restarts_under_load_fail_nothing_and_serve_nothing_old(
    valkey: KillableValkey, readers: tuple[Reader, Reader], truth: Path
) -> None:
    one, other = readers
    one.tell("hammer", "5")
    other.tell("hammer", "5")
    for _ in range(3):
        time.sleep(0.8)
        valkey.restart()

    for reader in readers:
        _, wrong, count = map(int, reader.answer().split())
        assert (wrong, count > 100) == (0, True)


def test_a_silent_valkey_costs_a_tenth_of_the_time(
    valkey: KillableValkey, readers: tuple[Reader, Reader], truth: Path
) -> None:
    one, other = readers
    one.ask("read"), other.ask("read")
    running = valkey.running()
    assert running is not None
    os.kill(running.pid, signal.SIGSTOP)

    other.ask("write", "second")
    away = one.ask("read")
    longest, wrong, count = map(int, one.ask("hammer", "3").split())
    os.kill(running.pid, signal.SIGCONT)
    time.sleep(6.5)
    back = [one.ask("read"), other.ask("read")]

    assert away == "computed second"
    assert (wrong, count > 1000, longest < 2500) == (0, True, True)
    assert {answer.split()[1] for answer in back} == {"second"}


def test_a_valkey_that_takes_no_writes_serves_nothing_old(
    valkey: KillableValkey, readers: tuple[Reader, Reader]
) -> None:
    """As where its disk is full, or it has become a replica: it would answer reads, and no change is announced."""
    one, other = readers
    one.ask("read"), other.ask("read")
    with redis.Redis.from_url(valkey.url) as server:
        server.config_set("min-replicas-to-write", 1)
        time.sleep(2 * TRUSTED_S)
        before = [one.ask("read"), other.ask("read")]
        other.ask("write", "second")
        time.sleep(2 * TRUSTED_S)
        refused = [one.ask("read"), other.ask("read")]
        server.config_set("min-replicas-to-write", 0)
        settled_by = time.monotonic() + 30
        while (settled := {one.ask("read"), other.ask("read")}) != {"local second"} and time.monotonic() < settled_by:
            time.sleep(0.1)

    assert before == ["computed first", "computed first"]
    assert refused == ["computed second", "computed second"]
    assert settled == {"local second"}


def test_a_fork_begins_anew(readers: tuple[Reader, Reader]) -> None:
    one, _ = readers
    one.ask("read")

    assert one.ask("fork") == "local first, then written, then computed forked; parent local forked"
