"""Pages by the last row seen."""

import pytest

from performance.api.keyset import ahead_of, page_at
from performance.jobs.models import Batch
from performance.views.keyset import Order, keyset_page, page_of
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

    assert page.previous_cursor == ""
    assert [batch.title for batch in page.rows] == ["a"]


def test_a_cursor_of_another_order_is_the_first_page() -> None:
    for title in "abc":
        make_batch(title=title)
    by_title = keyset_page(Batch.objects.all(), order=Order("title"), cursor="", size=1).next_cursor

    page = keyset_page(Batch.objects.all(), order=Order("id"), cursor=by_title, size=1)

    assert page.previous_cursor == ""


def test_the_way_back_shows_the_same_pages() -> None:
    for title in "edabc":
        make_batch(title=title)
    order = Order("title")
    first = keyset_page(Batch.objects.all(), order=order, cursor="", size=2)
    second = keyset_page(Batch.objects.all(), order=order, cursor=first.next_cursor, size=2)

    back = keyset_page(Batch.objects.all(), order=order, cursor=second.previous_cursor, size=2)

    assert list(back.rows) == list(first.rows)
    assert back.previous_cursor == ""
    # Cursors are signed with their time.
    assert back.next_cursor.partition(":")[0] == first.next_cursor.partition(":")[0]


def test_a_list_in_parts_is_one_list() -> None:
    for title, priority in [("a", 3), ("b", 6), ("c", 3), ("d", 6), ("e", 0)]:
        make_batch(title=title, priority=priority)
    parts = [Batch.objects.filter(priority=3), Batch.objects.exclude(priority=3)]
    ordering = ("-priority", "pk")

    pages, cursor = [], ""
    while not pages or cursor:
        page = page_of(parts, ordering=ordering, cursor=cursor, size=2)
        pages.append([batch.title for batch in page.rows])
        cursor = page.next_cursor

    assert pages == [["b", "d"], ["a", "c"], ["e"]]
    whole = page_at(parts, ordering=ordering, cursor=None, size=5).rows
    assert [ahead_of(parts, ordering, row) for row in whole] == [0, 1, 2, 3, 4]
