"""Pages by the last row seen."""

import pytest

from performance.jobs.models import Batch
from performance.views.keyset import Order, keyset_page
from tests.factories import make_batch

pytestmark = pytest.mark.django_db


def titles(order: Order, size: int) -> list[list[str]]:
    pages, cursor = [], ""
    while True:
        page = keyset_page(Batch.objects.all(), order=order, cursor=cursor, size=size)
        pages.append([batch.title for batch in page.rows])
        cursor = page.next_cursor
        if not cursor:
            return pages


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order("title"), [["a", "b"], ["b", "c"], ["d"]]),
        (Order("title", is_descending=True), [["d", "c"], ["b", "b"], ["a"]]),
    ],
)
def test_every_row_comes_once_whatever_ties(order: Order, expected: list[list[str]]) -> None:
    for title in ["b", "d", "a", "c", "b"]:
        make_batch(title=title)

    assert titles(order, 2) == expected


@pytest.mark.parametrize("cursor", ["rubbish", "WzEsMV0", "x" * 5000, "\x00"])
def test_a_cursor_that_cannot_be_read_is_the_first_page(cursor: str) -> None:
    make_batch(title="a")

    page = keyset_page(Batch.objects.all(), order=Order("title"), cursor=cursor, size=2)

    assert page.is_first
    assert [batch.title for batch in page.rows] == ["a"]


def test_a_cursor_of_another_order_is_the_first_page() -> None:
    for title in "abc":
        make_batch(title=title)
    by_title = keyset_page(Batch.objects.all(), order=Order("title"), cursor="", size=1).next_cursor

    page = keyset_page(Batch.objects.all(), order=Order("id"), cursor=by_title, size=1)

    assert page.is_first
