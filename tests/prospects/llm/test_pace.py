"""How fast an endpoint is asked, decided from what it answers. Pure."""

import math
from datetime import UTC, datetime

import pytest

from prospects.llm.headers import NO_LIMITS, RateHeaders, RateLimits, read_limits, seconds
from prospects.llm.pace import Pace

TOO_MANY = RateLimits(retry_after_s=1.0)


def succeed(pace: Pace, times: int, now: float) -> None:
    for _ in range(times):
        pace.succeeded(NO_LIMITS, now)


def busy(pace: Pace) -> None:
    pace.in_flight = int(pace.limit)


def refuse(pace: Pace, now: float, limits: RateLimits = TOO_MANY) -> None:
    ticket = pace.start(100, now)
    pace.refused(ticket, limits, now)
    pace.end()


def limits(remaining: int, reset_s: float, limit: int = 50) -> RateLimits:
    return RateLimits({"requests": RateHeaders(limit, remaining, reset_s)})


def test_it_begins_at_full_speed_and_never_passes_the_most() -> None:
    pace = Pace(most=3)

    waits = []
    for _ in range(4):
        waits.append(pace.wait_s(100, 0.0))
        pace.start(100, 0.0)

    assert waits == [0.0, 0.0, 0.0, math.inf]


def test_without_headers_a_first_429_starts_over_from_twenty_and_doubles_each_clean_round() -> None:
    pace = Pace(most=1000)

    refuse(pace, 0.0)
    seen = [pace.limit]
    for _ in range(3):
        busy(pace)
        succeed(pace, int(pace.limit), 10.0)
        seen.append(pace.limit)

    assert seen == [20.0, 40.0, 80.0, 160.0]
    assert pace.is_strict


def test_a_second_429_cuts_by_a_fifth_and_then_it_grows_by_a_twentieth() -> None:
    pace = Pace(most=1000, limit=100.0, is_strict=True)

    refuse(pace, 0.0)
    cut = pace.limit
    busy(pace)
    succeed(pace, int(pace.limit), 10.0)

    assert cut == 80.0
    assert pace.limit == pytest.approx(84.0)


def test_the_429s_of_requests_from_before_a_cut_cut_no_further() -> None:
    pace = Pace(most=1000, limit=100.0, is_strict=True)
    tickets = [pace.start(1, 0.0) for _ in range(10)]

    for ticket in tickets:
        pace.refused(ticket, TOO_MANY, 0.1)

    assert pace.limit == 80.0


def test_it_is_cut_at_most_once_per_retry_after() -> None:
    pace = Pace(most=1000, limit=100.0, is_strict=True)

    three = RateLimits(retry_after_s=3.0)
    for now in (0.0, 2.9, 3.1):
        refuse(pace, now, three)

    assert pace.limit == pytest.approx(64.0)


def test_it_grows_only_where_the_limit_is_what_holds_back() -> None:
    pace = Pace(most=1000, limit=100.0, is_strict=True)
    pace.in_flight = 50

    succeed(pace, 200, 0.0)

    assert pace.limit == 100.0


def test_server_errors_pause_growth() -> None:
    pace = Pace(most=1000, limit=10.0, is_strict=True)
    busy(pace)

    pace.failed(0.0)
    succeed(pace, 20, 1.0)

    assert pace.limit == 10.0


def test_retry_after_is_waited_for() -> None:
    pace = Pace(most=1000)

    refuse(pace, 10.0, RateLimits(retry_after_s=3.0))

    assert pace.wait_s(100, 11.0) == pytest.approx(2.0)


def test_a_rate_in_the_headers_is_kept_without_touching_concurrency() -> None:
    pace = Pace(most=1000)

    refuse(pace, 0.0, limits(remaining=0, reset_s=0.99))
    starts, now = 0, 0.0
    while now < 10.0:
        if pace.wait_s(100, now) <= 0:
            pace.start(100, now)
            starts += 1
        now += 0.005

    assert pace.limit == 1000
    # 50 a second, and 2 % less while the window is nearly used up.
    assert starts == pytest.approx(490, abs=6)


def test_refused_while_keeping_the_rate_it_gives_way_to_others() -> None:
    pace = Pace(most=1000)
    refuse(pace, 0.0, limits(remaining=0, reset_s=1.0))
    before = pace.wait_s(100, 0.0)

    refuse(pace, 30.0, limits(remaining=0, reset_s=1.0))
    after = pace.wait_s(100, 30.0)

    assert after > before * 1.2


