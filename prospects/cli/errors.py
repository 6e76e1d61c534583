"""What the command line refuses, each as one sentence."""

import os
from typing import ClassVar

from performance.api.errors import DomainError


class CommandRefused(DomainError):
    """The command can't be carried out as typed."""

    exit_status: ClassVar[int] = os.EX_DATAERR


class Unreadable(CommandRefused):
    """A file that was named can't be read."""

    exit_status = os.EX_NOINPUT

    def __init__(self, path: object, *, what: str, why: str) -> None:
        super().__init__(f"The {what} {path} can't be read: {why}.")


class Unwritable(CommandRefused):
    """The directory for the results can't be written."""

    exit_status = os.EX_CANTCREAT

    def __init__(self, path: object, *, why: str) -> None:
        super().__init__(f"The results can't be written to {path}: {why}.")


class RunPaused(CommandRefused):
    """The run can't go on now; it will, from where it is, when the cause is gone."""

    exit_status = os.EX_TEMPFAIL

    def __init__(self, reason: str, *, command: str) -> None:
        ending = "" if reason.endswith(("?", "!")) else "."
        super().__init__(f"The run is paused: {reason.rstrip('.')}{ending} When that is settled, go on with: {command}")


class RunCancelled(CommandRefused):
    """Somebody cancelled the run while it was watched."""

    def __init__(self, done: int, total: int) -> None:
        super().__init__(f"The run was cancelled after {done:,} of {total:,} prospects.")
