"""Ending all that this checkout has started, also what outlived whoever started it.

Known by one of two marks: a process has a lock file of ours open (holders and their forks), or ASSAY_STACK in
its environment names this checkout's directory (what a holder has started).
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path

import psutil

from config.env import ROOT
from config.stack import checkout, process, servers
from config.stack.errors import StackError
from config.stack.holding import MARK, door, serving, serving_path, users, users_path

PATIENCE_S = 45.0
ROUNDS = 3
# The lock of who measures this machine (performance/system/leading.py).
SAMPLING = "system.lock"
# What Assay makes in its directory; the record comes last, so that a clean that was killed is known for unfinished.
MADE = ("data", "log", "out", "spill", "static", "bench.json", "stack.json")


def stop() -> list[str]:
    """Ends holders, what they started, and the servers. Gives their names; no process and no lock is left."""
    if not checkout.path().exists():
        return []
    ended: list[str] = []
    for _ in range(ROUNDS):
        ended += _end(_started())
        with door() as entrance, users() as everyone:
            if everyone.try_take():
                ended += servers.stop()
                for lock in (everyone, serving(), entrance):
                    lock.remove()
                (checkout.var() / SAMPLING).unlink(missing_ok=True)
                return ended
    raise StackError("Somebody keeps starting Assay here: end that first, then `make stop` again.")


def clean() -> list[Path]:
    """Stops, and deletes what the servers keep and all of `var/`. Gives what went.

    In a directory that ASSAY_VAR names there may be other people's files: of it only what Assay made goes.
    """
    if not checkout.path().exists():
        return []
    stop()
    data_dir, directory = checkout.record().data_dir, checkout.var()
    if directory == ROOT / "var":
        doomed = [data_dir, directory]
    else:
        doomed = [data_dir, *(path for name in MADE if (path := directory / name) != data_dir and path.exists())]
    for each in doomed:
        _delete(each)
    with suppress(OSError):
        directory.rmdir()
    return doomed if directory.exists() else [data_dir, directory]


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def new_ports() -> tuple[int, int]:
    """Draws other ports. Raises `StackError` while the stack is in use."""
    with door(), users() as everyone:
        if not everyone.try_take():
            raise StackError("The stack is in use: `make stop` first, then `make ports`.")
        servers.stop()
        renewed = checkout.with_new_ports()
    return renewed.postgres_port, renewed.valkey_port


def _started() -> list[psutil.Process]:
    """Ours alone: another user's processes don't show what they have open."""
    here = str(checkout.var())
    locks = {str(path) for path in (users_path(), serving_path())}
    own = {os.getpid(), *(each.pid for each in psutil.Process().parents())}
    return [each for each in psutil.process_iter() if each.pid not in own and _is_marked(each, here=here, locks=locks)]


def _is_marked(candidate: psutil.Process, *, here: str, locks: set[str]) -> bool:
    try:
        environ, files = candidate.environ(), candidate.open_files()
        return environ.get(MARK) == here or any(file.path in locks for file in files)
    except (psutil.Error, OSError):
        return False


def _end(processes: list[psutil.Process]) -> list[str]:
    """Asks those that none of them started, who end the others; kills who doesn't go. Gives their names."""
    known = {each.pid: each.name() for each in processes if each.is_running()}
    for each in processes:
        with suppress(psutil.NoSuchProcess):
            if each.ppid() not in known:
                each.terminate()
    alive = process.await_end(processes, within_s=PATIENCE_S)
    for each in alive:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    process.await_end(alive, within_s=5)
    return [f"{name} ({pid})" for pid, name in known.items()]
