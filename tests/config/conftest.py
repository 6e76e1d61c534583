"""A checkout's directory of its own, and real processes that use it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil
import pytest

from config.env import ROOT
from config.stack import process
from config.stack.checkout import Record, free_ports
from tests.stack import DIRECTORY, PASSWORD, end_servers, lay_cluster

# Holds the stack until its input ends; tells who serves.
HOLDER = """
import sys
from config import stack
from config.stack import servers
with stack.ends_orderly(), stack.hold():
    print([each.running().pid for each in servers.every(stack.record()) if each.running()], flush=True)
    sys.stdin.read()
"""


def _hear_of_hangups() -> None:
    """Who runs the tests under nohup has them ignored, which what they start would inherit."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@dataclass
class Checkout:
    """`var` is where a checkout keeps what it makes."""

    var: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        """This process's environment, but for the servers of the tests and with a directory of its own."""
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        return {**kept, "ASSAY_VAR": str(self.var), "PYTHONPATH": str(ROOT)}

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        child = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**self.environ, **environ},
            text=True,
            preexec_fn=_hear_of_hangups,
            **pipes,
        )
        self.started.append(child)
        return child

    def holder(self, **environ: str) -> subprocess.Popen[str]:
        return self.start("-c", HOLDER, **environ)

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        child = self.start(*arguments, **environ)
        out, err = child.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, child.returncode, out, err)

    def stack(self, verb: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "config.stack", verb)


def served_by(holder: subprocess.Popen[str]) -> list[int]:
    """The servers' process ids, PostgreSQL's first, once they are ready."""
    assert holder.stdout is not None
    line = holder.stdout.readline()
    assert line, holder.communicate()[1]
    return [int(part) for part in line.strip("[]\n").split(",") if part]


def leave(holder: subprocess.Popen[str]) -> None:
    holder.communicate(timeout=120)


def is_running(pid: int) -> bool:
    try:
        return process.is_alive(psutil.Process(pid))
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def checkout() -> Iterator[Checkout]:
    """Beside the tests' servers, since their account must be able to get there; cleared with them."""
    var = Path(tempfile.mkdtemp(prefix="checkout-", dir=os.environ[DIRECTORY])) / "var"
    var.parent.chmod(0o755)
    made = Checkout(var)
    yield made
    for child in made.started:
        child.kill()
        child.communicate()
    end_servers(var.parent)


@pytest.fixture
def is_made(checkout: Checkout) -> None:
    """The checkout has its record and its cluster already, for what isn't about making them."""
    postgres_port, valkey_port = free_ports(2)
    record = Record("data", postgres_port, PASSWORD, valkey_port, PASSWORD, secret_key="kept")
    (checkout.var / "data").mkdir(parents=True)
    (checkout.var / "stack.json").write_text(json.dumps(asdict(record), indent=2))
    (checkout.var / "stack.json").chmod(0o600)
    lay_cluster(checkout.var / "data" / "postgres")
