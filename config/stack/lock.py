"""Locks on files that the kernel takes back when their holder dies, however it dies."""

import fcntl
import os
from pathlib import Path

from config.stack.errors import StackError


class Lock:
    """One opened lock file. Locks of two instances exclude each other, also within a process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = _opened(path)

    def fileno(self) -> int:
        return self._fd

    def share(self) -> None:
        self._take(fcntl.LOCK_SH)

    def take(self) -> None:
        self._take(fcntl.LOCK_EX)

    def try_take(self) -> bool:
        """Turns a shared lock, or none, into the only one, if nobody else has any."""
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        os.close(self._fd)

    def __enter__(self) -> "Lock":
        self.take()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self, mode: int) -> None:
        """A lock on a file that was removed meanwhile excludes nobody: then it is opened anew."""
        fcntl.flock(self._fd, mode)
        while not _is_at(self._fd, self._path):
            os.close(self._fd)
            self._fd = _opened(self._path)
            fcntl.flock(self._fd, mode)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError as error:
        raise StackError(f"{path} belongs to another user: run as its owner, or set ASSAY_VAR.") from error


def _is_at(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False
