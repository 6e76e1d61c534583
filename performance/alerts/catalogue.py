"""The signals of the platform itself: what each is called, its unit, and how it is read."""

from performance.alerts import standing
from performance.alerts.signals import Signal, register
from performance.alerts.windows import mean, per_minute, quantile, ratio, share
from performance.cache.figures import HITS
from performance.metrics.middleware import METRIC as REQUESTS

_READS, _TAKEN_IN = frozenset({*HITS, "computed"}), frozenset({"computed", "shared"})
# Of jobs that will be tried again, or that somebody cancelled, nobody can say yet.
_JOBS = frozenset({"succeeded", "dead", "parked"})
_FAILED = frozenset({"failed", "lost", "timed_out"})
_PER_MINUTE = "a minute"

WEB = (
    Signal(
        name="requests.p95_ms",
        title="Requests, P95",
        unit="ms",
        area="web",
        read=quantile(REQUESTS, 0.95),
        labels=("route", "method", "status"),
    ),
    Signal(
        name="requests.p99_ms",
        title="Requests, P99",
        unit="ms",
        area="web",
        read=quantile(REQUESTS, 0.99),
        labels=("route", "method", "status"),
    ),
    Signal(
        name="requests.errors",
        title="Requests that fail (500 and above)",
        unit="share",
        area="web",
        read=share(REQUESTS, "status", bad=frozenset({"5xx"})),
        labels=("route", "method"),
    ),
    Signal(
        name="limits.refused",
        title="Requests that a limit refuses",
        unit="share",
        area="web",
        read=share("limit.decisions", "outcome", bad=frozenset({"refused"})),
        labels=("policy",),
    ),
)
DATABASE = (
    Signal(
        name="sql.p95_ms",
        title="Statements, P95",
        unit="ms",
        area="database",
        read=quantile("sql.statement_ms", 0.95),
        labels=("fingerprint", "view"),
    ),
    Signal(
        name="pool.utilisation",
        title="The web's pool of connections, P95 of its peaks",
        unit="share",
        area="database",
        read=quantile("pool.utilisation", 0.95),
    ),
    Signal(
        name="pool.waiting",
        title="Requests that wait for a connection, P95 of its peaks",
        unit="requests",
        area="database",
        read=quantile("pool.waiting", 0.95),
    ),
    Signal(
        name="pool.exhausted",
        title="Requests refused for want of a connection",
        unit=_PER_MINUTE,
        area="database",
        read=per_minute("pool.exhausted", beside="pool.utilisation"),
    ),
    Signal(
        name="database.connections",
        title="The server's connections that are taken",
        unit="share",
        area="database",
        read=standing.connections,
        is_standing=True,
    ),
)
CACHE = (
    Signal(
        name="cache.hit_rate",
        title="Reads that the cache answers",
        unit="share",
        area="cache",
        read=share("cache.reads", "outcome", bad=frozenset(HITS), of=_READS),
        best=1.0,
        labels=("pattern",),
    ),
    Signal(
        name="cache.eviction_rate",
        title="Values that processes drop to make room, for each they take in",
        unit="share",
        area="cache",
        read=ratio("cache.evictions", to="cache.reads", label="outcome", of=_TAKEN_IN),
        labels=("pattern",),
    ),
    Signal(
        name="cache.read_p95_ms",
        title="Questions to Valkey, P95",
        unit="ms",
        area="cache",
        read=quantile("cache.read_ms", 0.95),
        labels=("layer",),
    ),
)
QUEUES = (
    Signal(
        name="jobs.waiting_per_worker",
        title="Jobs that are due, for each worker",
        unit="jobs",
        area="queues",
        read=standing.waiting_per_worker,
        is_standing=True,
    ),
    Signal(
        name="queues.depth",
        title="Messages in the deepest queue",
        unit="messages",
        area="queues",
        read=standing.depths,
        is_standing=True,
        labels=("queue",),
    ),
    Signal(
        name="queues.wait_p95_ms",
        title="Messages' wait for a worker, P95",
        unit="ms",
        area="queues",
        read=quantile("celery.wait_ms", 0.95),
        labels=("queue", "task"),
    ),
    Signal(
        name="tasks.failed",
        title="Tasks that fail, are lost or take too long",
        unit="share",
        area="queues",
        read=share("celery.outcomes", "outcome", bad=_FAILED, of=_FAILED | {"succeeded"}),
        labels=("queue", "task"),
    ),
    Signal(
        name="jobs.dead",
        title="Jobs that give up",
        unit="share",
        area="queues",
        read=share("job.outcomes", "outcome", bad=frozenset({"dead"}), of=_JOBS),
        labels=("kind",),
    ),
)
SYSTEM = (
    Signal(
        name="system.cpu",
        title="CPU in use",
        unit="share",
        area="system",
        read=mean("system.cpu_share"),
        labels=("host",),
    ),
    Signal(
        name="system.memory",
        title="Memory in use",
        unit="share",
        area="system",
        read=mean("system.memory_share"),
        labels=("host",),
    ),
    Signal(
        name="system.disk",
        title="Disk in use",
        unit="share",
        area="system",
        read=mean("system.disk_share"),
        labels=("host",),
    ),
    Signal(
        name="metrics.dropped",
        title="Measurements that were lost",
        unit=_PER_MINUTE,
        area="system",
        read=per_minute("metrics.dropped", beside=REQUESTS),
    ),
)
LLM = (
    Signal(
        name="llm.errors",
        title="LLM calls that fail, or whose outcome is unknown",
        unit="share",
        area="llm",
        read=share("llm.calls", "outcome", bad=frozenset({"failed", "unknown"})),
    ),
    Signal(
        name="llm.p95_ms",
        title="LLM calls, P95",
        unit="ms",
        area="llm",
        read=quantile("llm.call_ms", 0.95),
    ),
)


def register_all() -> None:
    """For AppConfig.ready."""
    register(*WEB, *DATABASE, *CACHE, *QUEUES, *SYSTEM, *LLM)
