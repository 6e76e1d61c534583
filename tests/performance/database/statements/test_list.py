"""The list of slow queries: what is in it, in which order, who asks, and what it says where nothing is counted."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from performance.database.statements import listing
from performance.database.statements.latency import compare
from performance.database.statements.models import Statement
from performance.database.statements.repeats import METRIC as REPEATS
from performance.database.statements.slow import NoSuchStatement, statement
from performance.database.statements.source import Source
from tests.factories import make_user
from tests.performance.database.statements.stored import make_deltas, make_statement
from tests.performance.metrics.measured import make_bucket

pytestmark = pytest.mark.django_db
URL = "/api/v1/performance/database/slow-queries"
PAGE = "/admin/performance/statements/"
METRIC = "sql.statement_ms"


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def client() -> APIClient:
    client = APIClient()
    client.force_login(make_user(permissions=["performance.view_metricbucket"]))
    return client


@pytest.fixture
def three(at: datetime) -> list[Statement]:
    """Called often, slow, and costly."""
    often = make_statement("SELECT often", at=at, shape="a" * 16, p95_ms=2.0, p95_before_ms=2.0)
    slow = make_statement("UPDATE slow SET a = $1", at=at, shape="b" * 16, p95_ms=90.0, p95_before_ms=30.0)
    costly = make_statement("SELECT costly", at=at)
    make_deltas(often, at=at, calls=1000, total_ms=1000.0, rows=2000, shared_hit=90, shared_read=10)
    make_deltas(slow, at=at, calls=10, total_ms=800.0, temp_blocks=7)
    make_deltas(costly, at=at, calls=100, total_ms=2200.0)
    return [often, slow, costly]


def listed(client: APIClient, **asked: Any) -> list[str]:
    answer = client.get(URL, asked)
    assert answer.status_code == 200, answer.content
    return [each["statement"].split()[1] for each in answer.json()["results"]]


def test_a_statement_has_its_figures_its_trend_and_those_who_ask(
    client: APIClient, three: list[Statement], at: datetime
) -> None:
    labels = {"shape": "a" * 16, "fingerprint": "f", "view": "api-x", "line": "a.py:1", "sql": "SELECT often"}
    make_bucket(METRIC, [1.0, 3.0], at=at, labels=labels)
    make_bucket(METRIC, [9.0], at=at, labels={**labels, "line": "b.py:2"})
    make_bucket(METRIC, [50.0], at=at, labels={**labels, "shape": "c" * 16})
    told = {"shape": "a" * 16, "fingerprint": "f", "view": "api-x", "line": "a.py:1", "model": "m.M", "field": "x"}
    make_bucket(REPEATS, [12.0, 30.0], at=at, labels=told)

    body = client.get(URL, {"ordering": "-calls", "limit": 1}).json()

    [row] = body["results"]
    assert (body["total"], body["pages"], body["total_ms"], body["limitation"]) == (3, 3, 4000.0, "")
    figures = {name: row[name] for name in ("calls", "total_ms", "mean_ms", "rows_per_call", "hit_rate", "share")}
    assert figures == {
        "calls": 1000, "total_ms": 1000.0, "mean_ms": 1.0, "rows_per_call": 2.0, "hit_rate": 0.9, "share": 0.25
    }  # fmt: skip
    assert (row["p95_ms"], row["p95_change"], row["min_ms"]) == (2.0, 1.0, None)
    assert [(each["line"], each["calls"]) for each in row["askers"]] == [("b.py:2", 1), ("a.py:1", 2)]
    assert row["is_n_plus_one"] is True
    assert row["repeats"] == [
        {"model": "m.M", "field": "x", "view": "api-x", "line": "a.py:1", "times": 2, "worst": 30}
    ]
    assert sum(row["trend"]["calls"]) == 1000
    assert len(row["trend"]["calls"]) == len(row["trend"]["total_ms"]) == 61
    assert row["url"].endswith(f"{PAGE}{three[0].pk}")
    assert row["explain_url"].endswith("#explain")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["costly", "often", "slow"]),
        ({"ordering": "-mean_ms"}, ["slow", "costly", "often"]),
        ({"ordering": "-calls"}, ["often", "costly", "slow"]),
        ({"ordering": "calls"}, ["slow", "costly", "often"]),
        ({"ordering": "-p95_change"}, ["slow", "often", "costly"]),
        ({"min_ms": "20"}, ["costly", "slow"]),
        ({"over": "24h"}, ["costly", "often", "slow"]),
        ({"over": "90d"}, ["costly", "often", "slow"]),
        ({"limit": "2", "page": "2"}, ["slow"]),
        ({"limit": "2", "page": "9"}, []),
        ({"view": "api-y"}, ["slow"]),
        ({"view": "nobody"}, []),
    ],
)
def test_it_is_ordered_and_narrowed(
    client: APIClient, three: list[Statement], at: datetime, asked: dict[str, str], found: list[str]
) -> None:
    labels = {"shape": "b" * 16, "fingerprint": "f", "view": "api-y", "line": "a.py:1", "sql": "UPDATE slow"}
    make_bucket(METRIC, [1.0], at=at, labels=labels)

    assert listed(client, **asked) == found


def test_what_was_called_before_is_not_in_it(client: APIClient, at: datetime) -> None:
    make_deltas(make_statement("SELECT yesterday", at=at), at=at - timedelta(hours=26), calls=1, total_ms=1.0)

    assert listed(client) == []
    assert listed(client, over="7d") == ["yesterday"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("over", "1w"), ("over", "0h"), ("over", "9999d"), ("min_ms", "-1"), ("min_ms", "nan"),
        ("ordering", "text"), ("page", "0"), ("limit", "0"), ("limit", "100000"), ("page", "9" * 30), ("surely", "not"),
        ("view", "x" * 300), ("view", "\x00"),
    ],
)  # fmt: skip
def test_what_can_not_be_asked_is_refused_by_its_name(client: APIClient, name: str, value: str) -> None:
    answer = client.get(URL, {name: value})

    assert answer.status_code == 400
    assert name in answer.content.decode()


def test_pages_lead_on(client: APIClient, three: list[Statement]) -> None:
    body = client.get(URL, {"limit": 2, "ordering": "-calls"}).json()
    onward = client.get(body["next"]).json()

    assert [body["has_next"], body["has_prev"], body["previous"]] == [True, False, None]
    assert [each["statement"] for each in onward["results"]] == [three[1].text]
    assert (onward["page"], onward["has_next"], onward["has_prev"]) == (2, False, True)


def test_who_may_not_is_refused(db: None) -> None:
    client = APIClient()
    client.force_login(make_user())

    assert client.get(URL).status_code == 403


@pytest.mark.parametrize(
    ("is_loaded", "version", "told"),
    [(False, (0,), "shared_preload_libraries"), (True, (0,), "CREATE EXTENSION"), (True, (1, 6), "UPDATE")],
)
def test_where_nothing_is_counted_it_is_said_what_to_do(
    client: APIClient, monkeypatch: pytest.MonkeyPatch, is_loaded: bool, version: tuple[int, ...], told: str
) -> None:
    from performance.database.statements.source import _problem

    without = Source("", 0, tells_since=False, problem=_problem(is_loaded=is_loaded, version=version))
    monkeypatch.setattr(listing, "source", lambda: without)
    staff = Client()
    staff.force_login(make_user(is_staff=True, permissions=["performance.view_metricbucket"]))

    answer, page = client.get(URL), staff.get(PAGE)

    assert answer.status_code == 503
    assert told in answer.json()["detail"]
    assert told in page.content.decode()


def test_p95_is_compared_with_the_day_before(at: datetime) -> None:
    known, unknown = make_statement("SELECT a", at=at, shape="a" * 16), make_statement("SELECT b", at=at, p95_ms=4.0)
    make_deltas(known, at=at, calls=60, total_ms=900.0)
    labels = {"shape": "a" * 16, "fingerprint": "f", "view": "v", "line": "l", "sql": "s"}
    make_bucket(METRIC, [20.0] * 30, at=at, labels=labels)
    make_bucket(METRIC, [10.0] * 30, at=at - timedelta(hours=5), labels=labels, period_s=3600)

    compare(at=at)

    known.refresh_from_db()
    unknown.refresh_from_db()
    assert (known.p95_ms, known.p95_before_ms) == (pytest.approx(20, rel=0.06), pytest.approx(10, rel=0.06))
    assert unknown.p95_ms == 4.0
    assert compare(at=at) == 0


def test_a_text_is_had_by_its_number(at: datetime) -> None:
    assert statement(make_statement("SELECT $1", at=at).pk).text == "SELECT $1"
    with pytest.raises(NoSuchStatement):
        statement(10**9)


def test_the_pages_show_the_list_and_one_statement(three: list[Statement], at: datetime) -> None:
    staff = Client()
    staff.force_login(
        make_user(is_staff=True, permissions=["performance.view_metricbucket", "performance.analyze_query"])
    )
    told = {"shape": "a" * 16, "fingerprint": "f", "view": "v", "line": "a.py:7", "model": "m.M", "field": "x"}
    make_bucket(REPEATS, [30.0], at=at, labels=told)

    page = staff.get(PAGE).content.decode()
    one = staff.get(f"{PAGE}{three[0].pk}?over=24h").content.decode()

    assert page.index("SELECT costly") < page.index("SELECT often")
    assert "N+1: m.M.x, 30 times" in page
    assert "a.py:7" in one
    assert 'name="sql" hidden>SELECT often<' in one
    assert "Explain</button>" not in staff.get(f"{PAGE}{three[1].pk}").content.decode()
    assert staff.get(f"{PAGE}{10**9}").status_code == 404
    assert staff.get(f"{PAGE}{'9' * 30}").status_code == 404
    for asked in ("?over=x&ordering=y&page=z&view=%00", "?page=999", "?over=30d&view=v&page=2"):
        assert staff.get(PAGE + asked).status_code == 200
