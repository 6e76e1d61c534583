"""How figures and times look."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template

from performance.jobs.models import Batch
from performance.templatetags.pages import duration, relative, usd

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("micros", "said"),
    [
        (0, "$0.00"),
        (1_500_000, "$1.50"),
        (12_345, "$0.0123"),
        (42, "$0.000042"),
        (1_234_567_890, "$1,234.57"),
        (None, "-"),
    ],
)
def test_money_has_the_digits_that_its_size_needs(micros: int | None, said: str) -> None:
    assert usd(micros) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(None, "-"), (0, "0 s"), (59.6, "1 min"), (125, "2 min, 5 s"), (90_061, "1 d, 1 h")]
)
def test_durations_are_said_in_two_units_at_most(seconds: float | None, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("distance", "said"),
    [
        (timedelta(seconds=2), "just now"),
        (timedelta(minutes=3, seconds=9), "3 min ago"),
        (timedelta(hours=-2), "in 2 h"),
        (timedelta(days=40), "21 Jan 2026"),
    ],
)
def test_times_are_told_relative_to_now(distance: timedelta, said: str) -> None:
    assert relative(AT - distance, at=AT) == said


def test_a_meter_stacks_the_states_and_says_them() -> None:
    batch = Batch(total=10, succeeded=4, dead=1)

    drawn = Template("{% load pages %}{% meter batch %}").render(Context({"batch": batch}))

    assert '<rect class="fill-succeeded" x="0.00" width="40.00" height="1"/>' in drawn
    assert '<rect class="fill-dead" x="40.00" width="10.00" height="1"/>' in drawn
    assert "4 succeeded, 1 dead of 10" in drawn
