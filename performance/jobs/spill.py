"""Paid replies on disk while the database is out, so that a power cut then doesn't lose what was paid for.

One file a process, JSON lines, flushed to the disk before anything else happens. Its writer holds a lock on it;
a file without a living writer is replayed by whoever finds it. Settling is idempotent, so replay may repeat. What
can't be replayed is kept beside it for a person to look at, under another name.
"""

import fcntl
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO

import orjson
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from performance.jobs import batches
from performance.jobs.settlement import Settlement, settle

logger = logging.getLogger(__name__)
SUFFIX = ".spill"
ASIDE = ".aside"


class Spill:
    """The file of this process; made when first needed, gone when the database has everything."""

    def __init__(self, name: str) -> None:
        self._path = _directory() / f"{name.replace(':', '-')}{SUFFIX}"
        self._file: IO[bytes] | None = None

    def write(self, settlements: Sequence[Settlement]) -> None:
        """On the disk on return."""
        if not settlements:
            return
        _append(self._file or self._open(), settlements)

    def clear(self) -> None:
        """The database has all of it."""
        if self._file is not None:
            self._path.unlink(missing_ok=True)
            self._file.close()
            self._file = None

    def close(self) -> None:
        """Leave what is written to whoever replays it."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> IO[bytes]:
        self._file = _locked(self._path)
        return self._file


def replay() -> int:
    """Settle what dead processes of this host left, and remove their files; how many replies that were."""
    count = 0
    for path in sorted(_directory().glob(f"*{SUFFIX}")):
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            count += _replay_file(path, file)
    if count:
        logger.warning("stored %d paid replies that had been kept on disk while the database was out", count)
    return count


def set_aside(settlements: Sequence[Settlement]) -> None:
    """Keep what the database takes in no form, on the disk on return."""
    if not settlements:
        return
    path = _directory() / f"refused{ASIDE}"
    with _locked(path) as file:
        _append(file, settlements)
    logger.error("%d paid replies that can't be stored are kept in %s", len(settlements), path)


def _replay_file(path: Path, file: IO[bytes]) -> int:
    """How many it held. One of another version, or that the database refuses, is set aside: it would be so again."""
    try:
        settlements = list(_readable(file))
        with transaction.atomic():
            changes = batches.Changes()
            settle(settlements, changes=changes)
            batches.apply(changes)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # The guard per work item: the pump has other things to do than to end here.
        aside = path.with_suffix(ASIDE)
        path.rename(aside)
        logger.exception("a spill file can't be replayed and is kept as %s", aside)
        return 0
    path.unlink(missing_ok=True)
    return len(settlements)


def _locked(path: Path) -> IO[bytes]:
    """The file to append to, made and on the disk under its name, and locked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        file = path.open("ab", buffering=0)
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            break
        # Whoever replays took it for a dead process's, empty, before it was locked.
        file.close()
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return file


def _append(file: IO[bytes], settlements: Sequence[Settlement]) -> None:
    """On the disk on return. Begins on a new line: the last write may have ended in the middle of one."""
    content = memoryview(b"\n" + b"".join(orjson.dumps(asdict(each)) + b"\n" for each in settlements))
    while content:
        content = content[file.write(content) :]
    os.fsync(file.fileno())


def _readable(file: IO[bytes]) -> Iterator[Settlement]:
    """A line that a power cut or a full disk tore is no reply: it was never acknowledged."""
    for line in filter(bytes.strip, file):
        try:
            yield Settlement(**orjson.loads(line))
        except orjson.JSONDecodeError:
            logger.warning("a torn line in a spill file is left out")


def _directory() -> Path:
    return Path(settings.JOB_SPILL_DIRECTORY)
