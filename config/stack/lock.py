"""Locks on files that the kernel takes back when their holder dies, however it dies."""

import fcntl
import os
from pathlib import Path
from types import TracebackType

from config.stack.errors import StackError


class Lock:
    """One opened lock file, closed at the end of `with`. Two instances exclude each other, also in one process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = _opened(path)

    def fileno(self) -> int:
        return self._fd

    def share(self) -> None:
        self._wait_for(fcntl.LOCK_SH)

    def take(self) -> None:
        self._wait_for(fcntl.LOCK_EX)

    def try_take(self) -> bool:
        """Turns a shared lock, or none, into the only one, if nobody else has any."""
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def remove(self) -> None:
        """Deletes the file; for who holds the only lock."""
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        os.close(self._fd)

    def __enter__(self) -> "Lock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _wait_for(self, mode: int) -> None:
        """A lock on a file that was removed meanwhile excludes nobody: then it is opened anew."""
        fcntl.flock(self._fd, mode)
        while not _is_at(self._fd, self.path):
            os.close(self._fd)
            self._fd = _opened(self.path)
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
