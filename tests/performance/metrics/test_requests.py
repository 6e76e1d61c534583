"""What a request leaves behind: its time by route, its statements', and for staff a header."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client, RequestFactory
from rest_framework.test import APIClient

from config.roles import OPERATOR
from performance.access.services import issue_token
from performance.metrics import spent
from performance.metrics.tallies import Tally, taken
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client) -> Client:
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=OPERATOR))
    client.force_login(user)
    return client


def measured(name: str) -> list[tuple[Mapping[str, str], Tally]]:
    return [(dict(each.labels), tally) for each, tally in taken() if each.name == name]


def test_a_request_is_measured_by_route_and_never_by_address(operator: Client) -> None:
    for number in (1, 2, 3):
        operator.get(f"/api/v1/batches/{number}?x=1")

    [(labels, tally)] = measured("http.request_ms")

    assert labels == {"route": "api/v1/batches/<int:batch_id>", "method": "GET", "status": "4xx"}
    assert tally.n == 3
    assert sum(tally.bins.values()) == 3
    assert tally.low > 0


def test_addresses_that_nothing_has_are_one_series(client: Client) -> None:
    for number in range(5):
        client.get(f"/nothing/{number}")

    [(labels, tally)] = measured("http.request_ms")

    assert (labels["route"], labels["status"], tally.n) == ("-", "4xx", 5)


def test_a_made_up_method_is_no_label(client: Client) -> None:
    client.generic("BREW", "/login/")

    [(labels, _)] = measured("http.request_ms")

    assert labels["method"] == "other"


def test_the_probes_are_not_measured(client: Client) -> None:
    client.get("/livez")

    assert measured("http.request_ms") == []


def test_a_statement_is_measured_under_its_view_without_its_values(operator: Client) -> None:
    operator.get("/api/v1/me")

    found = [labels for labels, _ in measured("sql.statement_ms") if labels["view"] == "api-me"]

    assert found
    assert all(re.fullmatch(r"[0-9a-f]{12}", labels["fingerprint"]) for labels in found)
    assert all(not re.search(r"'[^']|= \d", labels["sql"]) for labels in found)


def test_staff_are_told_what_an_answer_took(operator: Client) -> None:
    answer = operator.get("/api/v1/me")

    said = re.fullmatch(
        r'total;dur=(\d+\.\d), db;dur=(\d+\.\d);desc="(\d+) statements", cache;dur=(\d+\.\d+);desc="\d+ look-ups"',
        answer.headers["Server-Timing"],
    )
    assert said is not None
    total_ms, database_ms, statements = float(said[1]), float(said[2]), int(said[3])
    assert 0 < database_ms <= total_ms
    assert statements >= 2


def test_staff_with_a_token_are_told_too() -> None:
    user = make_user(is_staff=True)
    token = issue_token(user=user, name="t").text
    client = APIClient()

    answer = client.get("/api/v1/me", headers={"authorization": f"Token {token}"})

    assert answer.headers["Server-Timing"].startswith("total;dur=")


@pytest.mark.parametrize("path", ["/api/v1/me", "/login/", "/nothing"])
def test_nobody_else_is_told(client: Client, path: str) -> None:
    client.force_login(make_user())

    assert "Server-Timing" not in client.get(path).headers


def test_a_request_of_nobody_looks_nobody_up(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert "Server-Timing" not in client.get("/nothing").headers


@pytest.fixture
def own(rf: RequestFactory) -> Iterator[spent.Spent]:
    request = rf.get("/")
    request.resolver_match = None
    spent.asking.set(request)
    yield spent.of(request)
    spent.asking.set(None)


def test_look_ups_of_the_cache_are_added_up(own: spent.Spent) -> None:
    spent.cache_took(0.5)
    spent.cache_took(0.25)

    assert 'cache;dur=0.75;desc="2 look-ups"' in own.header(total_ms=3.0)


def test_outside_of_a_request_nothing_is_added_up() -> None:
    spent.cache_took(0.5)
    spent.show()

    assert spent.current() is None
