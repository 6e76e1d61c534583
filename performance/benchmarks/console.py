"""How long the console's pages and endpoints take over a day's measurements of a busy installation, in the area
"console". What is filled in is made up: a million buckets, 5,000 statements.
"""

import gc
import time
from collections.abc import Iterator, Mapping
from statistics import median

from django.db import connection
from django.test import Client, override_settings
from django.urls import NoReverseMatch, get_resolver, reverse

from performance.access.models import User
from performance.audit.models import AUDITED
from performance.benchmarks.areas import area
from performance.benchmarks.figures import Figure, below, percentile, printed
from performance.cache.tags import bump
from performance.console.pages import PAGES

TIMES = 20
# A raised tag may be believed for so long.
HEARD_WITHIN_S = 0.05
STATEMENTS = 5000
# Of each metric: sets of labels, as SQL over the number i, and the minutes before now that have a bucket for each.
SERIES: Mapping[str, tuple[int, int, str]] = {
    "http.request_ms": (
        200,
        1440,
        "'route', 'route-' || i / 4, 'method', 'GET', 'status', (ARRAY['2xx','3xx','4xx','5xx'])[1 + mod(i, 4)]",
    ),
    "sql.statement_ms": (
        STATEMENTS,
        110,
        "'fingerprint', md5(i::text), 'shape', left(md5(i::text), 16), 'view', 'v-' || mod(i, 60), 'line', 'a:' || i",
    ),
    "cache.reads": (
        120,
        1440,
        "'pattern', 'page.p' || i / 4, 'outcome', (ARRAY['local','shared','stale','computed'])[1 + mod(i, 4)]",
    ),
    "cache.read_ms": (2, 1440, "'layer', (ARRAY['local','shared'])[1 + mod(i, 2)]"),
    "celery.wait_ms": (30, 1440, "'task', 'task-' || i, 'queue', 'maintenance'"),
    "celery.run_ms": (30, 1440, "'task', 'task-' || i, 'queue', 'maintenance'"),
    "system.cpu_share": (1, 1440, "'host', 'a'"),
    "system.memory_share": (1, 1440, "'host', 'a'"),
    "pool.utilisation": (1, 1440, "'i', i::text"),
}
_LABELS = """
INSERT INTO performance_metriclabels (metric, labels_hash, labels, seen_at)
SELECT %(metric)s, i, jsonb_build_object({labels}), now() FROM generate_series(1, %(sets)s) AS i
"""
_BUCKETS = """
INSERT INTO performance_metricbucket
    (metric, period_s, bucket, labels_hash, n, total, low, high, bins, counts)
SELECT %(metric)s, 60, date_trunc('minute', now()) - make_interval(mins => minute), i, 30, 300, 1, 40,
    ARRAY[40, 48, 56, 64], ARRAY[10, 10, 8, 2]::bigint[]
FROM generate_series(0, %(minutes)s - 1) AS minute, generate_series(1, %(sets)s) AS i
"""
_WHOLES = """
INSERT INTO performance_metricwhole (metric, period_s, bucket, n, total, low, high, bins, counts)
SELECT metric, period_s, bucket, sum(n), sum(total), min(low), max(high), min(bins),
    ARRAY[10 * count(*), 10 * count(*), 8 * count(*), 2 * count(*)]
FROM performance_metricbucket WHERE metric = %(metric)s GROUP BY metric, period_s, bucket
"""
_STATEMENTS = """
INSERT INTO performance_statement (id, queryid, dbid, userid, role, text, shape, is_own, first_seen_at)
SELECT i, i, 1, 1, 'assay', 'SELECT a' || i || ' FROM t' || mod(i, 90) || ' WHERE b = $1', left(md5(i::text), 16),
    false, now()
FROM generate_series(1, %(statements)s) AS i
"""
_DELTAS = """
INSERT INTO performance_statementdelta (period_s, bucket, statement_id, calls, total_ms, plan_ms, min_ms, max_ms, rows,
    shared_hit, shared_read, temp_blocks, wal_bytes)
SELECT period.s, date_bin(make_interval(secs => period.s), now(), 'epoch') - make_interval(secs => period.s * step), i,
    30, 300, 0, 1, 40, 30, 900, 10, 0, 0
FROM (VALUES (60, 120), (3600, 24), (86400, 30)) AS period (s, steps),
    generate_series(0, period.steps - 1) AS step, generate_series(1, %(statements)s) AS i
"""


@area("console")
def pages() -> Iterator[Figure]:
    """Each page and endpoint TIMES times in this process, as an administrator; the slowest one's P95 counts. Answers
    that are kept for seconds are made anew each time.
    """
    rows = _fill()
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.create_superuser("bench-console", password=None, is_staff=True))
    with override_settings(RATE_LIMIT_ENABLED=False):
        _settle(client)
        took = {address: _each_ms(client, address) for address in _addresses()}
    slowest = sorted(took, key=lambda address: -percentile(took[address], 0.95))
    told = ", ".join(f"{address} {percentile(took[address], 0.95):.0f}" for address in slowest[:6])
    beside = (
        f"P95 of the slowest of {len(took)} pages and endpoints over {rows:,} rows, {STATEMENTS:,} statements: {told}"
    )
    yield below(300, "console.p95_ms", percentile(took[slowest[0]], 0.95), "ms", beside=beside)
    yield printed("console.median_ms", median(median(each) for each in took.values()), "ms")


def _fill() -> int:
    """How many measurements there are then."""
    with connection.cursor() as cursor:
        for metric, (sets, minutes, labels) in SERIES.items():
            told: dict[str, str | int] = {"metric": metric, "sets": sets, "minutes": minutes}
            cursor.execute(_LABELS.format(labels=labels), told)
            cursor.execute(_BUCKETS, told)
            cursor.execute(_WHOLES, told)
        cursor.execute(_STATEMENTS, {"statements": STATEMENTS})
        cursor.execute(_DELTAS, {"statements": STATEMENTS})
        cursor.execute("ANALYZE")
        cursor.execute(
            "SELECT (SELECT count(*) FROM performance_metricbucket) + (SELECT count(*) FROM performance_statementdelta)"
        )
        return int(cursor.fetchone()[0])


def _addresses() -> Iterator[str]:
    """All that is read without naming a thing."""
    yield reverse("console")
    for page in PAGES:
        yield reverse(page.addresses[0].name or "")
    for pattern in get_resolver("performance.api.urls").url_patterns:
        view = getattr(getattr(pattern, "callback", None), "view_class", None)
        try:
            address = reverse(getattr(pattern, "name", ""))
        except NoReverseMatch:
            continue
        if address.startswith("/api/v1/performance/") and hasattr(view, "get"):
            yield address


def _settle(client: Client) -> None:
    """As a process of the web is (config/wsgi.py): no collection looks through what was loaded before."""
    client.get(reverse("console"))
    gc.collect()
    gc.freeze()


def _each_ms(client: Client, address: str) -> list[float]:
    took = []
    for _ in range(TIMES):
        bump(AUDITED)
        time.sleep(HEARD_WITHIN_S)
        began = time.perf_counter()
        response = client.get(address)
        took.append((time.perf_counter() - began) * 1000)
        if response.status_code not in (200, 404):
            raise RuntimeError(f"{address} answers {response.status_code}")
    return took
