"""Requests in the dashboard's tile, and which routes need work."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from performance.metrics import levels, queries, tile
from tests.performance.metrics.measured import HOUR, MINUTE, make_bucket

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 10, 31, 30, tzinfo=UTC)
METRIC = "http.request_ms"


def answered(route: str, values: list[float], *, status: str = "2xx", ago: timedelta = MINUTE) -> None:
    make_bucket(METRIC, values, at=AT - ago, labels={"route": route, "method": "GET", "status": status})


def slow_routes() -> set[str]:
    return {each.key for each in tile.findings(at=AT) if each.key.startswith("route.slow:")}


def test_a_route_is_slow_by_its_p95_over_all_its_minutes_and_statuses() -> None:
    answered("slow", [10.0] * 94)
    answered("slow", [400.0] * 6, ago=5 * MINUTE)
    answered("seldom slow", [10.0] * 95)
    answered("seldom slow", [400.0] * 5, status="5xx", ago=5 * MINUTE)
    answered("few", [900.0] * 19)

    assert slow_routes() == {"route.slow:GET slow"}


@pytest.mark.parametrize("seed", range(6))
def test_no_slow_route_is_passed_over_unread(seed: int) -> None:
    """Against the histograms of all routes, where P95s lie about what is good."""
    draw = random.Random(seed)
    for route in map(str, range(6)):
        for ago in range(1, 5):
            values = [draw.uniform(1, 150) for _ in range(draw.randint(5, 60))]
            values += [draw.uniform(185, 230) for _ in range(draw.randint(0, 3))]
            answered(route, values, status=draw.choice(["2xx", "4xx"]), ago=ago * MINUTE)
    p95s = {each.route: each.sample.quantiles([0.95])[0] for each in queries.routes(at=AT, over=HOUR)}

    assert slow_routes() == {
        f"route.slow:GET {route}" for route, p95 in p95s.items() if (p95 or 0) >= levels.P95_FAIR_MS
    }


def test_where_no_route_can_be_slow_no_histogram_is_summed_up() -> None:
    answered("good", [10.0] * 100)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        tile.findings(at=AT)

    assert not [each for each in asked.captured_queries if "unnest" in each["sql"]]


def test_the_tile_counts_the_errors_of_however_many_routes() -> None:
    for number in range(60):
        answered(f"route-{number}", [10.0] * 30)
    answered("route-0", [10.0] * 20, status="5xx")
    answered("route-1", [10.0] * 180, ago=2 * MINUTE)

    shown = tile.tile(at=AT)

    assert shown.says == "0.6 requests/s, 1.0% errors in the last hour"
    assert [each.title for each in tile.findings(at=AT)] == ["40% of GET route-0 fail"]


def test_nothing_in_the_last_hour_is_unknown() -> None:
    answered("old", [10.0], ago=2 * HOUR)

    assert tile.tile(at=AT).says == "No request in the last hour"
    assert tile.findings(at=AT) == []
