"""The rules that an installation begins with. What people make of them stays: only missing ones are made."""

from typing import Any

from django.apps import apps as project
from django.apps.registry import Apps

from performance.alerts.models import AlertRule

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_BUDGET: dict[str, Any] = {"signal": "requests.errors", "objective": 0.995, "least": 100, "clear_s": 120}
_BURNS = "Look at the routes that fail, at what was deployed last, and at the log for their request ids."

# name: title, signal, thresholds, and what is to be done. Thresholds: docs/alerts.md.
RULES: tuple[dict[str, Any], ...] = (
    {
        "name": "requests-slow",
        "title": "Requests are slow",
        "signal": "requests.p95_ms",
        "warning": 200.0,
        "critical": 500.0,
        "clear": 180.0,
        "for_s": 5 * _MINUTE,
        "least": 20,
        "runbook": "Requests lists the slowest routes; is it statements, the pool, or the machine's CPU?",
    },
    {
        "name": "requests-slowest",
        "title": "Some requests take seconds",
        "signal": "requests.p99_ms",
        "warning": 1000.0,
        "critical": 5000.0,
        "for_s": 5 * _MINUTE,
        "least": 100,
        "runbook": "Requests lists the slowest routes; look at their statements under Slow queries.",
    },
    {
        "name": "requests-failing",
        "title": "Requests fail",
        "signal": "requests.errors",
        "warning": 0.05,
        "critical": 0.10,
        "for_s": _MINUTE,
        "least": 20,
        "runbook": _BURNS,
    },
    {
        **_BUDGET,
        "name": "budget-burns-within-days",
        "title": "The error budget is spent within two days",
        "critical": 14.4,
        "window_s": _HOUR,
        "short_window_s": 5 * _MINUTE,
        "runbook": _BURNS,
    },
    {
        **_BUDGET,
        "name": "budget-burns-within-a-week",
        "title": "The error budget is spent within a week",
        "critical": 6.0,
        "window_s": 6 * _HOUR,
        "short_window_s": 30 * _MINUTE,
        "runbook": _BURNS,
    },
    {
        **_BUDGET,
        "name": "budget-burns",
        "title": "The error budget won't last",
        "warning": 1.0,
        "window_s": 3 * _DAY,
        "short_window_s": 6 * _HOUR,
        "least": 1000,
        "runbook": _BURNS,
    },
    {
        "name": "limits-refuse",
        "title": "Limits refuse many requests",
        "signal": "limits.refused",
        "split_by": "policy",
        "warning": 0.05,
        "critical": 0.25,
        "window_s": 10 * _MINUTE,
        "for_s": 5 * _MINUTE,
        "least": 100,
        "runbook": "GET /api/v1/performance/limits names who is refused: give them an allowance, or block them.",
    },
    {
        "name": "statements-slow",
        "title": "Statements are slow",
        "signal": "sql.p95_ms",
        "warning": 100.0,
        "critical": 500.0,
        "for_s": 5 * _MINUTE,
        "least": 100,
        "runbook": "Slow queries names them with view and line; Indexes says what would help.",
    },
    {
        "name": "pool-full",
        "title": "The pool of connections is full",
        "signal": "pool.utilisation",
        "warning": 0.9,
        "critical": 1.0,
        "clear": 0.8,
        "for_s": _MINUTE,
        "runbook": "Look for slow statements and long transactions first; then raise DATABASE_POOL_SIZE.",
    },
    {
        "name": "pool-exhausted",
        "title": "Requests are refused for want of a connection",
        "signal": "pool.exhausted",
        "critical": 0.0,
        "runbook": "Look for locks and long transactions; then raise DATABASE_POOL_SIZE, or add a web process.",
    },
    {
        "name": "connections-scarce",
        "title": "The server runs out of connections",
        "signal": "database.connections",
        "warning": 0.8,
        "critical": 0.9,
        "for_s": _MINUTE,
        "runbook": "Connections lists who holds them; lower DATABASE_POOL_SIZE or raise max_connections.",
    },
    {
        "name": "cache-misses",
        "title": "The cache misses too much",
        "signal": "cache.hit_rate",
        "is_above": False,
        "warning": 0.8,
        "critical": 0.5,
        "window_s": 15 * _MINUTE,
        "for_s": 15 * _MINUTE,
        "least": 1000,
        "runbook": "Cache lists the patterns that miss most: a tag too coarse, a TTL too short, too much in a key.",
    },
    {
        "name": "cache-evicts",
        "title": "Processes drop cached values before they are used again",
        "signal": "cache.eviction_rate",
        "warning": 0.2,
        "critical": 0.5,
        "window_s": 15 * _MINUTE,
        "for_s": 5 * _MINUTE,
        "least": 1000,
        "runbook": "Raise CACHE_LOCAL_MB or CACHE_LOCAL_ENTRIES.",
    },
    {
        "name": "cache-slow",
        "title": "Valkey answers slowly",
        "signal": "cache.read_p95_ms",
        "labels": {"layer": "shared"},
        "warning": 5.0,
        "critical": 50.0,
        "for_s": 5 * _MINUTE,
        "least": 100,
        "runbook": "Look at Valkey's CPU, its memory and the network.",
    },
    {
        "name": "jobs-wait",
        "title": "Jobs wait for workers",
        "signal": "jobs.waiting_per_worker",
        "warning": 100.0,
        "critical": 500.0,
        "for_s": 10 * _MINUTE,
        "runbook": "Is every worker alive, no queue paused? Then raise WORKER_CONCURRENCY_IO, or add a host.",
    },
    {
        "name": "queue-deep",
        "title": "A queue grows",
        "signal": "queues.depth",
        "split_by": "queue",
        "warning": 1000.0,
        "critical": 5000.0,
        "clear": 800.0,
        "for_s": _MINUTE,
        "runbook": "Queues says whether it is paused and who works on it; more workers for that queue.",
    },
    {
        "name": "jobs-give-up",
        "title": "Jobs give up",
        "signal": "jobs.dead",
        "split_by": "kind",
        "warning": 0.05,
        "critical": 0.10,
        "window_s": 15 * _MINUTE,
        "least": 20,
        "runbook": "Their errors stand under Jobs (dead); mend the cause, then retry them from there.",
    },
    {
        "name": "cpu-busy",
        "title": "The CPU is busy",
        "signal": "system.cpu",
        "split_by": "host",
        "warning": 0.70,
        "critical": 0.90,
        "clear": 0.65,
        "for_s": 5 * _MINUTE,
        "runbook": "System shows which process; fewer workers, a second host, or what the busiest route costs.",
    },
    {
        "name": "memory-scarce",
        "title": "Memory runs out",
        "signal": "system.memory",
        "split_by": "host",
        "warning": 0.80,
        "critical": 0.95,
        "clear": 0.78,
        "for_s": 2 * _MINUTE,
        "runbook": "System shows which process grows; lower MAX_MEMORY_MB or the number of workers.",
    },
    {
        "name": "disk-full",
        "title": "The disk fills up",
        "signal": "system.disk",
        "split_by": "host",
        "warning": 0.80,
        "critical": 0.90,
        "for_s": 2 * _MINUTE,
        "runbook": "Tables shows what grows; archive or delete the oldest, or enlarge the disk.",
    },
    {
        "name": "measurements-lost",
        "title": "Measurements are lost",
        "signal": "metrics.dropped",
        "warning": 0.0,
        "runbook": "Is Valkey reachable, does the pump run? What is lost is missing in every figure here.",
    },
    {
        "name": "llm-fails",
        "title": "LLM calls fail",
        "signal": "llm.errors",
        "warning": 0.05,
        "critical": 0.20,
        "for_s": 2 * _MINUTE,
        "least": 20,
        "runbook": "The runs say why: a refused key, a rate limit, an endpoint that is down.",
    },
    {
        "name": "llm-slow",
        "title": "LLM calls are slow",
        "signal": "llm.p95_ms",
        "warning": 15_000.0,
        "critical": 25_000.0,
        "for_s": 5 * _MINUTE,
        "least": 20,
        "runbook": "Near LLM_TIMEOUT_S they fail and are paid for: another model, or fewer at once.",
    },
)


def make_after_migrate(sender: object, *, apps: Apps = project, **_signal: object) -> None:
    """post_migrate of this app; nothing where the table isn't there (a migration back)."""
    try:
        apps.get_model("performance", "AlertRule")
    except LookupError:
        return
    make_missing()


def make_missing() -> None:
    """Idempotent; one that is there, however it was changed, stays as it is."""
    AlertRule.objects.bulk_create([AlertRule(is_builtin=True, **each) for each in RULES], ignore_conflicts=True)
