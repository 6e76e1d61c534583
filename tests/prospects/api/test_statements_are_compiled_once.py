"""What differs from page to page and from row to row is a parameter: the text stays, and so does PostgreSQL's plan."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.factories import make_prospect
from tests.prospects.api.conftest import As

pytestmark = pytest.mark.django_db
PROSPECTS = "/api/v1/prospects"


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """The texts that write JSON, in turn."""
    texts: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "to_json" in sql:
            texts.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield texts


def test_pages_share_a_text(as_: As, statements: list[str]) -> None:
    prospects = [make_prospect().pk for _ in range(4)]
    client = as_("viewer")

    pages = [client.get(PROSPECTS, {"limit": 1, "page": page}).json() for page in (2, 3)]

    assert [row["id"] for page in pages for row in page["results"]] == [prospects[2], prospects[1]]
    assert len(statements) == 2
    assert len(set(statements)) == 1


def test_details_share_a_text(as_: As, statements: list[str]) -> None:
    prospects = [make_prospect().pk for _ in range(2)]
    client = as_("viewer")

    assert [client.get(f"{PROSPECTS}/{pk}").json()["id"] for pk in prospects] == prospects
    assert len(statements) == 2
    assert len(set(statements)) == 1


def test_an_id_that_no_row_can_have_is_not_looked_for(as_: As, statements: list[str]) -> None:
    assert as_("viewer").get(f"{PROSPECTS}/{10**30}").status_code == 404
    assert statements == []
