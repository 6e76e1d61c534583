"""Silk's recorded requests, by age and by number. Silk's own way does it all at once, within a request that waits."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from silk.models import Request

KEPT = timedelta(days=7)
CHUNK = 200


def prune(*, at: datetime) -> int:
    """How many recorded requests were deleted, each with its answer and statements, in chunks. Idempotent."""
    deleted = 0
    while ids := _oldest(at=at):
        Request.objects.filter(pk__in=ids).delete()
        deleted += len(ids)
    return deleted


def _oldest(*, at: datetime) -> list[str]:
    """A chunk of those that are too old, or that are too many."""
    newest = Request.objects.order_by("-start_time").values_list("start_time", flat=True)
    first_beyond = next(iter(newest[settings.SILKY_MAX_RECORDED_REQUESTS :][:1]), None)
    gone = Q(start_time__lt=at - KEPT)
    if first_beyond is not None:
        gone |= Q(start_time__lte=first_beyond)
    return list(Request.objects.filter(gone).order_by("start_time").values_list("pk", flat=True)[:CHUNK])
