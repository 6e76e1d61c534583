"""What was measured, over minutes, hours and days at once."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from pytest_django import Settings

from performance.console.shapes import Level
from performance.metrics import levels, queries, rollups, tile
from performance.metrics.models import MetricBucket, MetricFlush
from performance.metrics.stepped import stepped
from tests.performance.metrics.measured import DAY, HOUR, MINUTE, make_bucket

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 10, 31, 30, tzinfo=UTC)
METRIC = "http.request_ms"


def route(name: str, status: str = "2xx", method: str = "GET") -> dict[str, str]:
    return {"route": name, "method": method, "status": status}


def rolled_up() -> None:
    MetricFlush.objects.create(id=uuid4(), oldest=AT - 60 * DAY)
    rollups.roll_up()


def test_percentiles_by_route_over_statuses_and_minutes() -> None:
    make_bucket(METRIC, [float(each) for each in range(1, 91)], at=AT, labels=route("a"))
    make_bucket(METRIC, [100.0] * 10, at=AT - 5 * MINUTE, labels=route("a", "5xx"))
    make_bucket(METRIC, [7.0], at=AT, labels=route("a", method="POST"))
    make_bucket(METRIC, [7.0], at=AT - 61 * MINUTE, labels=route("b"))

    found = queries.routes(at=AT, over=HOUR)

    assert [(each.route, each.method, each.sample.n, each.errors) for each in found] == [
        ("a", "GET", 100, 10),
        ("a", "POST", 1, 0),
    ]
    p50, _, p90, _, p99 = found[0].sample.quantiles()
    assert p50 == pytest.approx(50, rel=0.05)
    assert p90 == pytest.approx(90, rel=0.05)
    assert p99 == 100.0
    assert found[1].sample.quantiles() == [7.0] * 5


def test_a_longer_time_counts_everything_once_from_hours_and_minutes() -> None:
    for ago, n in ((2 * MINUTE, 1), (50 * MINUTE, 2), (2 * HOUR, 4), (9 * HOUR, 8), (23 * HOUR, 16)):
        make_bucket(METRIC, [5.0] * n, at=AT - ago, labels=route("a"))
    rolled_up()
    make_bucket(METRIC, [5.0] * 32, at=AT - MINUTE, labels=route("a"))
    MetricFlush.objects.create(id=uuid4(), oldest=(AT - MINUTE).replace(second=0))

    [found] = queries.routes(at=AT, over=DAY)

    assert found.sample.n == 63


def test_months_are_read_from_days_hours_and_minutes_each_once() -> None:
    for ago, n in ((MINUTE, 1), (3 * HOUR, 2), (5 * DAY, 4), (40 * DAY, 8)):
        make_bucket(METRIC, [5.0] * n, at=AT - ago, labels=route("a"))
    rolled_up()
    MetricBucket.objects.filter(period_s=60, bucket__lt=AT - 2 * DAY).delete()

    assert queries.routes(at=AT, over=60 * DAY)[0].sample.n == 15
    assert queries.routes(at=AT, over=30 * DAY)[0].sample.n == 7


def test_what_is_not_rolled_up_yet_is_read_from_minutes() -> None:
    for ago in (MINUTE, 5 * HOUR, 7 * HOUR):
        make_bucket(METRIC, [5.0], at=AT - ago, labels=route("a"))
    MetricFlush.objects.create(id=uuid4(), oldest=AT - 7 * HOUR)

    assert queries.routes(at=AT, over=DAY)[0].sample.n == 3


def test_the_history_of_a_metric_has_steps_and_labels() -> None:
    make_bucket("test.ms", [1.0], at=AT, labels={"kind": "a"})
    make_bucket("test.ms", [3.0, 3.0], at=AT, labels={"kind": "b"})
    make_bucket("test.ms", [9.0], at=AT - 10 * MINUTE, labels={"kind": "b"})

    found = queries.history("test.ms", at=AT, over=HOUR)

    assert (found.step_s, found.whole.n, found.whole.high) == (60, 4, 9.0)
    assert [(at, sample.n) for at, sample in found.points] == [
        (AT.replace(second=0) - 10 * MINUTE, 1),
        (AT.replace(second=0), 3),
    ]
    assert [(labels, sample.n) for labels, sample in found.series] == [({"kind": "b"}, 3), ({"kind": "a"}, 1)]


def test_steps_grow_with_the_time_asked_for() -> None:
    make_bucket("test.ms", [1.0], at=AT)

    times = (2 * HOUR, 10 * HOUR, DAY, 5 * DAY, 100 * DAY, 365 * DAY, 3650 * DAY)
    steps = [queries.history("test.ms", at=AT, over=over).step_s for over in times]

    assert steps == [60, 300, 3600, 3600, 86_400, 7 * 86_400, 35 * 86_400]


@pytest.mark.parametrize("hours", [2, 4, 12, 13, 30])
def test_each_step_has_what_was_measured_in_it_however_far_back(hours: int) -> None:
    for ago in range(0, 60 * hours, 5):
        make_bucket("test.ms", [5.0], at=AT - ago * MINUTE, labels={"kind": "a"})
    rolled_up()

    found = queries.history("test.ms", at=AT, over=hours * HOUR)
    counted = stepped("test.ms", at=AT, over=hours * HOUR, group=lambda labels: labels["kind"])

    each = max(1, found.step_s // 300)
    assert {sample.n for _, sample in found.points[1:-1]} == {each}
    assert max(counted.n["a"]) == each
    assert found.whole.n == found.series[0][1].n


def test_minutes_that_are_kept_for_less_than_a_short_time_are_read_as_hours_beyond(settings: Settings) -> None:
    settings.METRICS_RETENTION_HOURS = 2
    make_bucket("test.ms", [5.0], at=AT - 160 * MINUTE)
    rolled_up()
    MetricBucket.objects.filter(period_s=60).delete()

    assert queries.whole("test.ms", at=AT, over=3 * HOUR).n == 1
    assert queries.history("test.ms", at=AT, over=3 * HOUR).step_s == 3600


def test_an_hour_that_is_half_rolled_up_counts_once() -> None:
    make_bucket("test.ms", [5.0], at=AT - 4 * HOUR - 10 * MINUTE)
    make_bucket("test.ms", [5.0], at=AT - 4 * HOUR)
    rolled_up()
    MetricFlush.objects.create(id=uuid4(), oldest=AT - 4 * HOUR + MINUTE)

    assert queries.whole("test.ms", at=AT, over=4 * HOUR + 5 * MINUTE).n == 2


def test_a_figure_is_over_all_labels() -> None:
    make_bucket("sql.statement_ms", [1.0] * 19, at=AT, labels={"view": "a"})
    make_bucket("sql.statement_ms", [80.0] * 21, at=AT, labels={"view": "b"})

    assert queries.figure("sql.statement_ms", 0.95, at=AT, over=HOUR) == pytest.approx(80, rel=0.05)
    assert queries.figure("nothing", 0.95, at=AT, over=HOUR) is None


def test_what_was_never_measured_is_said_to_be_unknown() -> None:
    with pytest.raises(queries.NoSuchMetric, match="nothing"):
        queries.history("nothing", at=AT, over=HOUR)


@pytest.mark.parametrize(("requests", "level"), [(levels.FEWEST - 1, Level.UNKNOWN), (levels.FEWEST, Level.CRITICAL)])
def test_a_few_slow_answers_after_a_start_are_no_verdict(requests: int, level: Level) -> None:
    make_bucket(METRIC, [900.0] * requests, at=AT, labels=route("a"))

    assert tile.tile(at=AT).level == level


def test_several_metrics_are_told_together_as_each_alone() -> None:
    for metric, values in (("test.ms", [1.0, 9.0]), ("other.ms", [4.0]), ("third.ms", [2.0])):
        make_bucket(metric, values, at=AT, labels={"a": "1"})
        make_bucket(metric, values, at=AT - MINUTE, labels={"a": "2"})

    found = queries.wholes(["test.ms", "other.ms", "nothing"], at=AT, over=HOUR)

    assert found == {name: queries.whole(name, at=AT, over=HOUR) for name in ("test.ms", "other.ms")}
    assert found["test.ms"].n == 4
