"""A run of the tests that is killed leaves nothing that the next run doesn't clear."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.env import ROOT
from tests.config.conftest import is_running
from tests.stack import DIRECTORY, end_servers

# What tests/conftest.py does, without the tests.
RUN = """
import os, sys
from tests import stack
stack.begin(os.environ)
print(os.environ[stack.DIRECTORY], os.environ["DATABASE_URL"], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def place() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="runs-", dir=os.environ[DIRECTORY]))
    directory.chmod(0o755)
    yield directory
    end_servers(directory)


def begin(place: Path) -> tuple[subprocess.Popen[str], Path]:
    dropped = {"PYTEST_XDIST_WORKER", "ASSAY_TEST_STACK", "DATABASE_URL", "REDIS_URL", DIRECTORY}
    environ = {name: value for name, value in os.environ.items() if name not in dropped}
    run = subprocess.Popen(
        [sys.executable, "-c", RUN],
        cwd=ROOT,
        env={**environ, "TMPDIR": str(place), "OPENAI_API_KEY": "x"},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert run.stdout is not None
    return run, Path(run.stdout.readline().split()[0])


def servers(directory: Path) -> list[int]:
    files = [*directory.rglob("postmaster.pid"), *directory.rglob("valkey.pid")]
    return [int(file.read_text().split("\n")[0]) for file in files]


def test_the_next_run_clears_what_a_killed_one_left(place: Path) -> None:
    killed, left = begin(place)
    orphans = servers(left)
    assert len(orphans) == 2
    killed.kill()
    killed.communicate()
    assert all(map(is_running, orphans))

    following, directory = begin(place)

    assert not left.exists()
    assert not any(map(is_running, orphans))
    following.communicate()
    assert not directory.exists()


def test_runs_at_the_same_time_leave_each_other_alone(place: Path) -> None:
    first, one = begin(place)
    second, other = begin(place)

    assert one != other
    second.communicate()

    assert not other.exists()
    assert all(map(is_running, servers(one)))
    began_at = time.monotonic()
    first.communicate()
    assert not one.exists()
    assert time.monotonic() - began_at < 20
