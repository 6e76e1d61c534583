"""The resources there are, each with what is read of it, its limits (DESIGN's thresholds), and what to do."""

from dataclasses import replace
from pathlib import Path

import psutil

from performance.alerts import standing
from performance.alerts.windows import Measurements, Read, Reading, Window, mean, per_minute, ratio, share
from performance.cache.server import server
from performance.console.bottlenecks.aspects import Aspect, Impact, Resource
from performance.system.machine import MIB

_HOUR_MS = 3_600_000.0


def _total(metric: str) -> Impact:
    """All that was measured of it, for each hour: of milliseconds, how long all of it took together."""

    def impact(found: Measurements, window: Window) -> float | None:
        whole = found.whole(metric, window.over)
        return whole.total * 60 / window.minutes if whole.n else None

    return impact


def _p95(metric: str) -> Read:
    """Over all labels at once: of statements there may be thousands."""

    def read(found: Measurements, window: Window) -> list[Reading]:
        whole = found.whole(metric, window.over)
        [value] = whole.quantiles([0.95])
        return [] if value is None else [Reading(value=value, n=whole.n)]

    return read


def _per_hour(read: Read) -> Impact:
    """What is read by the minute."""

    def impact(found: Measurements, window: Window) -> float | None:
        return max((60 * each.value for each in read(found, window)), default=None)

    return impact


def _counted(metric: str, label: str, bad: frozenset[str]) -> Impact:
    """How often it ended badly, for each hour."""

    def impact(found: Measurements, window: Window) -> float | None:
        samples = found.counts(metric, window.over)
        wrong = sum(sample.n for labels, sample in samples if labels.get(label) in bad)
        return wrong * 60 / window.minutes if samples else None

    return impact


def _lost_cpu(found: Measurements, window: Window) -> float | None:
    """CPU time that was ours and wasn't given: stolen by other machines on the host, or withheld by a quota."""
    lost = [each.value for name in ("stolen", "throttled") for each in mean(f"system.{name}_share")(found, window)]
    return sum(lost) * _HOUR_MS * (psutil.cpu_count() or 1) if lost else None


def _waited(resource: str) -> Impact:
    """Of each hour, the time in which something waited for it on this host; None where Linux doesn't say."""
    read = _pressure(resource)

    def impact(found: Measurements, window: Window) -> float | None:
        return next((each.value * _HOUR_MS for each in read(found, window)), None)

    return impact


def _without_cpu(found: Measurements, window: Window) -> float | None:
    costs = [read(found, window) for read in (_waited("cpu"), _lost_cpu)]
    return max((each for each in costs if each is not None), default=None)


def _nothing(found: Measurements, window: Window) -> float | None:
    return None


def _pressure(resource: str) -> Read:
    """The part of the last five minutes in which something waited for it on this host, as Linux says (PSI)."""

    def read(found: Measurements, window: Window) -> list[Reading]:
        try:
            some = Path("/proc/pressure", resource).read_text().partition("\n")[0]
            return [Reading(value=float(some.split("avg300=")[1].split()[0]) / 100, n=1)]
        except (OSError, IndexError, ValueError):
            return []

    return read


def _of_hosts(name: str) -> Read:
    """A mean of each host apart: one that is full is no better for another that is idle."""
    read = mean(f"system.{name}")
    return lambda found, window: read(found, replace(window, split_by="host"))


def _network(found: Measurements, window: Window) -> list[Reading]:
    """The share of the fastest card's speed; nothing where no card says its speed."""
    speed = max((card.speed for card in psutil.net_if_stats().values() if card.isup), default=0)
    moved = _of_hosts("network_mb_per_s")(found, window)
    return [Reading(value=each.value * MIB * 8 / (speed * 1e6), n=each.n) for each in moved] if speed > 0 else []


def _valkey_memory(found: Measurements, window: Window) -> list[Reading]:
    valkey = server()
    share = valkey.used_share if valkey else None
    return [] if share is None else [Reading(value=share, n=1)]


