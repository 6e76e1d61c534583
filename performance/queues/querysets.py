"""Reads of queues' states and dead letters, named for their readers."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class QueueStateQuerySet(models.QuerySet[Any]):
    def resting(self) -> "QueueStateQuerySet":
        """Paused, by the database's clock."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=Now()), paused_at__isnull=False)


class DeadTaskQuerySet(models.QuerySet[Any]):
    def unanswered(self) -> "DeadTaskQuerySet":
        """Those that nobody has had replayed."""
        return self.filter(retried_at__isnull=True)

    def retriable(self) -> "DeadTaskQuerySet":
        """Those that may be replayed and weren't."""
        return self.unanswered().filter(is_replayable=True)

    def expired(self, *, before: datetime) -> "DeadTaskQuerySet":
        return self.filter(failed_at__lt=before)

    def to_replay(self) -> "DeadTaskQuerySet":
        """Asked for and not sent yet, in the order of asking."""
        return self.filter(retried_at__isnull=False, replayed_at__isnull=True).order_by("retried_at", "id")
