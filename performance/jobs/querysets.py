"""Reads of durable work, named for their readers."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models.functions import Now

ACTIVE = ("running", "paused")
SOUND = ("ready", "leased", "succeeded", "cancelled")


class BatchQuerySet(models.QuerySet[Any]):
    def active(self) -> "BatchQuerySet":
        """Unfinished, most urgent first."""
        return self.filter(state__in=ACTIVE).order_by("priority", "id")

    def for_list(self) -> "BatchQuerySet":
        """Newest first, with its owner, without the parameters (which may be long)."""
        return self.select_related("owner").defer("params").order_by("-created_at")


class JobQuerySet(models.QuerySet[Any]):
    def latest_for(self, kind: str, subject_id: int) -> Any:
        """The last job of that kind about that subject, with its batch, or None."""
        # By way of the kind's few batches: of all jobs there may be millions, and no index of theirs names the subject.
        found = self.filter(batch__kind=kind, subject_id=subject_id)
        return found.select_related("batch").order_by("-batch_id").first()

    def troubled(self, batch_id: int) -> "JobQuerySet":
        """A batch's jobs that are dead, parked, or failed before: the worst first."""
        return self.filter(batch=batch_id).exclude(error="", state__in=SOUND).order_by("state", "-attempts", "id")

    def stuck_in(self, batch_id: int) -> "JobQuerySet":
        """A batch's dead and parked jobs."""
        return self.filter(batch=batch_id, state__in=("dead", "parked")).defer("input").order_by("id")

    def for_list(self) -> "JobQuerySet":
        """Newest first, with its batch, without what may be long."""
        return self.select_related("batch").defer("input", "batch__params").order_by("-id")


class WorkerQuerySet(models.QuerySet[Any]):
    def live(self, *, within: timedelta = timedelta(seconds=15)) -> "WorkerQuerySet":
        """Seen lately, by the database's clock."""
        return self.filter(seen_at__gt=Now() - within).order_by("role", "name")
