"""The files of a PostgreSQL cluster: made whole or not at all, configured at each start."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from config.stack import diagnosis, process, programs, tuning
from config.stack.errors import StackError
from config.stack.place import account

HBA = "host all all 127.0.0.1/32 scram-sha-256\n"
# From 17 on, PostgreSQL brings a locale that knows upper and lower case beyond ASCII on every system.
BUILTIN_LOCALE_SINCE = 17


def initialise(directory: Path, *, user: str, password: str) -> None:
    """Makes the cluster unless it is there. A half-made one of a killed process is thrown away."""
    version_file = directory / "PG_VERSION"
    if version_file.exists():
        _require_version(directory, version_file.read_text().strip())
        return
    draft = directory.with_name(directory.name + ".draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    account().own(draft)
    _initdb(draft, user=user, password=password)
    draft.rename(directory)
    _settle(directory.parent)


def configure(directory: Path, *, settings: Sequence[tuning.Setting]) -> None:
    """Writes postgresql.conf and pg_hba.conf. What ALTER SYSTEM has set stays above them."""
    _write(directory / "postgresql.conf", tuning.as_file(settings))
    _write(directory / "pg_hba.conf", HBA)


def clear_leftovers(directory: Path, *, title: str) -> None:
    """After a killed postmaster: ends its backends, and removes a pid file that names some other program.

    PostgreSQL knows a dead pid for stale by itself, but not one that was given away again, as happens in
    containers. The file may go only once no backend lives that could still write.
    """
    _end_backends(title)
    pid_file = directory / "postmaster.pid"
    if process.serving(pid_file, str(directory)) is None:
        pid_file.unlink(missing_ok=True)


def _initdb(draft: Path, *, user: str, password: str) -> None:
    program = programs.postgres() / "initdb"
    is_builtin = programs.version(programs.postgres() / "postgres") >= BUILTIN_LOCALE_SINCE
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if is_builtin else []
    with tempfile.NamedTemporaryFile("w", dir=draft.parent, prefix=".password-") as secret:
        secret.write(password)
        secret.flush()
        account().own(Path(secret.name))
        told = subprocess.run(
            [
                *(program, "-D", draft, "-U", user, "-A", "scram-sha-256", f"--pwfile={secret.name}"),
                *("-E", "UTF8", "--locale=C", *locale, "--no-instructions"),
            ],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            env=process.ENVIRON,
            **account().popen(),
        )
    if told.returncode != 0:
        raise diagnosis.not_started("initdb", said=told.stderr, log=draft.parent / "postgres.log")


def _require_version(directory: Path, found: str) -> None:
    program = programs.version(programs.postgres() / "postgres")
    if found != str(program):
        raise StackError(
            f"The data in {directory} are PostgreSQL {found}'s and this is {program}: "
            f"install PostgreSQL {found}, or give the data up with `make clean`."
        )


def _end_backends(title: str) -> None:
    """They notice a dead postmaster by themselves, unless one is deep in a computation."""
    deadline = time.monotonic() + 2.0
    while backends := _backends(title):
        if time.monotonic() > deadline:
            for backend in backends:
                backend.kill()
        time.sleep(0.05)


def _backends(title: str) -> list[psutil.Process]:
    begin = f"postgres: {title}: "
    found = psutil.process_iter(["cmdline"])
    return [each for each in found if " ".join(each.info["cmdline"] or []).startswith(begin)]


def _write(path: Path, text: str) -> None:
    """Replaces the file whole. As root we don't open names in a directory that another account can write to."""
    handle, draft = tempfile.mkstemp(dir=path.parent.parent, prefix=".draft-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    account().own(Path(draft))
    Path(draft).replace(path)


def _settle(directory: Path) -> None:
    """What was renamed in it stays renamed after a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
