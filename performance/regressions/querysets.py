"""Reads of regressions, named for their readers."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F


class RegressionQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        """Slower still, and nobody has said that it is as it should be: what costs most first."""
        slower = self.filter(change__gt=0, ended_at__isnull=True, acknowledged_at__isnull=True)
        return slower.order_by((F("after_ms") - F("before_ms")).desc(), "-pk")

    def lately(self, *, at: datetime, within: timedelta) -> Self:
        """What changed within this time, newest first."""
        return self.filter(changed_at__gt=at - within).select_related("deploy").order_by("-changed_at", "-pk")

    def of(self, kind: str, subject: str) -> Self:
        """All changes of one subject, newest first."""
        return self.filter(kind=kind, subject=subject).select_related("deploy").order_by("-changed_at", "-pk")