RESOURCES = (
    Resource(
        name="cpu",
        title="CPU",
        utilisation=Aspect(title="in use", unit="share", read=_of_hosts("cpu_share"), poor=0.7, critical=0.9),
        saturation=Aspect(
            title="of the time something waited", unit="share", read=_pressure("cpu"), poor=0.4, critical=0.8
        ),
        errors=Aspect(
            title="stolen by other machines", unit="share", read=_of_hosts("stolen_share"), poor=0.1, critical=0.3
        ),
        impact=_without_cpu,
        impact_unit="ms an hour",
        action="Add cores, or lower WORKER_CONCURRENCY_IO and WEB_THREADS so that fewer fight over them.",
        url_name="console-system",
    ),
    Resource(
        name="memory",
        title="Memory",
        utilisation=Aspect(title="in use", unit="share", read=_of_hosts("memory_share"), poor=0.8, critical=0.95),
        saturation=Aspect(
            title="of the time something waited", unit="share", read=_pressure("memory"), poor=0.05, critical=0.2
        ),
        impact=_waited("memory"),
        impact_unit="ms an hour",
        action="Look which process grows (System); lower CELERY_WORKER_MAX_TASKS_PER_CHILD or CACHE_LOCAL_MB.",
        url_name="console-system",
    ),
    Resource(
        name="disk",
        title="Disk",
        utilisation=Aspect(title="full", unit="share", read=_of_hosts("disk_share"), poor=0.8, critical=0.95),
        saturation=Aspect(
            title="of the time something waited", unit="share", read=_pressure("io"), poor=0.2, critical=0.5
        ),
        impact=_waited("io"),
        impact_unit="ms an hour",
        action="Archive what is old (Archival says how many days each policy buys), or enlarge the disk.",
        url_name="console-archival",
    ),
    Resource(
        name="network",
        title="Network",
        utilisation=Aspect(title="of the card's speed", unit="share", read=_network, poor=0.6, critical=0.9),
        errors=Aspect(
            title="packets dropped or broken",
            unit="share",
            read=_of_hosts("network_lost_share"),
            poor=0.001,
            critical=0.01,
        ),
        impact=_nothing,
        impact_unit="",
        action="Compress more (answers above 1,024 bytes are), or move the database and Valkey nearer.",
        url_name="console-system",
    ),
    Resource(
        name="database",
        title="Database",
        utilisation=Aspect(title="connections taken", unit="share", read=standing.connections, poor=0.7, critical=0.9),
        saturation=Aspect(
            title="statements, P95", unit="ms", read=_p95("sql.statement_ms"), poor=100.0, critical=500.0
        ),
        impact=_total("sql.statement_ms"),
        impact_unit="ms an hour",
        action="Begin with the costliest statement (Statements) and the first advice on its indexes (Indexes).",
        url_name="console-statements",
    ),
    Resource(
        name="pool",
        title="Connection pool of the web",
        utilisation=Aspect(
            title="of the pool, P95", unit="share", read=_p95("pool.utilisation"), poor=0.8, critical=0.9
        ),
        saturation=Aspect(
            title="requests waiting, P95", unit="requests", read=_p95("pool.waiting"), poor=1.0, critical=5.0
        ),
        errors=Aspect(
            title="requests refused a minute",
            unit="a minute",
            read=per_minute("pool.exhausted", beside="pool.utilisation"),
            poor=0.0,
            critical=1.0,
        ),
        impact=_per_hour(per_minute("pool.exhausted", beside="pool.utilisation")),
        impact_unit="requests an hour",
        action="Raise DATABASE_POOL_SIZE to the number of WEB_THREADS, or shorten what holds a connection.",
        url_name="console-activity",
    ),
    Resource(
        name="cache",
        title="Cache",
        utilisation=Aspect(title="of maxmemory", unit="share", read=_valkey_memory, poor=0.8, critical=0.95),
        saturation=Aspect(
            title="values dropped to make room",
            unit="share",
            read=ratio("cache.evictions", to="cache.reads", label="outcome", of=frozenset({"computed", "shared"})),
            poor=0.2,
            critical=0.5,
        ),
        errors=Aspect(
            title="unreadable values",
            unit="share",
            read=share("cache.reads", "outcome", bad=frozenset({"unreadable"})),
            poor=0.0,
            critical=0.01,
        ),
        impact=_total("cache.fill_ms"),
        impact_unit="ms an hour",
        action="Look at the patterns that miss most (Cache); raise CACHE_LOCAL_MB, or maxmemory in Valkey.",
        url_name="console-cache",
    ),
    Resource(
        name="queues",
        title="Queues",
        utilisation=Aspect(
            title="jobs due for each worker", unit="jobs", read=standing.waiting_per_worker, poor=100, critical=500
        ),
        saturation=Aspect(
            title="messages in the deepest queue", unit="messages", read=standing.depths, poor=500, critical=1000
        ),
        errors=Aspect(
            title="jobs that give up",
            unit="share",
            read=share(
                "job.outcomes",
                "outcome",
                bad=frozenset({"dead"}),
                of=frozenset({"succeeded", "dead", "parked"}),
            ),
            poor=0.05,
            critical=0.1,
        ),
        impact=_total("celery.wait_ms"),
        impact_unit="ms an hour",
        action="Raise WORKER_CONCURRENCY_IO or WORKER_CONCURRENCY_FILES, or start workers on another host.",
        url_name="console-queues",
    ),
    Resource(
        name="llm",
        title="LLM endpoint",
        saturation=Aspect(title="calls, P95", unit="ms", read=_p95("llm.call_ms"), poor=10_000.0, critical=30_000.0),
        errors=Aspect(
            title="calls that fail",
            unit="share",
            read=share("llm.calls", "outcome", bad=frozenset({"failed", "unknown"})),
            poor=0.05,
            critical=0.1,
        ),
        impact=_counted("llm.calls", "outcome", frozenset({"failed", "unknown"})),
        impact_unit="requests an hour",
        action="Lower the concurrency of runs, ask the provider for a higher limit, or choose another model.",
        url_name="console-requests",
    ),
)
