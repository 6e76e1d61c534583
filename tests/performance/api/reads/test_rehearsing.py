"""A web process has made, before anybody asks, what the first request of each read would make."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.urls import URLPattern, get_resolver, resolve
from rest_framework.test import APIClient

from performance.access.holders import tokens_of
from performance.access.services import issue_token
from performance.api.lists import statement
from performance.api.lists.compiled import compiled
from performance.api.lists.views import DetailView, ListView
from performance.api.reads.rehearsing import begin_rehearsing, reads, rehearse
from tests.factories import make_prospect, make_user
from tests.prospects.api.test_routes import TABLE, make_rows

Sent = list[tuple[str, int]]


@pytest.fixture
def client(db: None) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(user=make_user(is_superuser=True), name='').text}")
    return client


def _paths() -> list[str]:
    values = {**make_rows()}
    templates = (each.removeprefix("GET ") for each in TABLE if each.startswith("GET "))
    return [each.format(**{"name": "a-flag" if "/flags/" in each else "a-prompt", **values}) for each in templates]


def _collected(sent: Sent) -> Callable[..., Any]:
    """An execute wrapper: each statement, and how many rows it found."""

    def execute(run: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        answer = run(sql, params, many, context)
        sent.append((str(sql), context["cursor"].rowcount))
        return answer

    return execute


def test_after_it_no_read_compiles_its_shape(client: APIClient, settings: Any) -> None:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, (1_000_000, 60))
    paths = _paths()
    compiled.cache_clear()
    statement._known.clear()

    rehearse()
    made = compiled.cache_info().misses
    compiling = []
    for path in paths:
        client.get(path)
        if compiled.cache_info().misses != made:
            compiling.append(path)
            made = compiled.cache_info().misses

    assert compiling == []
    assert made == len({(view.shape, view.queryset.model) for view in reads()})
    views = {getattr(resolve(path).func, "cls", type) for path in paths}
    assert {each for each in views if issubclass(each, ListView | DetailView)} <= set(reads())


def test_it_asks_no_database() -> None:
    compiled.cache_clear()
    statement._known.clear()

    # Which this test isn't let near.
    rehearse()

    assert compiled.cache_info().misses > 0


def test_addresses_are_compiled() -> None:
    rehearse()

    patterns = [each for each in get_resolver().url_patterns if isinstance(each, URLPattern)]
    assert all("regex" in vars(each.pattern) for each in patterns)


def test_a_connection_is_sent_what_busy_reads_send_and_gives_no_row(client: APIClient) -> None:
    prospect = make_prospect()
    make_prospect()
    rehearsed: Sent = []
    asked: Sent = []

    with connection.execute_wrapper(_collected(rehearsed)):
        tokens_of("")
        for view in reads():
            if view.is_busy:
                view.rehearse()
    with connection.execute_wrapper(_collected(asked)):
        for path in ("", "?limit=1", "?page=2&limit=1", f"/{prospect.pk}"):
            client.get(f"/api/v1/prospects{path}")

    texts = {sql for sql, _ in rehearsed}
    assert {rows for _, rows in rehearsed} == {0}
    assert {sql for sql, _ in asked if sql.startswith("SELECT")} <= texts
    assert len(asked) >= 5


def test_without_a_pool_nothing_is_begun(settings: Any) -> None:
    assert "pool" not in settings.DATABASES["default"]["OPTIONS"]

    begin_rehearsing()
