"""Reads of alerts, named for their readers."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When

OPEN = ("pending", "firing")


class AlertQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        """Pending or firing."""
        return self.filter(state__in=OPEN)

    def firing(self) -> Self:
        """The gravest first, then the longest."""
        grave = Case(When(severity="critical", then=Value(0)), default=Value(1), output_field=IntegerField())
        return self.filter(state="firing").order_by(grave, "fired_at", "pk")

    def fired(self) -> Self:
        """The history, newest first: what was only pending isn't in it."""
        return self.filter(fired_at__isnull=False).order_by("-fired_at", "-pk")

    def old(self, *, at: datetime, kept: timedelta) -> Self:
        """Resolved for longer than it is kept."""
        return self.filter(state="resolved", resolved_at__lt=at - kept)


class SilenceQuerySet(models.QuerySet[Any]):
    def active(self, *, at: datetime) -> Self:
        """Those that hold now, the next to end first."""
        return self.filter(created_at__lte=at, ends_at__gt=at).order_by("ends_at", "pk")

    def of(self, alert: Any) -> Self:
        """Those that an alert falls under."""
        return self.filter(Q(rule=alert.rule_id, rule__isnull=False) | Q(area=alert.area))


class MailQuerySet(models.QuerySet[Any]):
    def due(self, *, at: datetime) -> Self:
        """The longest due first."""
        return self.filter(state="waiting", next_attempt_at__lte=at).order_by("next_attempt_at", "pk")

    def troubled(self) -> Self:
        """Not sent though it was tried."""
        return self.exclude(state="sent").exclude(error="").order_by("-pk")
