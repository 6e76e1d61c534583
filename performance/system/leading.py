"""Which process looks after its host: the one that holds a lock on a file, which the kernel takes back when it dies.

No server is asked: a look must neither wait for one nor end with it.
"""

import fcntl
import hashlib
import os
import tempfile
from pathlib import Path


class Lead:
    """Of one process, for one installation on this host. A fork's is its own to win: see `take`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def take(self) -> bool:
        """Whether this process leads, now and until it ends. False also where the file can't be had."""
        if self._fd is None:
            self._fd = _locked(self.path)
        return self._fd is not None

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def place(*, directory: Path, installation: str) -> Path:
    """`directory` is the installation's, if it has one here; else the host's own for what is of the moment."""
    if directory.is_dir() and os.access(directory, os.W_OK):
        return directory / "system.lock"
    name = hashlib.blake2b(installation.encode(), digest_size=6).hexdigest()
    return Path(tempfile.gettempdir()) / f"assay-system-{os.geteuid()}-{name}.lock"


def _locked(path: Path) -> int | None:
    """A lock of POSIX' kind: unlike flock's it isn't a child's, too."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        return None
    try:
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(fd)
        return None
    return fd
