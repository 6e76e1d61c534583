"""Words come later than pages, old pages go, and texts stay as long as something names them."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from prospects.pages.models import Page, PageText
from prospects.pages.store import store_pages
from prospects.pages.upkeep import MOST_INDEXED, expire_pages, index_texts
from prospects.tasks import index_pages
from tests.factories import make_value
from tests.prospects.pages_stored.visits import HOME, NOW, read, unread

pytestmark = pytest.mark.django_db
OTHER = "https://www.acme.com/other"


def found(words: str) -> int:
    return Page.objects.showing(words).count()


def test_words_are_indexed_after_the_crawl_and_once() -> None:
    store_pages([read("Kläranlagen in Łódź: info@pumpen.example")])
    assert found("klaranlagen") == 0

    assert index_pages() == 1

    assert [found(words) for words in ("klaranlagen", "LODZ klar", "pumpen", "anlagen", "title")] == [1, 1, 1, 0, 0]
    assert index_texts() == 0


def test_no_more_are_indexed_than_asked_for() -> None:
    store_pages([read(f"Page {number}", url=f"{HOME}{number}") for number in range(3)])

    assert [index_texts(2), index_texts(2), index_texts(2)] == [2, 1, 0]


def test_of_a_long_text_the_beginning_is_found() -> None:
    store_pages([read("early " + "x" * 50 + " word" * (MOST_INDEXED // 5) + " late")])
    index_texts()

    assert (found("early"), found("late")) == (1, 0)


def test_old_pages_go_with_their_texts(settings: Settings) -> None:
    settings.PAGE_RETENTION_DAYS = 30
    at = timezone.now() + timedelta(hours=2)
    store_pages([read(at=at - timedelta(days=31)), read("Young", url=OTHER, at=at - timedelta(days=29))])
    store_pages([unread("failed", url=f"{HOME}down", at=at - timedelta(days=31))])

    assert expire_pages(at=at) == 3

    assert [page.url for page in Page.objects.all()] == [OTHER]
    assert PageText.objects.count() == 1
    assert expire_pages(at=at) == 0


def test_a_text_that_a_value_quotes_outlives_its_page(settings: Settings) -> None:
    settings.PAGE_RETENTION_DAYS = 30
    at = timezone.now() + timedelta(hours=2)
    store_pages([read(at=at - timedelta(days=31))])
    text = PageText.objects.get()
    make_value(text=text, begins=0, ends=5)

    assert expire_pages(at=at) == 1

    assert PageText.objects.get() == text


def test_a_text_that_was_just_written_waits_for_its_page() -> None:
    store_pages([read()])
    Page.objects.all().delete()

    assert expire_pages(at=timezone.now()) == 0
    assert PageText.objects.count() == 1


def many_pages() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO prospects_pagetext (id, body, visible_length, length, language, blocks, words)"
            " SELECT md5('t' || n)::uuid, '', 1, 1, '', '[]',"
            " CASE WHEN mod(n, 500) > 0 THEN to_tsvector('simple', 'word' || n) END FROM generate_series(1, 10000) n"
        )
        cursor.execute(
            "INSERT INTO prospects_page (id, site, url, final_url, outcome, code, reason, kind, title, text_id, links,"
            " facts, change, depth, byte_count, elapsed_ms, first_seen_at, fetched_at, changed_at)"
            " SELECT md5('p' || n)::uuid, 's' || n / 10, 'u' || n, '',"
            " CASE WHEN mod(n, 3) > 0 THEN 'read' ELSE 'failed' END, '', '', '', '', md5('t' || n)::uuid, '[]', '{}',"
            " CASE WHEN mod(n, 50) > 0 THEN 'same' ELSE 'changed' END, 0, 0, 0, t, t, t"
            " FROM (SELECT n, %s::timestamptz + n * interval '1 minute' AS t FROM generate_series(1, 10000) n) s",
            [NOW],
        )
        cursor.execute("ANALYZE prospects_page, prospects_pagetext")


def plan(sql: str, *params: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", params)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_each_index_serves_its_query() -> None:
    many_pages()
    recent = Page.objects.for_list().order_by("-fetched_at", "id")[:50]
    changed = Page.objects.changed().order_by("-changed_at", "id")[:50]
    of_site = Page.objects.filter(site="s7").order_by("-fetched_at")
    unindexed = "SELECT id, body FROM prospects_pagetext WHERE words IS NULL ORDER BY created_at, id LIMIT 100"

    assert "page_recent" in recent.explain()
    assert "page_changed" in changed.explain()
    assert "page_site" in of_site.explain()
    assert "page_site" in Page.objects.for_list(site="s7").order_by("-fetched_at", "id").explain()
    assert "pagetext_words" in Page.objects.showing("word77").explain()
    assert "pagetext_unindexed" in plan(unindexed)
    assert "page_site" in plan("SELECT id FROM prospects_page WHERE fetched_at < %s LIMIT 5000", NOW)
