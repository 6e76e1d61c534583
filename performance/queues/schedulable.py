"""Which tasks may be scheduled by people: those that the release schedules itself, and those that an app allows."""

from collections.abc import Sequence

from django.conf import settings

_allowed: set[str] = set()


def allow(task: str) -> None:
    """In AppConfig.ready: a task that does no harm whenever and however often it runs."""
    _allowed.add(task)


def allowed() -> Sequence[str]:
    """Their names, in order."""
    ours = {str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    return sorted(ours | _allowed)
