"""Crawls are found by their indexes."""

import pytest
from django.db import connection

from prospects.crawl.models import CrawlJob

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _many_crawls() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO prospects_crawljob (site, seeds, options, state, stop_reason, says, fetched, new, same,"
            " changed, removed, refused, failed, byte_count, took_ms, refusals, created_at, finished_at)"
            " SELECT 'site-' || n % 500 || '.com', '[]', '{}', CASE WHEN n % 100 = 0 THEN 'queued' ELSE 'done' END,"
            " 'done', '', 1, 1, 0, 0, 0, 0, 0, 1, 1, '[]', now() - make_interval(secs => n), now()"
            " FROM generate_series(1, 5000) n"
        )
        cursor.execute("ANALYZE prospects_crawljob")


def test_crawls_in_a_state_come_newest_first_by_their_index() -> None:
    plan = CrawlJob.objects.filter(state="queued").order_by("-created_at", "-pk")[:50].explain()

    assert "crawljob_state" in plan
    assert "Sort" not in plan


def test_crawls_of_a_site_come_newest_first_by_their_index() -> None:
    plan = CrawlJob.objects.filter(site="site-7.com").order_by("-pk")[:50].explain()

    assert "crawljob_site" in plan
    assert "Sort" not in plan
