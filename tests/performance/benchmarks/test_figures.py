"""Figures, whether they meet their targets, and the JSON and the table that are made of them."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from performance.benchmarks import report
from performance.benchmarks.areas import load, measures
from performance.benchmarks.figures import Figure, above, at_least, at_most, below, percentile, printed

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("figure", "target", "passed"),
    [
        (at_most(1.25, "a", 1.25), "≤ 1.25", True),
        (at_most(1.25, "a", 1.2501), "≤ 1.25", False),
        (below(200, "a", 200), "< 200", False),
        (below(200, "a", 199.9), "< 200", True),
        (at_least(10_000, "a", 9_999), "≥ 10000", False),
        (at_least(0.95, "a", 0.95), "≥ 0.95", True),
        (above(0.99, "a", 0.99), "> 0.99", False),
        (above(0.99, "a", 1), "> 0.99", True),
        (printed("a", 3), "", None),
    ],
)
def test_a_figure_knows_whether_it_meets_its_target(figure: Figure, target: str, passed: bool | None) -> None:
    assert (figure.target, figure.passed) == (target, passed)


@pytest.mark.parametrize(("share", "expected"), [(0.5, 10), (0.95, 19), (1.0, 20), (0.0, 1)])
def test_percentiles_are_of_the_nearest_rank(share: float, expected: float) -> None:
    assert percentile([float(n) for n in range(20, 0, -1)], share) == expected


def test_the_file_says_all_of_each_figure(tmp_path: Path) -> None:
    path = tmp_path / "var" / "bench.json"

    report.write(path, [at_most(1.4, "qualify.x", 1.23456, "of ideal", beside="5 s"), printed("other", 2)], at=AT)

    content = orjson.loads(path.read_bytes())
    assert content["measured_at"] == "2026-06-01T12:00:00+00:00"
    assert content["machine"]["cpus"] >= 1
    assert content["figures"] == [
        {
            "name": "qualify.x",
            "value": 1.2346,
            "unit": "of ideal",
            "target": "≤ 1.4",
            "passed": True,
            "beside": "5 s",
        },
        {"name": "other", "value": 2, "unit": "", "target": None, "passed": None, "beside": None},
    ]


def test_the_table_says_in_words_what_was_missed() -> None:
    out = StringIO()

    report.show(Console(file=out, width=120), [at_most(1, "good", 0.5), at_most(1, "bad", 2), printed("plain", 3)])

    lines = {line.split()[0]: line for line in out.getvalue().splitlines() if line.strip()}
    assert "met" in lines["good"]
    assert "MISSED" in lines["bad"]
    assert "met" not in lines["plain"]


@pytest.mark.parametrize(
    ("value", "shown"), [(1234.5, "1,234"), (3.0, "3"), (123.45, "123.5"), (1.234, "1.23"), (0.0123, "0.012")]
)
def test_a_number_has_as_many_digits_as_say_something(value: float, shown: str) -> None:
    assert report.number(value) == shown


def test_every_area_is_registered() -> None:
    assert {"qualify", "import", "jobs"} <= set(load())
    assert list(measures("qualify"))
    assert list(measures("no such area")) == []
