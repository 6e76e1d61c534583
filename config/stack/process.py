"""What both servers have in common as processes: launched apart from us, waited for, told to end."""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import Signals

import psutil

from config.stack.errors import StackError
from config.stack.place import account

# Nothing of ours reaches the servers: neither PG* variables nor keys; and faults are told in English.
ENVIRON = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
LOG_BYTES = 10 * 1024 * 1024
# Replaying a log after a crash may take this long on a slow disk.
PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Server:
    """A process that is to serve, and where in `log` its own lines begin."""

    process: psutil.Process
    log: Path
    since: int

    def await_ready(self, answers: Callable[[], bool]) -> bool:
        """True once it answers; False if it ended, or was too slow."""
        deadline = time.monotonic() + PATIENCE_S
        while not answers():
            if not is_alive(self.process) or time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def said(self) -> str:
        with self.log.open(encoding="utf-8", errors="replace") as file:
            file.seek(self.since)
            return file.read()


def launch(command: Sequence[str | Path], *, log: Path, told: str = "") -> Server:
    """Starts a program as the servers' account, with `told` as its input.

    It gets a session of its own, so that a Ctrl-C meant for us doesn't reach it.
    """
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    with log.open("a", encoding="utf-8") as output:
        log.chmod(0o600)
        since = output.tell()
        started = subprocess.Popen(
            command,
            cwd="/",
            text=True,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=ENVIRON,
            **account().popen(),
        )
    if started.stdin:
        started.stdin.write(told)
        started.stdin.close()
    return Server(psutil.Process(started.pid), log, since)


def serving(pid_file: Path, mark: str) -> psutil.Process | None:
    """The live process named by `pid_file` whose command line shows `mark`; None if the file is stale."""
    try:
        process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
        return process if mark in " ".join(process.cmdline()) and is_alive(process) else None
    except (OSError, ValueError, psutil.Error):
        return None


def is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def end(process: psutil.Process, *steps: tuple[Signals, float]) -> None:
    """Sends each signal in turn until the process is gone, waiting the seconds beside it."""
    for signal, patience_s in steps:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal)
        if not await_end([process], within_s=patience_s):
            return
    raise StackError(f"Process {process.pid} doesn't end: end it by hand, then try again.")


def await_end(processes: Sequence[psutil.Process], *, within_s: float) -> list[psutil.Process]:
    """Those that still live after that time. One that its parent hasn't buried yet has ended."""
    deadline = time.monotonic() + within_s
    alive = [each for each in processes if is_alive(each)]
    while alive and time.monotonic() < deadline:
        time.sleep(0.02)
        alive = [each for each in alive if is_alive(each)]
    return alive
