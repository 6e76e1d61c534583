"""When a policy's schedule fires, by the clocks of its time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from performance.database.archival.errors import BadSchedule
from performance.database.archival.schedule import schedule_of

BERLIN = ZoneInfo("Europe/Berlin")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("cron", "zone", "after", "fires"),
    [
        ("30 3 * * *", "UTC", utc(2026, 1, 1, 3, 30), utc(2026, 1, 2, 3, 30)),
        ("30 3 * * *", "Europe/Berlin", utc(2026, 1, 1), utc(2026, 1, 1, 2, 30)),
        ("*/20 * * * *", "UTC", utc(2026, 1, 1, 23, 41), utc(2026, 1, 2)),
        ("0 6 * * mon", "UTC", utc(2026, 11, 22, 7), utc(2026, 11, 23, 6)),
        ("0 0 29 2 *", "UTC", utc(2026, 3, 1), utc(2028, 2, 29)),
        # The 13th, or a Friday, as cron has it.
        ("0 0 13 * 5", "UTC", utc(2026, 11, 7), utc(2026, 11, 13)),
        ("0 0 13 * 5", "UTC", utc(2026, 11, 13), utc(2026, 11, 20)),
        # In spring clocks leap over 02:30, and it fires as much later; in autumn they show it twice: it fires once.
        ("30 2 * * *", "Europe/Berlin", utc(2026, 3, 28, 12), utc(2026, 3, 29, 1, 30)),
        ("30 2 * * *", "Europe/Berlin", utc(2026, 10, 24, 12), utc(2026, 10, 25, 0, 30)),
        ("30 2 * * *", "Europe/Berlin", utc(2026, 10, 25, 0, 30), utc(2026, 10, 26, 1, 30)),
    ],
)
def test_the_next_firing(cron: str, zone: str, after: datetime, fires: datetime) -> None:
    assert schedule_of(cron, zone=zone).after(after) == fires


@pytest.mark.parametrize("cron", ["", "* * * *", "61 * * * *", "a b c d e", "0 0 31 2 *", "0 0 0 * *", "* * * * 7-9"])
def test_what_cant_be_read_or_never_fires_is_refused(cron: str) -> None:
    with pytest.raises(BadSchedule):
        schedule_of(cron, zone="UTC")


def test_a_time_zone_that_isnt_there_is_refused() -> None:
    with pytest.raises(BadSchedule, match="no time zone 'Mars/Olympus'"):
        schedule_of("* * * * *", zone="Mars/Olympus")
