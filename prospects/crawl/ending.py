"""Crawls that end with their batch: those which a cancelled batch never began."""

from performance.cache.tags import bump
from performance.jobs import listeners
from prospects.crawl.models import CrawlJob
from prospects.crawl.services import KIND, cancelled


def register() -> None:
    """Called in AppConfig.ready."""
    listeners.on_end(KIND, end_with_batch)


def end_with_batch(batch_id: int) -> None:
    """What still waits isn't coming: in the transaction in which the batch ends."""
    if CrawlJob.objects.filter(batch=batch_id, state=CrawlJob.State.QUEUED).update(**cancelled()):
        bump("crawls", "crawl:*")
