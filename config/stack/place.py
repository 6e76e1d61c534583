"""Who the embedded servers run as, and where that user can reach data and programs.

PostgreSQL refuses to run as root, so root hands both servers to an unprivileged account. That account can't
pass through a directory of mode 0700 (a checkout under /root, say); then data and programs go to /var/lib/assay.
"""

import hashlib
import os
import pwd
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

from config.stack.errors import StackError

SYSTEM = Path("/var/lib/assay")


@dataclass(frozen=True, slots=True)
class Account:
    """The user that a server runs as; None keeps the one we are."""

    uid: int | None
    gid: int | None

    def popen(self) -> "Identity":
        """The arguments that make `subprocess` start a program as this account."""
        if self.uid is None or self.gid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


class Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@cache
def account() -> Account:
    """The account for the servers: ourselves, or as root `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return Account(None, None)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise StackError("PostgreSQL can't run as root and there is no user postgres or nobody: create one of them.")


def data_place(var: Path) -> Path:
    """Where the servers keep their data: in `var` (relative to it), unless their account can't get there."""
    if is_reachable(var):
        return Path("data")
    return SYSTEM / hashlib.sha256(os.fsencode(var)).hexdigest()[:16]


def is_reachable(directory: Path) -> bool:
    """Whether the servers' account can enter `directory`, by trying it."""
    if account().uid is None:
        return True
    tried = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", directory],
        cwd="/",
        capture_output=True,
        check=False,
        **account().popen(),
    )
    return tried.returncode == 0
