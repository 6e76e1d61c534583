"""The workers, as their rows (heartbeats in the database) and their own reports (in Valkey) tell of them together."""

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import psutil

from performance.jobs.models import Worker
from performance.jobs.workers import WORKER
from performance.queues.reports import Held, Report

LIVE = timedelta(seconds=15)
SHOWN = timedelta(hours=1)
# A process started this much apart from what its row says is another one that was given its pid.
SAME_START_S = 30


class State(StrEnum):
    """`WEDGED`: its process is there and doesn't go on. `SILENT`: no heartbeat, and nobody here can tell more."""

    ALIVE = "alive"
    WEDGED = "wedged"
    SILENT = "silent"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A process of the fleet. `held` and what follows is None of one that told nothing: unknown, not nothing."""

    name: str
    role: str
    host: str
    pid: int
    state: State
    why: str
    queues: Sequence[str]
    taken: Sequence[str] | None
    running: Mapping[str, int] | None
    reserved: Mapping[str, int] | None
    held: Sequence[Held] | None
    in_flight: int
    concurrency: int | None
    memory_mb: int
    children: Sequence[Mapping[str, int]]
    started_at: datetime
    seen_at: datetime

    @property
    def is_worker(self) -> bool:
        return self.role == WORKER

    @property
    def memory_of_all_mb(self) -> int:
        return self.memory_mb + sum(child["memory_mb"] for child in self.children)


def members(reports: Sequence[Report], *, at: datetime) -> list[Member]:
    """Everyone seen within the hour, workers first. One statement; reads /proc of those that are on this host."""
    told = {(each.host, each.pid): each for each in reports}
    rows = Worker.objects.filter(seen_at__gt=at - SHOWN).order_by("role", "name")
    found = [_member(row, told.get((row.host, row.pid)) if row.role == WORKER else None, at=at) for row in rows]
    return sorted(found, key=lambda each: (not each.is_worker, each.role, each.name))


def _member(row: Worker, report: Report | None, *, at: datetime) -> Member:
    state, why = _state(row, report, at=at)
    return Member(
        name=report.node if report else row.name,
        role=row.role,
        host=row.host,
        pid=row.pid,
        state=state,
        why=why,
        queues=row.queues,
        taken=report.taken if report else None,
        running=report.running if report else None,
        reserved=report.reserved if report else None,
        held=report.held if report else None,
        in_flight=row.in_flight,
        concurrency=report.concurrency if report else None,
        memory_mb=row.memory_mb,
        children=report.children if report else (),
        started_at=row.started_at,
        seen_at=row.seen_at,
    )


def _state(row: Worker, report: Report | None, *, at: datetime) -> tuple[State, str]:
    silent_s = (at - row.seen_at).total_seconds()
    if report and report.is_wedged:
        return State.WEDGED, f"Celery's loop has stood still for {report.at - report.loop_at:.0f} s."
    if silent_s <= LIVE.total_seconds():
        return State.ALIVE, ""
    if row.host != socket.gethostname()[:100]:
        return State.SILENT, f"No heartbeat for {silent_s:.0f} s; it is on another host."
    if _is_there(row):
        return State.WEDGED, f"No heartbeat for {silent_s:.0f} s, and its process {row.pid} is there."
    return State.GONE, f"Its process {row.pid} is gone; its last heartbeat was {silent_s:.0f} s ago."


def _is_there(row: Worker) -> bool:
    try:
        began = psutil.Process(row.pid).create_time()
    except psutil.Error:
        return False
    return began <= row.started_at.timestamp() + SAME_START_S
