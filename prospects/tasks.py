"""The domain's periodic work."""

from celery import shared_task
from django.utils import timezone

from prospects.companies.finding import upkeep
from prospects.crawl.upkeep import expire_hosts
from prospects.pages import upkeep as pages
from prospects.research import following

__all__ = ["expire_pages", "follow_research", "index_pages", "keep_up_search"]


@shared_task(name="prospects.tasks.keep_up_search")
def keep_up_search(**_future: object) -> int:
    """Write the texts that a search looks through, of what changed; how many changes. Idempotent."""
    return upkeep.catch_up()


@shared_task(name="prospects.tasks.follow_research")
def follow_research(**_future: object) -> int:
    """Start what follows research that has ended, where its end couldn't; how many there were. Idempotent."""
    return following.follow_left()


@shared_task(name="prospects.tasks.index_pages")
def index_pages(**_future: object) -> int:
    """Write the words by which pages are found, of texts that are new; how many there were. Idempotent."""
    return pages.index_texts()


@shared_task(name="prospects.tasks.expire_pages")
def expire_pages(**_future: object) -> int:
    """Delete pages and hosts that have had their time, and texts that nothing names; how many. Idempotent."""
    at = timezone.now()
    return pages.expire_pages(at=at) + expire_hosts(at=at)
