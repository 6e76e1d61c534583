"""The processes of an installation under test: Celery workers and a pump, to be killed and started again."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]


class Installation:
    """Workers on `queues` and two pumps, on the servers that `environ` names. Logs go to `directory`."""

    queues: Sequence[str] = ("qualification",)
    children = 1

    def __init__(self, environ: Mapping[str, str], *, directory: Path, workers: int) -> None:
        self._environ = {
            **os.environ,
            **environ,
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "PYTHONPATH": str(ROOT),
            "ASSAY_ENV_FILE": "",
            "ASSAY_VAR": str(directory),
        }
        self.directory = directory
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._names = [f"w{number}" for number in range(workers)]

    def run(self, *arguments: str) -> str:
        """Its output; raises if it fails."""
        command = [sys.executable, "-m", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self._environ, check=True, stdout=subprocess.PIPE, text=True
        ).stdout.strip()

    def submit(self, wishes: Sequence[Mapping[str, object]]) -> None:
        """New batches of probes."""
        self.run("tests.faults.submit", json.dumps(wishes))

    def ensure(self) -> None:
        """Start whatever doesn't run."""
        for name in self._names:
            self._ensure(name, self._worker(name))
        for name in ("pump0", "pump1"):
            self._ensure(name, [sys.executable, "manage.py", "pump"])

    def kill_worker(self, name: str) -> None:
        """The parent and its children, as a power cut would."""
        process = self._running[name]
        children = psutil.Process(process.pid).children(recursive=True)
        for each in [process.pid, *(child.pid for child in children)]:
            os.kill(each, signal.SIGKILL)
        process.wait()

    def kill_pump(self) -> None:
        """The first; the other leads from then on."""
        self._running["pump0"].kill()
        self._running["pump0"].wait()

    def owner_of(self, child: int) -> str | None:
        """The name of the worker whose child this process is."""
        try:
            parents = {parent.pid for parent in psutil.Process(child).parents()}
        except psutil.NoSuchProcess:
            return None
        return next((name for name, process in self._running.items() if process.pid in parents), None)

    def stop(self) -> dict[str, int | None]:
        """Ends all in order; how each ended."""
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        codes: dict[str, int | None] = {}
        for name, process in self._running.items():
            try:
                codes[name] = process.wait(timeout=120)
            except subprocess.TimeoutExpired:
                codes[name] = None
                self._kill_all(process)
        return codes

    def logged(self, needle: str) -> list[str]:
        lines = [line for log in self.directory.glob("*.log") for line in log.read_text().splitlines()]
        return [line for line in lines if needle in line]

    def _kill_all(self, process: subprocess.Popen[bytes]) -> None:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
        process.kill()
        process.wait()

    def _worker(self, name: str) -> Sequence[str]:
        return [
            *(sys.executable, "manage.py", "worker", "--alone", "--queues", ",".join(self.queues)),
            *("--concurrency", str(self.children), "--hostname", f"{name}@%h"),
        ]

    def _ensure(self, name: str, command: Sequence[str]) -> None:
        running = self._running.get(name)
        if running is not None and running.poll() is None:
            return
        role = "pump" if name.startswith("pump") else "worker"
        with (self.directory / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                command, cwd=ROOT, env=self._environ | {"PROCESS_ROLE": role}, stdout=log, stderr=log
            )