def rounds(pace: Pace, *, wanted: int, every: int, seconds: float) -> None:
    """Half-second rounds of as many requests as may go, every so many-th refused whatever the pace."""
    now, answered = 100.0, 0
    for _ in range(int(seconds * 2)):
        if pace.wait_s(1, now) == 0:
            tickets = [pace.start(1, now) for _ in range(min(wanted, int(pace.limit)))]
            for ticket in tickets:
                answered += 1
                if answered % every:
                    pace.succeeded(NO_LIMITS, now + 0.5)
                else:
                    pace.refused(ticket, TOO_MANY, now + 0.5)
            pace.in_flight = 0
        now += 0.5


def test_a_few_429s_whatever_the_pace_leave_full_speed() -> None:
    pace = Pace(most=1000)
    succeed(pace, 50, 0.0)

    rounds(pace, wanted=100, every=20, seconds=30)

    assert pace.limit == 1000
    assert not pace.is_strict


def test_it_recovers_while_one_answer_in_twenty_is_a_429() -> None:
    pace = Pace(most=1000, limit=10.0, is_strict=True)

    rounds(pace, wanted=100, every=20, seconds=60)

    assert pace.limit >= 100


def test_many_429s_cut_however_it_began() -> None:
    pace = Pace(most=1000)
    succeed(pace, 500, 0.0)

    for _ in range(20):
        refuse(pace, 1.0)

    assert pace.is_strict
    assert pace.limit <= 20


def test_a_rate_in_the_headers_lifts_what_was_learnt_without_them() -> None:
    pace = Pace(most=1000, limit=16.0, is_strict=True)

    pace.succeeded(limits(remaining=20, reset_s=0.6), 0.0)

    assert pace.limit == 1000
    assert pace.rates["requests"] == pytest.approx(50, rel=0.05)


def test_a_changed_limit_is_learnt_anew() -> None:
    pace = Pace(most=1000)
    refuse(pace, 0.0, limits(remaining=0, reset_s=1.0))

    pace.succeeded(limits(remaining=499, reset_s=0.01, limit=500), 1.0)

    assert pace.rates == {}


@pytest.mark.parametrize(
    ("headers", "rate"),
    [
        (RateHeaders(50, 0, 1.0), 49.5),
        (RateHeaders(50, 25, 0.5), 50.0),
        # A fixed window of a minute, 3,000 in it: what is left is to be used until it ends.
        (RateHeaders(3000, 1500, 30.0), 50.0),
        (RateHeaders(50, 45, 0.1), None),
        (RateHeaders(50, 0, 0.0), None),
    ],
)
def test_the_rate_is_told_from_a_window_that_is_half_used(headers: RateHeaders, rate: float | None) -> None:
    assert headers.rate == (pytest.approx(rate, rel=0.02) if rate else None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("20ms", 0.02), ("1s", 1.0), ("6m0s", 360.0), ("1h2m3.5s", 3723.5), ("2.5", 2.5), ("soon", None), ("", None)],
)
def test_durations_are_read_as_servers_write_them(text: str, expected: float | None) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "1", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Sat, 21 Nov 2026 10:00:30 GMT"}, 30.0),
        ({"retry-after": "999999"}, 900.0),
        ({"retry-after": "later"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_a_date_or_milliseconds(headers: dict[str, str], expected: float | None) -> None:
    assert read_limits(headers, now=datetime(2026, 11, 21, 10, tzinfo=UTC)).retry_after_s == expected


def test_headers_that_make_no_sense_are_ignored() -> None:
    headers = {
        "x-ratelimit-limit-requests": "many",
        "x-ratelimit-remaining-requests": "-1",
        "x-ratelimit-reset-requests": "x",
        "x-ratelimit-limit-tokens": "0",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "1s",
    }

    assert read_limits(headers) is NO_LIMITS


@pytest.mark.parametrize("reset", ["inf", "nan", "-inf", "1e999"])
def test_a_window_without_an_end_is_no_rate(reset: str) -> None:
    headers = {
        "x-ratelimit-limit-requests": "100",
        "x-ratelimit-remaining-requests": "1",
        "x-ratelimit-reset-requests": reset,
        "retry-after": reset,
    }

    assert read_limits(headers) is NO_LIMITS


def test_a_limit_of_five_thousand_digits_is_none() -> None:
    headers = {
        "x-ratelimit-limit-requests": "9" * 5000,
        "x-ratelimit-remaining-requests": "1",
        "x-ratelimit-reset-requests": "1s",
    }

    assert read_limits(headers) is NO_LIMITS
