"""Why a server didn't start, as one sentence that says what to do."""

import os
import shutil
import socket
import time
from pathlib import Path

import psutil

from config.stack.errors import StackError

ROOM_MB = 300
ENDING_S = 2.0


def require_room(directory: Path) -> None:
    """Raises `StackError` where the disk is about to be full, before a server finds out."""
    if _free_mb(directory) < ROOM_MB:
        raise full(directory)


def full(directory: Path) -> StackError:
    """The error for a disk without room."""
    return StackError(
        f"The disk of {directory} has {_free_mb(directory)} MB left: free at least {ROOM_MB} MB, "
        "or set ASSAY_VAR to a directory on another disk."
    )


def _free_mb(directory: Path) -> int:
    return shutil.disk_usage(directory).free // (1024 * 1024)


def require_port(port: int, *, server: str) -> None:
    """Raises `StackError` if somebody else listens on `port`.

    A server of ours that was killed counts as ended while its last threads, and with them its port, are still going.
    """
    until = time.monotonic() + ENDING_S
    while (refusal := _refusal(port)) is not None:
        if time.monotonic() > until:
            raise StackError(
                f"Port {port}, which {server} was given, is taken by {_listener(port)}: end that program, "
                "or run `make ports` to choose other ports."
            ) from refusal
        time.sleep(0.05)


def _refusal(port: int) -> OSError | None:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        return error
    return None


def not_started(server: str, *, said: str, log: Path) -> StackError:
    """The error for a server that ended, or never answered, after it `said` this to its log."""
    if "No space left on device" in said:
        return StackError(f"{server} found the disk of {log.parent} full: free some space and try again.")
    if "Address already in use" in said:
        return StackError(f"{server} found its port taken: run `make ports` to choose other ports.")
    if "Permission denied" in said or "Operation not permitted" in said:
        return StackError(
            f"{server} may not use {log.parent}: set ASSAY_VAR to a directory on a local disk that user "
            f"{os.geteuid()} owns ({_reason(said)})."
        )
    return StackError(f"{server} didn't start ({_reason(said)}): read {log}, mend that and try again.")


def _reason(said: str) -> str:
    """The last line that names a fault, without its prefix; else the last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    faults = [line for line in lines if any(mark in line for mark in ("FATAL", "PANIC", "error:", "rror "))]
    line = (faults or lines or ["it said nothing"])[-1]
    return line.rpartition("FATAL:")[2].strip() or line


def _listener(port: int) -> str:
    """Names who listens, as far as this user may know."""
    try:
        pids = [
            each.pid
            for each in psutil.net_connections("tcp")
            if each.status == psutil.CONN_LISTEN and each.laddr and each.laddr.port == port and each.pid
        ]
        return f"{psutil.Process(pids[0]).name()} (process {pids[0]})" if pids else "another program"
    except psutil.Error:
        return "another program"
