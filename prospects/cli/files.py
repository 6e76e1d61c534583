"""Result files, each whole or not at all."""

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from prospects.exports.results import results_of
from prospects.exports.writers import chunks
from prospects.qualification.models import QualificationRun

FORMATS = ("csv", "xlsx", "jsonl")


def write_results(run: QualificationRun, *, directory: Path) -> Sequence[Path]:
    """Write results.csv, results.xlsx and results.jsonl, and return where they are. Raises OSError."""
    directory.mkdir(parents=True, exist_ok=True)
    results = results_of(run)
    return [write_atomically(directory / f"results.{name}", chunks(results, name)) for name in FORMATS]


def write_atomically(path: Path, pieces: Iterable[bytes]) -> Path:
    """Write beside `path`, sync, and rename: a reader sees the old file or the new one, never a part."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            # mkstemp makes it private; the result gets what any new file of this user would have.
            os.fchmod(descriptor, 0o666 & ~_umask())
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(descriptor)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
