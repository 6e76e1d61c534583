"""Honcho, ending its processes as durable work needs it.

Honcho signals a whole process group and kills what lives 5 s later. Celery's children would die of that in the
middle of paid calls; told through their parent they finish what is in flight, and that may take as long as a call.
"""

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from signal import SIGHUP, SIGTERM, signal

from honcho.environ import expand_processes, parse_procfile
from honcho.manager import Manager

PATIENCE_S = 40.0


class Supervisor(Manager):
    """Runs the processes of a Procfile; as soon as one ends, or on SIGINT or SIGTERM, ends the others."""

    _told_at: float | None = None

    def terminate(self) -> None:
        """Tells each main process, once."""
        if self._told_at is not None:
            return
        self._told_at = time.monotonic()
        for name, process in self._processes.items():
            if "pid" in process and "returncode" not in process:
                self._system_print(f"asking {name} to end\n")
                with suppress(ProcessLookupError):
                    os.kill(process["pid"], SIGTERM)

    def kill(self) -> None:
        """Honcho asks for this again and again; it happens when patience ends."""
        if self._told_at is not None and time.monotonic() - self._told_at > PATIENCE_S:
            super().kill()


def run(procfile: Path, *, port: int, environ: Mapping[str, str]) -> int:
    """Runs `procfile` until it is told to end; the exit status is 0 then, else that of what ended first."""
    supervisor = Supervisor()
    processes = parse_procfile(procfile.read_text(encoding="utf-8")).processes
    for each in expand_processes(processes, port=port):
        supervisor.add_process(each.name, each.cmd, env={**environ, **each.env}, cwd=str(procfile.parent))
    signal(SIGHUP, lambda *_: supervisor.terminate())  # the terminal was closed
    supervisor.loop()
    was_told = supervisor.returncode in {130, 143}
    return 0 if was_told else int(supervisor.returncode or 0)
