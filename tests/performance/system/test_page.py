"""The machines in the console: the tile, what is wrong, and the page."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from performance.console.shapes import Level, Severity
from performance.system.findings import findings, told
from performance.system.hosts import full_in, hosts
from performance.system.levels import level_of
from performance.system.pages import charts
from performance.system.tile import tile
from tests.factories import make_user
from tests.performance.metrics.measured import make_bucket
from tests.performance.system.sampled import make_samples

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def at() -> datetime:
    return timezone.now().replace(second=30, microsecond=0)


def measure(name: str, values: Sequence[float], *, at: datetime, host: str = "h") -> None:
    """A value for each of the last minutes."""
    for index, value in enumerate(reversed(values)):
        make_bucket(f"system.{name}", [value], at=at - index * MINUTE, labels={"host": host})


def test_a_host_is_the_mean_of_its_last_ten_minutes(at: datetime) -> None:
    measure("cpu_share", [0.1] * 10 + [0.5, 0.7] * 5, at=at)
    measure("memory_share", [0.4], at=at)
    measure("cpu_share", [0.2], at=at, host="other")
    measure("cpu_share", [0.9], at=at - 20 * MINUTE, host="gone")

    found = hosts(at=at)

    assert [each.host for each in found] == ["h", "other"]
    assert found[0].used == {"cpu_share": pytest.approx(0.6), "memory_share": 0.4}


@pytest.mark.parametrize(
    ("name", "value", "level"),
    [
        ("cpu_share", 0.3, Level.EXCELLENT),
        ("cpu_share", 0.5, Level.GOOD),
        ("cpu_share", 0.69, Level.FAIR),
        ("cpu_share", 0.7, Level.POOR),
        ("cpu_share", 0.9, Level.CRITICAL),
        ("memory_share", 0.79, Level.FAIR),
        ("memory_share", 0.95, Level.CRITICAL),
        ("throttled_share", 0.1, Level.POOR),
        ("disk_share", None, Level.UNKNOWN),
    ],
)
def test_levels(name: str, value: float | None, level: Level) -> None:
    assert level_of(name, value) is level


def test_a_disk_that_grows_will_be_full(at: datetime) -> None:
    points = [(at + index * 15 * MINUTE, 0.5 + 0.005 * index) for index in range(50)]

    assert full_in(points) == pytest.approx(timedelta(hours=(1 - 0.745) / 0.02), abs=timedelta(minutes=1))
    assert full_in(points[:11]) is None
    assert full_in([(time, 0.5) for time, _ in points]) is None
    assert full_in([(time, 1.4 - share) for time, share in points]) is None


def test_the_tile_says_what_is_scarcest(at: datetime) -> None:
    assert tile(at=at).level is Level.UNKNOWN
    measure("cpu_share", [0.2] * 30 + [0.75] * 10, at=at)
    measure("memory_share", [0.3], at=at)
    measure("disk_share", [0.4], at=at)

    found = tile(at=at)

    assert (found.level, found.value, found.unit) == (Level.POOR, "75", "% CPU")
    assert found.says == "memory 30%, disk 40%"
    assert [found.spark[0], found.spark[-1]] == [0.2, 0.75]


def test_nothing_wrong_is_no_finding(at: datetime) -> None:
    measure("cpu_share", [0.5], at=at)
    make_samples(200, at=at)

    assert findings(at=at) == []


def test_what_is_scarce_is_a_finding_that_says_what_to_do(at: datetime) -> None:
    measure("cpu_share", [0.8], at=at)
    measure("memory_share", [0.97], at=at)
    measure("throttled_share", [0.12], at=at)

    found = {each.key: each for each in findings(at=at)}

    assert {key: each.severity for key, each in found.items()} == {
        "cpu_share:h": Severity.WARNING,
        "memory_share:h": Severity.CRITICAL,
        "throttled_share:h": Severity.WARNING,
    }
    assert found["throttled_share:h"].title == "h is stopped for 12% of the time by its CPU quota"
    assert "cpu.max" in found["throttled_share:h"].action


def test_a_disk_that_will_be_full_soon_is_one(at: datetime) -> None:
    measure("disk_share", [0.3 + 0.0005 * index for index in range(300)], at=at)

    [found] = findings(at=at)

    assert (found.key, found.severity) == ("disk_full:h", Severity.CRITICAL)
    assert found.title == "The disk of h will be full in 18 hours"


def test_a_process_that_leaks_is_one(at: datetime) -> None:
    make_samples(200, at=at.replace(second=0), pid=7, mb_at=lambda minute: 100.0 + minute)

    [found] = findings(at=at)

    assert found.title == "The worker process 7 on h leaks memory"
    assert (found.impact, found.unit) == (pytest.approx(60.0), "MiB an hour")
    assert "MAX_MEMORY_MB (512, in 4 hours at this pace)" in found.action


@pytest.mark.parametrize(
    ("time", "says"),
    [
        (timedelta(seconds=2), "1 minutes"),
        (timedelta(minutes=30), "30 minutes"),
        (timedelta(hours=30), "30 hours"),
        (timedelta(days=9), "9 days"),
    ],
)
def test_times_are_told_in_the_unit_that_people_say(time: timedelta, says: str) -> None:
    assert told(time) == says


def test_a_chart_has_a_line_a_host(at: datetime) -> None:
    measure("cpu_share", [0.1, 0.2, 0.3], at=at)
    measure("cpu_share", [0.4], at=at, host="other")

    [chart] = charts(timedelta(hours=3), 60, at=at)

    assert [line.label for line in chart.lines] == ["h", "other"]
    assert chart.lines[0].values == [pytest.approx(10.0), pytest.approx(20.0), pytest.approx(30.0)]
    assert chart.lines[1].values == [None, None, pytest.approx(40.0)]


@pytest.mark.parametrize("over", ["", "?over=24h", "?over=nonsense"])
def test_the_page_shows_hosts_and_processes(
    client: Client, at: datetime, over: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(make_user(is_staff=True, permissions=["performance.view_metricbucket"]))
    measure("cpu_share", [0.8] * 3, at=at, host="<b>h</b>")
    make_samples(200, at=at.replace(second=0), pid=4711, mb_at=lambda minute: 100.0 + minute)

    with django_assert_max_num_queries(12):
        page = client.get(reverse("console-system") + over).content.decode()
    part = client.get(reverse("console-system-now")).content.decode()

    for each in (page, part):
        assert "80.0 %" in each
        assert "&lt;b&gt;h&lt;/b&gt;" in each
        assert "4711" in each
        assert "leaking" in each
    assert "data-chart" in page
