"""The throw-away servers that the tests run on: one PostgreSQL for the run, a Valkey for each xdist worker.

Everything of a run is in one temporary directory, which its owner keeps locked. The kernel opens that lock when the
owner dies, however it dies, and the next run clears what it finds unlocked.

`ASSAY_TEST_STACK=external` uses the servers that DATABASE_URL and REDIS_URL name instead.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, SIGQUIT

from config.stack import process, tuning, urls
from config.stack.checkout import free_ports
from config.stack.lock import Lock
from config.stack.place import is_reachable
from config.stack.postgres import Postgres
from config.stack.tuning import Setting
from config.stack.valkey import Valkey

PASSWORD = "throwaway"
PREFIX = f"assay-test-{os.geteuid()}-"
DIRECTORY = "ASSAY_TEST_DIRECTORY"
# Where a new cluster's files are kept: to make them takes ten times as long as to copy them.
BLANK = "ASSAY_TEST_BLANK"


class KillablePostgres(Postgres):
    """A cluster that a test may end the hard way."""

    @property
    def url(self) -> str:
        return urls.postgres(self.port, self.password)

    def kill_immediate(self) -> None:
        """Ends it as `pg_ctl stop -m immediate` does: no checkpoint, sessions cut off, recovery at the next start."""
        if running := self.running():
            process.end(running, (SIGQUIT, 10), (SIGKILL, 10))

    def restart(self) -> None:
        """Ends it at once and starts it on the same data and port."""
        self.kill_immediate()
        self.start()


class KillableValkey(Valkey):
    """A Valkey that a test may end the hard way."""

    @property
    def url(self) -> str:
        return urls.valkey(self.port, self.password)

    def kill_immediate(self) -> None:
        if running := self.running():
            process.end(running, (SIGKILL, 10))

    def restart(self) -> None:
        """Ends it at once and starts it on the same data and port."""
        self.kill_immediate()
        self.start()


@dataclass(frozen=True, slots=True)
class Throwaway:
    """A PostgreSQL and a Valkey that nothing else uses."""

    postgres: KillablePostgres
    valkey: KillableValkey

    def environ(self) -> dict[str, str]:
        """What makes a child process use them."""
        return {"DATABASE_URL": self.postgres.url, "REDIS_URL": self.valkey.url}


@contextmanager
def throwaway_cluster() -> Iterator[Throwaway]:
    """Fresh servers of the test's own, started; ended and forgotten afterwards. Takes a third of a second."""
    directory = Path(tempfile.mkdtemp(prefix="cluster-", dir=os.environ[DIRECTORY]))
    directory.chmod(0o711)
    throwaway = Throwaway(_postgres(directory), _valkey(directory))
    try:
        lay_cluster(throwaway.postgres.directory)
        throwaway.postgres.start()
        throwaway.valkey.start()
        yield throwaway
    finally:
        throwaway.postgres.kill_immediate()
        throwaway.valkey.kill_immediate()
        shutil.rmtree(directory, ignore_errors=True)


def lay_cluster(directory: Path) -> None:
    """Puts the files of a cluster with PASSWORD there. The first to ask makes them, all get a copy."""
    blank = Path(os.environ[BLANK])
    with Lock(blank.with_suffix(".lock")) as lock:
        lock.take()
        if not blank.exists():
            _make_blank(blank)
    subprocess.run(["cp", "-a", blank, directory], check=True)


def _make_blank(blank: Path) -> None:
    """As after a first start. Thousands of sessions begin in a run, and each client would hash PASSWORD 4096 times."""
    [port] = free_ports(1)
    draft = Postgres(blank.with_suffix(".draft"), port, PASSWORD, settings=[])
    draft.start()
    with draft.connect() as session:
        session.execute("SET scram_iterations = 1")
        session.execute(f"ALTER ROLE {urls.USER} PASSWORD '{PASSWORD}'")
    draft.stop()
    draft.directory.rename(blank)


