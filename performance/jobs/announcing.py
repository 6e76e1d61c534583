"""What a batch's changes make stale: the lists and the detail of batches, and the tags that its kind of job names."""

from performance.cache.pacing import bump_soon
from performance.cache.tags import bump
from performance.jobs.kinds import tags_of_kind


def changed(batch_id: int, kind: str) -> None:
    """On commit: a new state, which nobody should see late."""
    bump(*tags_of(batch_id, kind))


def moved(batch_id: int, kind: str) -> None:
    """On commit, but a few times a second at most: counts and money, which change with every 50 ms of a run at work."""
    bump_soon(*tags_of(batch_id, kind))


def tags_of(batch_id: int, kind: str) -> list[str]:
    own = [tag.format(batch=batch_id) for tag in tags_of_kind(kind)]
    return ["batches", f"batch:{batch_id}", *own]
