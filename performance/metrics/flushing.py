"""From Valkey into buckets and totals: what the pump has done every few seconds, by that of several which leads."""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from django.db import DataError, connection, transaction

from performance.metrics import handover
from performance.metrics.handover import Handover
from performance.metrics.histogram import merged
from performance.metrics.models import MetricLabels
from performance.metrics.rollups import accepted_from
from performance.metrics.tallies import MORE_SERIES, MOST_SERIES, OTHER, Tally, count
from performance.system import samples
from performance.system.sampling import CPU, MEMORY

logger = logging.getLogger(__name__)
# Label sets that a metric may have had within a day; further ones are kept under OTHER.
MOST_LABEL_SETS = MOST_SERIES
_CHUNK = 2000
_SEEN_EVERY = timedelta(hours=1)

_BEGIN = """
INSERT INTO performance_metricflush (id, oldest, is_rolled_up, created_at) VALUES (%s, %s, false, now())
ON CONFLICT DO NOTHING RETURNING id
"""
_LABELS = """
INSERT INTO performance_metriclabels AS l (metric, labels_hash, labels, seen_at)
SELECT metric, labels_hash, labels, %(at)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (metric text, labels_hash bigint, labels jsonb)
ORDER BY metric, labels_hash
ON CONFLICT (metric, labels_hash) DO UPDATE SET seen_at = excluded.seen_at WHERE l.seen_at < %(stale)s
"""
_ADD = """
    n = b.n + excluded.n, total = b.total + excluded.total,
    (bins, counts) = (
        SELECT coalesce(array_agg(bin ORDER BY bin), '{}'), coalesce(array_agg(n ORDER BY bin), '{}') FROM (
            SELECT bin, sum(n)::bigint AS n FROM (
                SELECT * FROM unnest(b.bins, b.counts) AS there (bin, n)
                UNION ALL SELECT * FROM unnest(excluded.bins, excluded.counts) AS new (bin, n)
            ) AS each GROUP BY bin
        ) AS summed
    )
"""
_IN_TIME = """
INSERT INTO {table} AS b (metric, period_s, bucket{of}, n, total, low, high, bins, counts)
SELECT metric, 60, bucket{of}, n, total, low, high, bins, counts
FROM jsonb_to_recordset(%s::jsonb) AS r (metric text, bucket timestamptz, labels_hash bigint, n bigint,
    total float8, low float8, high float8, bins int[], counts bigint[])
ORDER BY metric, bucket{of}
ON CONFLICT (metric, period_s, bucket{of}) DO UPDATE SET
    low = least(b.low, excluded.low), high = greatest(b.high, excluded.high),
"""
_BUCKETS = _IN_TIME.format(table="performance_metricbucket", of=", labels_hash") + _ADD
_WHOLES = _IN_TIME.format(table="performance_metricwhole", of="") + _ADD
_TOTALS = (
    """
INSERT INTO performance_metrictotal AS b (metric, labels_hash, labels, n, total, bins, counts, seen_at)
SELECT metric, labels_hash, labels, n, total, bins, counts, now()
FROM jsonb_to_recordset(%s::jsonb) AS r (metric text, labels_hash bigint, labels jsonb, n bigint, total float8,
    bins int[], counts bigint[])
ORDER BY metric, labels_hash
ON CONFLICT (metric, labels_hash) DO UPDATE SET seen_at = excluded.seen_at,
"""
    + _ADD
)
# Labels of which there may be thousands stay in the buckets: what is the same without them is one total.
_NOT_IN_TOTALS = frozenset({"fingerprint", "sql", "line"})


@dataclass(frozen=True, slots=True)
class _Of:
    """What a row is of."""

    minute: int
    metric: str
    labels: str

    @property
    def labels_hash(self) -> int:
        return hash_of(self.labels)


def flush(*, at: datetime) -> int:
    """Store what Valkey holds; how many buckets were written. May be repeated, by anybody, after any failure.

    Raises RedisError and DatabaseError; then the next flush stores the same.
    """
    handed = handover.take()
    if handed is None:
        return 0
    try:
        stored, lost = _store(handed, at=at)
    except (DataError, ValueError, TypeError, KeyError):
        # Rows of another release, say: they would be refused for ever, and all that come after would wait behind them.
        logger.exception("measurements of %d rows can't be stored and are dropped", len(handed.rows))
        stored, lost = 0, len(handed.rows) + handed.lost
    handover.done(handed.id)
    if lost:
        count("metrics.dropped", {"where": "handover"}, lost)
    return stored


def hash_of(labels: str) -> int:
    """63 bits of what labels are as sorted JSON."""
    return int.from_bytes(hashlib.blake2b(labels.encode(), digest_size=8).digest(), "big") >> 1


