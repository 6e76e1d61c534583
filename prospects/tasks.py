"""The domain's periodic work."""

from celery import shared_task

from prospects.companies.finding import upkeep

__all__ = ["keep_up_search"]


@shared_task(name="prospects.tasks.keep_up_search")
def keep_up_search(**_future: object) -> int:
    """Write the texts that a search looks through, of what changed; how many changes. Idempotent."""
    return upkeep.catch_up()
