"""When a delivery is tried again, and when an endpoint is given up."""

from datetime import UTC, datetime, timedelta

import pytest

from performance.webhooks.schedule import MOST_ATTEMPTS, delay_s, is_delivered, is_hopeless, retry_after_s

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = 3600


def test_the_schedule_is_the_specification_s() -> None:
    waits = [delay_s(attempt, draw=lambda: 0.0) for attempt in range(1, MOST_ATTEMPTS)]

    assert waits == [5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]
    assert sum(waits) == timedelta(hours=75, minutes=35, seconds=5).total_seconds()


def test_jitter_only_lengthens_and_by_a_tenth_at_most() -> None:
    assert delay_s(2, draw=lambda: 1.0) == pytest.approx(330)


@pytest.mark.parametrize(("asked_s", "wait_s"), [(None, 5), (1.0, 5), (60.0, 60), (10**9, 24 * HOUR)])
def test_a_retry_after_is_kept_up_to_a_day(asked_s: float | None, wait_s: float) -> None:
    assert delay_s(1, draw=lambda: 0.0, asked_s=asked_s) == wait_s


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120.0),
        ("Mon, 02 Mar 2026 09:01:00 GMT", 60.0),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("1e9", None),
        ("9" * 5000, None),
        ("Mon, 99 Mar 99999 09:01:00 GMT", None),
    ],
)
def test_a_retry_after_is_read(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, at=AT) == seconds


@pytest.mark.parametrize(("status", "expected"), [(200, True), (204, True), (299, True), (300, False), (404, False)])
def test_only_2xx_is_delivered(status: int, expected: bool) -> None:
    assert is_delivered(status) is expected


@pytest.mark.parametrize(
    ("failures", "hours", "expected"), [(10, 72, True), (9, 100, False), (1000, 71, False), (10, 75, True)]
)
def test_an_endpoint_is_given_up_after_many_failures_over_days(failures: int, hours: int, expected: bool) -> None:
    assert is_hopeless(failures=failures, failing_since=AT - timedelta(hours=hours), at=AT) is expected
