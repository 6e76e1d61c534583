"""When schedules fire, also where the clocks are changed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from performance.queues.firings import EVERY_HOUR, Flag, cron_of, every, firings, next_after, next_five

BERLIN = ZoneInfo("Europe/Berlin")


def told(cron: str, zone: str, after: datetime, *, number: int = 3) -> list[str]:
    found = next_five(cron_of(cron), zone=ZoneInfo(zone), after=after)[:number]
    return [f"{each.at:%d %H:%M} {each.wall:%H:%M}{each.wall:%z} {each.flag}".rstrip() for each in found]


def test_a_time_that_the_clocks_skip_fires_when_they_do() -> None:
    found = told("30 2 * * *", "Europe/Berlin", datetime(2027, 3, 27, tzinfo=UTC))

    assert found == ["27 01:30 02:30+0100", "28 01:00 03:00+0200 gap", "29 00:30 02:30+0200"]


def test_all_times_of_a_gap_are_one_firing() -> None:
    found = told("*/15 2 * * *", "Europe/Berlin", datetime(2027, 3, 27, 12, tzinfo=UTC))

    assert found == ["28 01:00 03:00+0200 gap", "29 00:00 02:00+0200", "29 00:15 02:15+0200"]


def test_a_time_that_the_clocks_show_twice_fires_once() -> None:
    found = told("30 2 * * *", "Europe/Berlin", datetime(2026, 10, 24, tzinfo=UTC))

    assert found == ["24 00:30 02:30+0200", "25 00:30 02:30+0200 fold", "26 01:30 02:30+0100"]


def test_what_fires_every_hour_goes_by_real_time() -> None:
    in_autumn = told("0 * * * *", "Europe/Berlin", datetime(2026, 10, 24, 23, 59, tzinfo=UTC))
    in_spring = told("0 * * * *", "Europe/Berlin", datetime(2027, 3, 27, 23, 59, tzinfo=UTC))

    assert in_autumn == ["25 00:00 02:00+0200 fold", "25 01:00 02:00+0100 fold", "25 02:00 03:00+0100"]
    assert in_spring == ["28 00:00 01:00+0100", "28 01:00 03:00+0200", "28 02:00 04:00+0200"]


def test_clocks_that_go_by_half_an_hour_or_at_midnight() -> None:
    lord_howe = told("15 2 * * *", "Australia/Lord_Howe", datetime(2026, 10, 3, tzinfo=UTC), number=1)
    santiago = told("0 0 * * *", "America/Santiago", datetime(2026, 9, 5, 12, tzinfo=UTC), number=1)
    kathmandu = told("0 * * * *", "Asia/Kathmandu", datetime(2026, 9, 5, 12, tzinfo=UTC), number=1)

    assert lord_howe == ["03 15:30 02:30+1100 gap"]
    assert santiago == ["06 04:00 01:00-0300 gap"]
    assert kathmandu == ["05 12:15 18:00+0545"]


def test_the_leap_day_that_is_a_monday_comes_and_the_thirtieth_of_february_never() -> None:
    assert next_after(cron_of("0 0 29 2 1"), zone=BERLIN, after=datetime(2026, 1, 1, tzinfo=UTC)) == datetime(
        2044, 2, 28, 23, tzinfo=UTC
    )
    with pytest.raises(ValueError, match="never occurs"):
        cron_of("0 0 30 2 *")


def test_an_interval_goes_on_from_its_last_run() -> None:
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)

    upcoming = every(3600, zone=BERLIN, after=at, last=at - timedelta(minutes=20))
    overdue = every(3600, zone=BERLIN, after=at, last=at - timedelta(hours=5))

    assert [each.at - at for each in upcoming][:2] == [timedelta(minutes=40), timedelta(minutes=100)]
    assert overdue[0].at == at


@given(
    minute=some.integers(0, 59),
    hour=some.sampled_from(["*", "*/2", "1-3", "2", "0,12", "23"]),
    zone=some.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo"]),
    days=some.floats(0, 1800),
)
def test_firings_are_in_order_and_leave_no_day_out(minute: int, hour: str, zone: str, days: float) -> None:
    after = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=days)
    cron = cron_of(f"{minute} {hour} * * *")
    found = next_five(cron, zone=ZoneInfo(zone), after=after)

    moments = [each.at for each in found]
    assert moments == sorted(set(moments))
    assert moments[0] > after
    assert all(later - earlier <= timedelta(hours=26) for earlier, later in pairwise(moments))
    for each in found:
        assert each.flag is Flag.GAP or (each.wall.minute == minute and each.wall.hour in cron.hours)
        # Asked anew from just before, the same comes out: what is shown is what beat does.
        assert next(firings(cron, zone=ZoneInfo(zone), after=each.at - timedelta(seconds=1))).at == each.at
    if cron.hours >= EVERY_HOUR:
        assert not any(each.flag is Flag.GAP for each in found)
