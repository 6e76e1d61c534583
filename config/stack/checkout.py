"""What the embedded servers are started and reached with: made once, kept in `var/stack.json` (mode 0600).

Reading the record starts nothing. Several processes may ask for it at the same moment: the first complete
file wins, and all get the same one.
"""

import errno
import json
import os
import secrets
import socket
import tempfile
from dataclasses import asdict, dataclass, fields, replace
from itertools import islice
from pathlib import Path

from config.env import ROOT, env
from config.stack import diagnosis, place, urls
from config.stack.errors import StackError

PORTS = range(20_000, 30_000)


@dataclass(frozen=True, slots=True)
class Record:
    """Ports are on 127.0.0.1. Passwords are URL-safe, so that they need no quoting anywhere.

    `data_place` is relative to `var/` where the data are in it, so that a checkout can be moved.
    """

    data_place: str
    postgres_port: int
    postgres_password: str
    valkey_port: int
    valkey_password: str
    secret_key: str

    @property
    def directory(self) -> Path:
        """Where this checkout keeps what it makes."""
        return var()

    @property
    def data_dir(self) -> Path:
        """Where the servers keep their data."""
        return var() / self.data_place

    @property
    def database_url(self) -> str:
        return urls.postgres(self.postgres_port, self.postgres_password)

    @property
    def redis_url(self) -> str:
        return urls.valkey(self.valkey_port, self.valkey_password)


def var() -> Path:
    """The directory for what this checkout makes: `./var`, or $ASSAY_VAR."""
    named = env.str("ASSAY_VAR", None, help="Directory for data, record and output of this checkout; ./var")
    return ROOT / (named or "var")


def path() -> Path:
    return var() / "stack.json"


def record() -> Record:
    """The record of this checkout, made if there is none yet. Raises `StackError` where it can't be kept."""
    try:
        return _read(path())
    except FileNotFoundError:
        return _made()
    except PermissionError as error:
        raise StackError(f"{path()} belongs to another user: run as its owner, or set ASSAY_VAR.") from error
    except OSError as error:
        raise StackError(
            f"{path()} can't be read ({error.strerror}): set ASSAY_VAR to a directory of yours."
        ) from error


def with_new_ports() -> Record:
    """Replaces the recorded ports by free ones. The caller holds the stack's lock and nothing is running."""
    postgres_port, valkey_port = free_ports(2)
    renewed = replace(record(), postgres_port=postgres_port, valkey_port=valkey_port)
    _written(renewed).replace(path())
    return renewed


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now, drawn below those that systems give to outgoing connections."""
    drawn = secrets.SystemRandom().sample(PORTS, len(PORTS))
    return list(islice(filter(_is_free, drawn), count))


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _made() -> Record:
    try:
        var().mkdir(parents=True, exist_ok=True)
        draft = _written(_drawn())
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise diagnosis.full(var()) from error
        raise StackError(
            f"{var()} can't be written ({error.strerror}): run as the owner of that directory, "
            "or set ASSAY_VAR to one of yours."
        ) from error
    try:
        # A link appears whole or not at all, and the second to try is refused.
        os.link(draft, path())
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _read(path())


def _drawn() -> Record:
    postgres_port, valkey_port = free_ports(2)
    return Record(
        data_place=str(place.data_place(var())),
        postgres_port=postgres_port,
        postgres_password=secrets.token_urlsafe(24),
        valkey_port=valkey_port,
        valkey_password=secrets.token_urlsafe(24),
        secret_key=secrets.token_urlsafe(64),
    )


def _written(content: Record) -> Path:
    """A private file beside the record with `content`, on the disk for good."""
    handle, name = tempfile.mkstemp(dir=var(), prefix=".stack-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(content), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        Path(name).unlink()
        raise
    return Path(name)


def _read(source: Path) -> Record:
    try:
        content = json.loads(source.read_text(encoding="utf-8"))
        return Record(**{field.name: content[field.name] for field in fields(Record)})
    except (ValueError, KeyError, TypeError) as error:
        raise StackError(f"{source} can't be understood ({error}): restore it, or delete it and {var()}.") from error
