"""Counts and totals by time and label, for charts of shares and rates. Percentiles by time: `queries.history`."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from django.db import connection

from performance.metrics.models import MetricLabels
from performance.metrics.queries import WITHIN, parts, step_of

Group = TypeVar("Group")
_BY_STEP = f"""
SELECT extract(epoch FROM date_bin(make_interval(secs => %(step)s), bucket, 'epoch'))::bigint AS step, labels_hash,
    sum(n)::bigint, sum(total)
{WITHIN} GROUP BY step, labels_hash
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped(Generic[Group]):
    """`times` ascend by `step_s` without a gap; for each group, a count and a total at each of them, 0 where nothing
    was measured.
    """

    step_s: int
    times: Sequence[datetime]
    n: Mapping[Group, Sequence[int]]
    total: Mapping[Group, Sequence[float]]


def stepped(
    metric: str, *, at: datetime, over: timedelta, group: Callable[[Mapping[str, str]], Group | None]
) -> Stepped[Group]:
    """`group` names what a set of labels counts for; None leaves it out. Two statements."""
    step_s = step_of(over)
    groups = {
        hash_: name
        for hash_, labels in MetricLabels.objects.filter(metric=metric).values_list("labels_hash", "labels")
        if (name := group(labels)) is not None
    }
    times = times_of(at=at, over=over, step_s=step_s)
    # By seconds: to make a datetime of each row's took half of the time.
    place = {int(time.timestamp()): index for index, time in enumerate(times)}
    n: dict[Group, list[int]] = defaultdict(lambda: [0] * len(times))
    total: dict[Group, list[float]] = defaultdict(lambda: [0.0] * len(times))
    with connection.cursor() as cursor:
        cursor.execute(_BY_STEP, {"metric": metric, "step": step_s, **parts(at=at, over=over, step_s=step_s)})
        for step, hash_, count, summed in cursor.fetchall():
            if hash_ in groups and step in place:
                n[groups[hash_]][place[step]] += count
                total[groups[hash_]][place[step]] += summed
    return Stepped(step_s=step_s, times=times, n=dict(n), total=dict(total))


def times_of(*, at: datetime, over: timedelta, step_s: int) -> list[datetime]:
    """When each step of a chart began."""
    first, last = (int(each.timestamp()) // step_s * step_s for each in (at - over, at))
    return [datetime.fromtimestamp(each, UTC) for each in range(first, last + 1, step_s)]
