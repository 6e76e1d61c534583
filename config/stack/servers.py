"""Which servers of this checkout are embedded, as its record has them."""

import os
from pathlib import Path

from config.env import env
from config.stack import tuning
from config.stack.checkout import Record, record
from config.stack.errors import StackError
from config.stack.place import account
from config.stack.postgres import Postgres
from config.stack.valkey import Valkey


def are_embedded() -> bool:
    return bool(_wanted(record()))


def start() -> None:
    """Starts each that doesn't run. Raises `StackError`."""
    ours = record()
    _make(ours.data_dir)
    _require_owner(ours.data_dir)
    for server in _wanted(ours):
        server.start()


def stop() -> list[str]:
    """Stops each that runs, Valkey first: nobody is woken any more when PostgreSQL goes. Gives their names."""
    running = [server for server in reversed(every(record())) if server.running()]
    for server in running:
        server.stop()
    return [server.name for server in running]


def every(ours: Record) -> list[Postgres | Valkey]:
    return [_postgres(ours), _valkey(ours)]


def _wanted(ours: Record) -> list[Postgres | Valkey]:
    """Those that no variable replaces by a server elsewhere."""
    named = [env.str("DATABASE_URL", None), env.str("REDIS_URL", None)]
    return [server for server, url in zip(every(ours), named, strict=True) if not url]


def _postgres(ours: Record) -> Postgres:
    directory = ours.data_dir / "postgres"
    settings = tuning.postgres(tuning.this_machine())
    return Postgres(directory, ours.postgres_port, ours.postgres_password, settings)


def _valkey(ours: Record) -> Valkey:
    memory_mb = tuning.valkey_memory_mb(tuning.this_machine())
    return Valkey(ours.data_dir / "valkey", ours.valkey_port, ours.valkey_password, memory_mb)


def _make(data_dir: Path) -> None:
    """The servers' account passes through to its own directories in it, which nobody else may enter."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        data_dir.chmod(0o755 if account().uid is not None else 0o700)
    except OSError as error:
        raise StackError(
            f"{data_dir} can't be used ({error.strerror}): set ASSAY_VAR to a directory of yours."
        ) from error


def _require_owner(data_dir: Path) -> None:
    """Root runs the servers as an account of their own, an ordinary user as itself; data stay with who made them."""
    cluster = data_dir / "postgres"
    if not cluster.exists():
        return
    owner, ours = cluster.stat().st_uid, account().uid
    if owner != (os.geteuid() if ours is None else ours):
        raise StackError(
            f"The data in {data_dir} belong to user {owner}: run as the user who made them, "
            "or set ASSAY_VAR to another directory."
        )