def _store(handed: Handover, *, at: datetime) -> tuple[int, int]:
    """Buckets written, and values that had no room or came too late. Nothing where this hand-over was stored before."""
    first = int(accepted_from(at=at).timestamp())
    read = [(_of(field), _tally(row)) for field, row in handed.rows.items()]
    timely = [(of, tally) for of, tally in read if of.minute >= first]
    lost = handed.lost + sum(tally.n for of, tally in read if of.minute < first)
    apart = [(of.minute, of.metric, of.labels, tally) for of, tally in timely if of.metric in (MEMORY, CPU)]
    timely = [(of, tally) for of, tally in timely if of.metric not in (MEMORY, CPU)]
    oldest = min((of.minute for of, _ in timely), default=int(at.timestamp()))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_BEGIN, [handed.id, datetime.fromtimestamp(oldest, UTC)])
        if cursor.fetchone() is None:
            return 0, 0
        rows = _bounded(timely, at=at)
        labels = [_labels(metric, text) for metric, text in {(of.metric, of.labels) for of in rows}]
        given: dict[str, Any] = {"rows": orjson.dumps(labels).decode(), "at": at, "stale": at - _SEEN_EVERY}
        cursor.execute(_LABELS, given)
        for chunk in _chunks([_bucket(of, tally) for of, tally in rows.items()]):
            cursor.execute(_BUCKETS, [orjson.dumps(chunk).decode()])
        for chunk in _chunks([_bucket(of, tally) for of, tally in _wholes(rows).items()]):
            cursor.execute(_WHOLES, [orjson.dumps(chunk).decode()])
        for chunk in _chunks([_total(of, tally) for of, tally in _totals(rows).items()]):
            cursor.execute(_TOTALS, [orjson.dumps(chunk).decode()])
        samples.store(apart)
    return len(rows), lost


def _totals(rows: Mapping[_Of, Tally]) -> dict[_Of, Tally]:
    """The same without regard to the minute, and with fewer labels."""
    return _added_up((_Of(0, of.metric, _fewer(of.labels)), tally) for of, tally in rows.items())


def _wholes(rows: Mapping[_Of, Tally]) -> dict[_Of, Tally]:
    """The same without regard to the labels."""
    return _added_up((_Of(of.minute, of.metric, "{}"), tally) for of, tally in rows.items())


def _added_up(rows: Iterable[tuple[_Of, Tally]]) -> dict[_Of, Tally]:
    found: dict[_Of, Tally] = {}
    for of, tally in rows:
        found[of] = _sum(found[of], tally) if of in found else tally
    return found


def _fewer(labels: str) -> str:
    told = orjson.loads(labels)
    kept = {label: told[label] for label in told.keys() - _NOT_IN_TOTALS}
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode() if len(kept) < len(told) else labels


def _total(of: _Of, tally: Tally) -> Mapping[str, object]:
    return {**_bucket(of, tally), "labels": orjson.Fragment(of.labels)}


def _bounded(rows: Iterable[tuple[_Of, Tally]], *, at: datetime) -> dict[_Of, Tally]:
    """The rows, those of too many label sets under OTHER; what is then of the same is added up."""
    listed = list(rows)
    kept = _kept({(of.metric, of.labels) for of, _ in listed}, at=at)
    return _added_up(
        (of if (of.metric, of.labels) in kept else _Of(of.minute, of.metric, _others(of.labels)), tally)
        for of, tally in listed
    )


def _kept(given: set[tuple[str, str]], *, at: datetime) -> set[tuple[str, str]]:
    """Which label sets are kept: all that are known, and of new ones as many as their metric has room for."""
    wanted = {(metric, hash_of(text)): (metric, text) for metric, text in given}
    metrics, hashes = {metric for metric, _ in wanted}, {labels_hash for _, labels_hash in wanted}
    known = MetricLabels.objects.filter(metric__in=metrics, labels_hash__in=hashes)
    kept = {wanted[key] for key in known.values_list("metric", "labels_hash") if key in wanted}
    new = given - kept
    room = _room({metric for metric, _ in new}, at=at) if new else {}
    for metric, text in sorted(new):
        room[metric] -= 1
        if room[metric] >= 0:
            kept.add((metric, text))
    return kept


def _room(metrics: set[str], *, at: datetime) -> dict[str, int]:
    recent = MetricLabels.objects.filter(metric__in=metrics, seen_at__gt=at - timedelta(days=1))
    room = {metric: MORE_SERIES.get(metric, MOST_LABEL_SETS) for metric in metrics}
    for metric in recent.values_list("metric", flat=True):
        room[metric] -= 1
    return room


def _of(field: bytes) -> _Of:
    minute, metric, labels = orjson.loads(field)
    return _Of(minute, metric[:100], orjson.dumps(labels, option=orjson.OPT_SORT_KEYS).decode())


def _tally(row: bytes) -> Tally:
    n, total, *observed = orjson.loads(row)
    if not observed:
        return Tally(n=int(n), total=total)
    low, high, *histogram = observed
    bins = {int(bin_): int(of) for bin_, of in zip(histogram[::2], histogram[1::2], strict=True)}
    return Tally(n=int(n), total=total, low=low, high=high, bins=bins)


def _sum(one: Tally, other: Tally) -> Tally:
    return Tally(
        n=one.n + other.n,
        total=one.total + other.total,
        low=min(one.low, other.low),
        high=max(one.high, other.high),
        bins=merged(one.bins, other.bins),
    )


def _others(labels: str) -> str:
    return orjson.dumps(dict.fromkeys(orjson.loads(labels), OTHER), option=orjson.OPT_SORT_KEYS).decode()


def _labels(metric: str, text: str) -> Mapping[str, object]:
    return {"metric": metric, "labels_hash": hash_of(text), "labels": orjson.Fragment(text)}


def _bucket(of: _Of, tally: Tally) -> Mapping[str, object]:
    bins = sorted(tally.bins)
    return {
        "metric": of.metric,
        "bucket": datetime.fromtimestamp(of.minute, UTC),
        "labels_hash": of.labels_hash,
        "n": tally.n,
        "total": tally.total,
        "low": tally.low if bins else None,
        "high": tally.high if bins else None,
        "bins": bins,
        "counts": [tally.bins[each] for each in bins],
    }


def _chunks(rows: Sequence[Mapping[str, object]]) -> Iterator[Sequence[Mapping[str, object]]]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]