def begin(environ: MutableMapping[str, str]) -> None:
    """Starts what this process needs and names it in `environ`; ends it when the process does.

    An xdist worker uses the PostgreSQL of the process that started it, and a Valkey of its own.
    """
    for name in [name for name in environ if name.startswith("OPENAI_")]:
        del environ[name]
    environ["ASSAY_ENV_FILE"] = ""
    if "PYTEST_XDIST_WORKER" not in environ:
        _begin_run(environ)
    elif environ.get("ASSAY_TEST_STACK") != "external":
        _begin_valkey(environ)


def _begin_run(environ: MutableMapping[str, str]) -> None:
    directory = _claimed_directory()
    environ[DIRECTORY] = str(directory)
    environ["ASSAY_VAR"] = str(directory / "var")
    # A run that a test begins has its own servers, but needs no initdb of its own.
    environ.setdefault(BLANK, str(directory / "blank"))
    # As `make run` leaves it, or WhiteNoise warns with each request handler that a test makes.
    (directory / "var" / "static").mkdir(parents=True)
    if environ.get("ASSAY_TEST_STACK") == "external":
        return
    postgres = _postgres(directory)
    lay_cluster(postgres.directory)
    postgres.start()
    environ["DATABASE_URL"] = postgres.url
    _begin_valkey(environ)


def _begin_valkey(environ: MutableMapping[str, str]) -> None:
    valkey = _valkey(Path(environ[DIRECTORY]))
    valkey.start()
    environ["REDIS_URL"] = valkey.url


def _claimed_directory() -> Path:
    """A new directory, locked until this process ends. Clears those whose owners have died."""
    place = Path(tempfile.gettempdir())
    place = place if is_reachable(place) else Path("/tmp")
    with Lock(place / f"{PREFIX}door.lock") as door:
        door.take()
        for abandoned in place.glob(f"{PREFIX}*.d"):
            _clear_abandoned(abandoned)
        directory = Path(tempfile.mkdtemp(prefix=PREFIX, suffix=".d", dir=place))
        # The servers' account passes through; what is inside is its own and closed to others.
        directory.chmod(0o711)
        owner = Lock(directory / "owner.lock")
        owner.take()
    atexit.register(_end_own_run, directory, owner, os.getpid())
    return directory


def _end_own_run(directory: Path, owner: Lock, pid: int) -> None:
    """A fork that a test made inherits this call, but not the run."""
    if os.getpid() == pid:
        _end_run(directory, owner)


def _clear_abandoned(directory: Path) -> None:
    owner = Lock(directory / "owner.lock")
    if owner.try_take():
        _end_run(directory, owner)
    else:
        owner.close()


def _end_run(directory: Path, owner: Lock) -> None:
    end_servers(directory)
    shutil.rmtree(directory, ignore_errors=True)
    owner.close()


def end_servers(directory: Path) -> None:
    """Ends at once every server of the tests that has its data in `directory`, whoever started it."""
    for pid_file in directory.rglob("postmaster.pid"):
        if running := process.serving(pid_file, str(pid_file.parent)):
            process.end(running, (SIGQUIT, 10), (SIGKILL, 10))
    for pid_file in directory.rglob("valkey.pid"):
        if running := process.serving(pid_file, "valkey-server 127.0.0.1:"):
            process.end(running, (SIGKILL, 10))


def _postgres(directory: Path) -> KillablePostgres:
    [port] = free_ports(1)
    # Nothing here outlives the machine's next power cut, so nothing waits for the disk.
    swift = [
        Setting("fsync", "off", "A killed process loses nothing; only a power cut would."),
        Setting("full_page_writes", "off", "As fsync."),
        Setting("synchronous_commit", "on", "As in production: a test may kill the server right after a commit."),
        Setting("max_connections", "300", "Parallel workers and the processes that their tests start."),
        Setting("shared_buffers", "256MB", "Several runs may share this machine."),
    ]
    settings = [*tuning.postgres(tuning.this_machine()), *swift]
    return KillablePostgres(directory / "postgres", port, PASSWORD, settings)


def _valkey(directory: Path) -> KillableValkey:
    [port] = free_ports(1)
    return KillableValkey(directory / f"valkey-{port}", port, PASSWORD, memory_mb=256)
