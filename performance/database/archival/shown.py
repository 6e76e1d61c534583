"""Archival as the API shows it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from performance.database.archival import policies
from performance.database.archival.dry_run import DryRun
from performance.database.archival.eligibility import subjects
from performance.database.archival.errors import BadSchedule
from performance.database.archival.models import ArchivalPolicy
from performance.database.archival.registry import Archivable
from performance.database.archival.tree import tree

_POLICY = ("target", "action", "older_than_days", "condition", "cron", "time_zone", "created_at", "updated_at")


def target(each: Archivable) -> Mapping[str, Any]:
    told = {name: getattr(each, name) for name in ("name", "title", "says", "guard_says", "least_days")}
    return {
        **told,
        "tables": [branch.table for branch in tree(each.name)],
        "conditions": {name: condition.says for name, condition in each.conditions.items()},
        "subjects": list(subjects(each)),
    }


def policy(each: ArchivalPolicy, *, at: datetime) -> Any:
    """What its serializer shows, by name."""
    told = {name: getattr(each, name) for name in _POLICY}
    return {"name": each.name, "is_enabled": each.is_enabled, **told, "next_at": next_firing(each, at=at)}


def next_firing(each: ArchivalPolicy, *, at: datetime) -> datetime | None:
    """None where it is disabled, has no schedule, or one that can't be read any more."""
    try:
        found = policies.schedule(each)
    except BadSchedule:
        return None
    return found.after(at) if found and each.is_enabled else None


def dry_run(each: DryRun) -> Mapping[str, Any]:
    counted = each.counted
    return {
        "is_dry_run": True,
        "target": each.wish.target,
        "action": each.wish.action,
        "condition": each.wish.condition,
        "cutoff": each.cutoff,
        "is_exact": bool(counted and counted.is_exact),
        "rows": counted.rows if counted else None,
        "held_rows": counted.held if counted else None,
        "kept_rows": counted.kept if counted else None,
        "child_rows": each.child_rows,
        "oldest_at": counted.oldest if counted else None,
        "newest_at": counted.newest if counted else None,
        "freed_bytes": each.freed_bytes,
        "archive_bytes": each.archive_bytes,
        "growth": asdict(each.pace),
        "gained": asdict(each.gained),
        "left": asdict(each.left),
    }
