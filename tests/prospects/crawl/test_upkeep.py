"""Hosts that nobody has asked for long are forgotten, with their robots.txt."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from prospects.crawl.models import CrawlHost
from prospects.crawl.upkeep import expire_hosts
from prospects.tasks import expire_pages

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_hosts_are_kept_as_long_as_pages(settings: Settings) -> None:
    settings.PAGE_RETENTION_DAYS = 30
    at = timezone.now()
    rows = {
        "https://old.com": {},
        "https://leased.com": {"holder": "x", "leased_until": at + DAY},
        "https://resting.com": {"next_at": at + DAY},
        "https://was-leased.com": {"holder": "x", "leased_until": at - DAY, "next_at": at - DAY},
        "https://young.com": {},
    }
    for origin, more in rows.items():
        CrawlHost.objects.create(origin=origin, robots=b"x", robots_code="read", **more)
    CrawlHost.objects.update(updated_at=at - 31 * DAY)
    CrawlHost.objects.filter(pk="https://young.com").update(updated_at=at - 29 * DAY)

    assert expire_hosts(at=at) == 2
    assert set(CrawlHost.objects.values_list("pk", flat=True)) == {
        "https://leased.com", "https://resting.com", "https://young.com",
    }  # fmt: skip
    assert expire_hosts(at=at) == 0


def test_they_go_with_the_pages() -> None:
    CrawlHost.objects.create(origin="https://old.com")
    CrawlHost.objects.update(updated_at=timezone.now() - 4000 * DAY)

    assert expire_pages() == 1
    assert not CrawlHost.objects.exists()
