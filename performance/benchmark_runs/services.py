"""Asking for a benchmark, and carrying it out in a process of its own."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO

import orjson
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from performance.api.errors import DomainError, NotFound
from performance.audit.services import Actor, audited
from performance.benchmark_runs.models import BenchmarkRun
from performance.benchmarks.areas import NAMES
from performance.database.text import storable
from performance.jobs import wake

TASK = "performance.tasks.benchmark"
# A message that no worker took within this time is void, and was sent again by then.
WAITS_S = 40
LOOK_EVERY_S = 2.0
# A run whose worker has said nothing for so long is lost: it was killed, or its machine was.
LOST_AFTER = timedelta(minutes=2)
# One that nobody takes up: no worker serves the queue.
UNCLAIMED_AFTER = timedelta(hours=1)
_State = BenchmarkRun.State


class UnknownArea(DomainError):
    """There is no such area to measure."""

    status = 422


class AlreadyMeasuring(DomainError):
    """A benchmark is under way or waits for its turn; two at once would measure each other."""

    status = 409


class NoBenchmark(NotFound):
    """There is no such run of the benchmark."""


def ask(area: str, *, by: Actor) -> BenchmarkRun:
    """Have `area` ("" is all) measured by a worker. Raises UnknownArea, AlreadyMeasuring."""
    with audited("benchmark.run", subject=area or "all", by=by):
        if area and area not in NAMES:
            raise UnknownArea(f"There is no area {area!r}; there are {', '.join(NAMES)}.")
        tend(at=timezone.now())
        try:
            with transaction.atomic():
                run = BenchmarkRun.objects.create(area=area, asked_by=by.user)
        except IntegrityError as error:
            raise AlreadyMeasuring from error
        transaction.on_commit(partial(_wake, run.pk), robust=True)
    run.refresh_from_db()
    return run


def tend(*, at: datetime) -> None:
    """A duty: runs whose worker was lost, or that none took up, have failed; others are sent again. Idempotent."""
    runs = BenchmarkRun.objects.filter(state=_State.RUNNING, seen_at__lt=at - LOST_AFTER)
    runs.update(state=_State.FAILED, finished_at=at, says="Its worker was lost.")
    queued = BenchmarkRun.objects.filter(state=_State.QUEUED)
    queued.filter(created_at__lt=at - UNCLAIMED_AFTER).update(
        state=_State.FAILED, finished_at=at, says="No worker took it up: does one serve the queue maintenance?"
    )
    for run_id in queued.filter(created_at__lt=at - timedelta(seconds=WAITS_S)).values_list("pk", flat=True):
        _wake(run_id)


def latest() -> BenchmarkRun:
    """The newest that is done, else the newest. Raises NoBenchmark."""
    runs = BenchmarkRun.objects.order_by("-created_at", "-pk")
    run = runs.filter(state=_State.DONE).first() or runs.first()
    if run is None:
        raise NoBenchmark("Nothing was measured yet: POST here to have it done.")
    return run


def found(run_id: int) -> BenchmarkRun:
    """Raises NoBenchmark."""
    run = BenchmarkRun.objects.filter(pk=run_id).first()
    if run is None:
        raise NoBenchmark
    return run


def carry_out(run_id: int) -> None:
    """Measure in a process of its own, to its end. Does nothing where another worker took the run up."""
    taken = BenchmarkRun.objects.filter(pk=run_id, state=_State.QUEUED)
    if not taken.update(state=_State.RUNNING, started_at=timezone.now(), seen_at=timezone.now()):
        return
    run = BenchmarkRun.objects.get(pk=run_id)
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as directory:
        out = Path(directory) / "bench.json"
        with (Path(directory) / "printed").open("w+b") as printed:
            status = _measured(run, out=out, printed=printed)
            _end(run, status=status, out=out, last=_last_line(printed))


def _wake(run_id: int) -> None:
    wake.send(TASK, {"run_id": run_id}, expires_s=WAITS_S)


def _measured(run: BenchmarkRun, *, out: Path, printed: IO[bytes]) -> int:
    """The status with which the process ended. It is killed with all its children where this one is told to end."""
    command = [sys.executable, "manage.py", "bench", "--only", run.area, "--out", str(out)]
    environment = {name: value for name, value in os.environ.items() if name not in ("PROCESS_ROLE", "WORKER_GROUP")}
    process = subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=printed,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        while process.poll() is None:
            time.sleep(LOOK_EVERY_S)
            BenchmarkRun.objects.filter(pk=run.pk).update(seen_at=timezone.now(), says=_last_line(printed))
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)
    return process.returncode


def _end(run: BenchmarkRun, *, status: int, out: Path, last: str) -> None:
    measured = orjson.loads(out.read_bytes()) if status == 0 and out.exists() else {}
    run.state = _State.DONE if measured else _State.FAILED
    run.figures, run.machine = measured.get("figures", []), measured.get("machine", {})
    run.says = "" if measured else last or f"It ended with status {status}."
    run.finished_at = run.seen_at = timezone.now()
    run.save(update_fields=["state", "figures", "machine", "says", "finished_at", "seen_at"])


def _last_line(printed: IO[bytes]) -> str:
    size = os.fstat(printed.fileno()).st_size
    tail = os.pread(printed.fileno(), 2000, max(0, size - 2000))
    lines = [line.strip() for line in tail.decode("utf-8", "replace").splitlines() if line.strip()]
    return storable(lines[-1])[:500] if lines else ""
