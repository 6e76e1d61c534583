"""What the API shows of queues, fleet and schedules."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from performance.metrics.queries import Sample
from performance.queues.figures import Picture, QueueFigures, TaskFigures
from performance.queues.firings import Firing
from performance.queues.fleet import Member
from performance.queues.models import QueueState
from performance.queues.schedules import Planned

_QUEUE = (
    *("queue", "state", "waiting", "by_priority", "unacked", "running", "reserved", "in_flight", "oldest_s", "workers"),
    *("taking", "processes", "sent", "done", "failed", "per_minute", "dead", "purged"),
)
_MEMBER = ("name", "role", "host", "pid", "state", "why", "queues", "taken", "in_flight", "started_at", "seen_at")


def picture(found: Picture) -> Mapping[str, Any]:
    return {
        "at": found.at,
        "minutes": found.minutes,
        "is_broker_reachable": found.is_broker_there,
        "queues": [_queue(each) for each in found.queues],
        "workers": [_member(each) for each in found.members],
    }


def state(row: QueueState) -> Mapping[str, Any]:
    names = ("queue", "is_draining", "paused_at", "until", "reason", "by_name")
    return {"is_paused": row.paused_at is not None, **{name: getattr(row, name) for name in names}}


def schedule(found: Planned) -> Mapping[str, Any]:
    row = found.row
    return {
        **{name: getattr(found, name) for name in ("cron", "every_s", "zone", "is_ours")},
        "name": row.name,
        "task": row.task,
        "args": json.loads(row.args or "[]"),
        "kwargs": json.loads(row.kwargs or "{}"),
        "is_enabled": row.enabled,
        "last_run_at": found.last_run_at,
        "runs": row.total_run_count,
        "next": [_firing(each) for each in found.next],
    }


def _queue(found: QueueFigures) -> Mapping[str, Any]:
    pause = found.pause
    names = ("paused_at", "until", "reason", "by_name", "is_draining")
    return {
        **{name: getattr(found, name) for name in _QUEUE},
        "by_priority": {str(step): n for step, n in found.by_priority.items()},
        "pause": pause and {name: getattr(pause, name) for name in names},
        "wait_ms": _percentiles(found.wait),
        "run_ms": _percentiles(found.run),
        "tasks": [_task(each) for each in found.tasks],
        "kinds": [asdict(each) for each in found.kinds],
        "batches": [asdict(each) for each in found.batches],
    }


def _task(found: TaskFigures) -> Mapping[str, Any]:
    same = {name: getattr(found, name) for name in ("task", "sent", "done", "failed", "outcomes")}
    return {**same, "wait_ms": _percentiles(found.wait), "run_ms": _percentiles(found.run)}


def _percentiles(sample: Sample) -> Mapping[str, Any]:
    p50, p95, p99 = sample.quantiles([0.5, 0.95, 0.99])
    return {"n": sample.n, "mean": sample.mean, "p50": p50, "p95": p95, "p99": p99}


def _member(found: Member) -> Mapping[str, Any]:
    holds = None if found.held is None else [_held(each) for each in found.held]
    return {**{name: getattr(found, name) for name in _MEMBER}, "holds": holds, "memory_mb": found.memory_of_all_mb}


def _held(each: Any) -> Mapping[str, Any]:
    same = {name: getattr(each, name) for name in ("task_id", "task", "queue", "pid", "retries")}
    return {**same, "since": each.since and datetime.fromtimestamp(each.since, UTC)}


def _firing(each: Firing) -> Mapping[str, Any]:
    wanted = each.wanted.isoformat() if each.wanted else ""
    return {"at": each.at, "wall": each.wall.isoformat(), "flag": each.flag, "wanted": wanted}
