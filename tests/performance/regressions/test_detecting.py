"""From measurements to regressions: found once, confirmed, ended, taken back, and put beside their deploy."""

import math
import random
from datetime import UTC, datetime, timedelta

import pytest

from performance.access.models import User
from performance.audit.models import AuditEntry
from performance.audit.services import Actor
from performance.database.statements.models import Statement, StatementDelta
from performance.metrics.models import MetricBucket, MetricLabels
from performance.regressions.detecting import hunt
from performance.regressions.models import Deploy, Regression
from performance.regressions.series import HOUR, TEN_MINUTES, series_of
from performance.regressions.services import NoSuchRegression, acknowledge

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 10, 32, tzinfo=UTC)
STEP = timedelta(minutes=10)
ENDED = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
PERSON = AuditEntry.Via.PAGE


def measured(
    count: int, ms: float, *, until: datetime = ENDED, name: str = "api/a", period_s: int = 60, seed: int = 1
) -> None:
    """`count` points of an endpoint, the last of them just before `until`."""
    draw = random.Random(seed)
    step = STEP if period_s == 60 else timedelta(seconds=period_s)
    rows = [
        MetricBucket(
            metric="http.request_ms",
            period_s=period_s,
            bucket=until - (back + 1) * step,
            labels_hash=hash(name) % 1000,
            n=20,
            total=20 * ms * math.exp(draw.gauss(0, 0.05)),
            bins=[],
            counts=[],
        )
        for back in range(count)
    ]
    MetricBucket.objects.bulk_create(rows)
    labels = {"route": name, "method": "GET", "status": "2xx"}
    MetricLabels.objects.update_or_create(
        metric="http.request_ms", labels_hash=hash(name) % 1000, defaults={"labels": labels, "seen_at": until}
    )


def stepped(*, after: int = 12, factor: float = 1.6) -> None:
    measured(60, 40.0, until=ENDED - after * STEP)
    measured(after, 40.0 * factor, seed=2)


def test_what_became_slower_is_written_down_once() -> None:
    stepped()

    assert [hunt(at=AT), hunt(at=AT)] == [1, 0]

    [found] = Regression.objects.all()
    assert (found.kind, found.subject, found.step_s) == ("endpoint", "GET api/a", TEN_MINUTES)
    assert found.changed_at == ENDED - 12 * STEP
    assert found.change == pytest.approx(0.6, abs=0.06)
    assert found.calls_per_hour == 120
    assert (found.p < 1e-5, found.found_at, found.is_slower) == (True, AT, True)
    assert list(Regression.objects.open()) == [found]


def test_what_is_as_it_was_is_none() -> None:
    measured(80, 40.0)

    assert hunt(at=AT) == 0
    assert Regression.objects.count() == 0


def test_failures_and_what_is_seldom_asked_for_are_not_looked_at() -> None:
    stepped()
    MetricLabels.objects.update(labels={"route": "api/a", "method": "GET", "status": "5xx"})
    assert hunt(at=AT) == 0

    MetricLabels.objects.update(labels={"route": "api/a", "method": "GET", "status": "2xx"})
    MetricBucket.objects.update(n=4)
    assert hunt(at=AT) == 0


def test_a_query_is_named_with_its_view_and_how_it_begins() -> None:
    stepped()
    labels = {"fingerprint": "abc", "view": "lists", "line": "a.py:7", "sql": "SELECT 1"}
    MetricLabels.objects.update(metric="sql.statement_ms", labels=labels)
    MetricBucket.objects.update(metric="sql.statement_ms")

    hunt(at=AT)

    assert list(Regression.objects.values_list("kind", "subject", "title")) == [
        ("query", "abc", "lists (a.py:7): SELECT 1")
    ]


def test_hours_tell_over_two_weeks_what_ten_minutes_do_not_and_neither_is_told_twice() -> None:
    until = ENDED.replace(minute=0)
    measured(100, 40.0, until=until - timedelta(hours=30), period_s=HOUR)
    measured(30, 52.0, until=until, period_s=HOUR, seed=2)

    assert hunt(at=AT) == 0
    assert hunt(at=until + timedelta(minutes=5)) == 1
    assert Regression.objects.get().step_s == HOUR


