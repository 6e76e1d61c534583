"""The domain's periodic work."""

from celery import shared_task

from prospects.companies.finding import upkeep
from prospects.research import following

__all__ = ["follow_research", "keep_up_search"]


@shared_task(name="prospects.tasks.keep_up_search")
def keep_up_search(**_future: object) -> int:
    """Write the texts that a search looks through, of what changed; how many changes. Idempotent."""
    return upkeep.catch_up()


@shared_task(name="prospects.tasks.follow_research")
def follow_research(**_future: object) -> int:
    """Start what follows research that has ended, where its end couldn't; how many there were. Idempotent."""
    return following.follow_left()
