"""Reads of webhooks, named for their readers."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q

# Longer than a delivery is tried, and long enough to look into what went wrong last month.
KEPT_FOR = timedelta(days=30)


class EndpointQuerySet(models.QuerySet[Any]):
    def for_list(self) -> Self:
        """With whose they are."""
        return self.select_related("owner").order_by("-pk")


class SecretQuerySet(models.QuerySet[Any]):
    def signing(self, *, at: datetime) -> Self:
        """Those that sign now, the newest first."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at)).order_by("endpoint_id", "-pk")


class DeliveryQuerySet(models.QuerySet[Any]):
    def to_send(self, ids: list[int]) -> Self:
        """With what it takes to send them."""
        return self.filter(pk__in=ids).select_related("event", "endpoint")

    def of_endpoint(self, endpoint_id: int) -> Self:
        """Newest first, without the bodies."""
        found = self.filter(endpoint=endpoint_id).select_related("event").defer("event__body")
        return found.order_by("-pk")