@pytest.mark.parametrize(
    ("minutes_before", "is_named"), [(5, True), (-5, True), (9, True), (15, False), (-15, False), (300, False)]
)
def test_it_stands_beside_the_deploy_that_came_before_it(minutes_before: int, is_named: bool) -> None:
    stepped()
    changed_at = ENDED - 12 * STEP
    Deploy.objects.create(version="old", at=AT - timedelta(days=1))
    Deploy.objects.create(version="new", at=changed_at - timedelta(minutes=minutes_before))

    hunt(at=AT)

    found = Regression.objects.get()
    assert (found.deploy.version if found.deploy else None) == ("new" if is_named else None)


def test_it_ends_when_it_is_as_before() -> None:
    stepped()
    hunt(at=AT)
    later = ENDED + 12 * STEP
    measured(12, 40.0, until=later, seed=3)

    assert hunt(at=AT + 12 * STEP) == 1

    slower, faster = Regression.objects.order_by("changed_at")
    assert (slower.is_slower, slower.ended_at) == (True, faster.changed_at)
    assert not faster.is_slower
    assert not Regression.objects.open().exists()


def test_what_more_points_do_not_bear_out_is_taken_back() -> None:
    measured(90, 40.0)
    chance = {"before_ms": 40.0, "after_ms": 44.0, "change": 0.1, "p": 1e-6, "found_at": AT}
    same: dict[str, object] = {"kind": "endpoint", "subject": "GET api/a", "step_s": TEN_MINUTES}
    Regression.objects.create(**same, **chance, changed_at=ENDED - 40 * STEP)
    young = Regression.objects.create(**same, **chance, changed_at=ENDED - 10 * STEP)

    hunt(at=AT)

    assert list(Regression.objects.all()) == [young]


def test_somebody_says_that_it_is_as_it_should_be() -> None:
    stepped()
    hunt(at=AT)
    staff = User.objects.create_user("sam")

    found = acknowledge(Regression.objects.get().pk, by=Actor(PERSON, staff), at=AT)

    assert (found.acknowledged_at, found.acknowledged_by) == (AT, staff)
    assert not Regression.objects.open().exists()
    with pytest.raises(NoSuchRegression):
        acknowledge(found.pk + 1, by=Actor(PERSON, staff), at=AT)
    entries = AuditEntry.objects.order_by("pk").values_list("action", "outcome")
    assert list(entries) == [("regression.acknowledge", "done"), ("regression.acknowledge", "refused")]


def test_a_chart_has_the_points_that_were_hunted_through() -> None:
    stepped()

    points = series_of("endpoint", "GET api/a", TEN_MINUTES, at=AT)

    assert (len(points), points[-1].at, points[-1].n) == (72, ENDED - STEP, 20)
    assert series_of("endpoint", "GET api/b", TEN_MINUTES, at=AT) == []


@pytest.mark.parametrize("is_measured", [False, True])
def test_a_statement_that_the_application_does_not_measure_is_looked_at_too(is_measured: bool) -> None:
    found = Statement.objects.create(
        queryid=1, dbid=1, userid=1, role="reports", text="SELECT 1", shape="abcd", first_seen_at=AT
    )
    for back in range(1, 73):
        StatementDelta.objects.create(
            period_s=60,
            bucket=ENDED - back * STEP,
            statement_id=found.pk,
            calls=20,
            total_ms=20 * (64 if back <= 12 else 40) * (1 + back % 3 / 50),
            plan_ms=0,
            rows=1,
            shared_hit=0,
            shared_read=0,
            temp_blocks=0,
            wal_bytes=0,
        )
    if is_measured:
        labels = {"fingerprint": "f", "shape": "abcd"}
        MetricLabels.objects.create(metric="sql.statement_ms", labels_hash=1, labels=labels, seen_at=AT)

    hunt(at=AT)

    told = list(Regression.objects.values_list("kind", "subject", "title"))
    assert told == ([] if is_measured else [("statement", str(found.pk), "reports: SELECT 1")])
    assert len(series_of("statement", str(found.pk), TEN_MINUTES, at=AT)) == 72
    assert series_of("statement", str(found.pk + 1), TEN_MINUTES, at=AT) == []
