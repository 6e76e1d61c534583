"""What readers of searches ask for."""

from typing import Any, Self

from django.db import models


class SessionQuerySet(models.QuerySet[Any]):
    """Sessions, with the batch that does them."""

    def for_list(self) -> Self:
        """All, newest first."""
        return self.select_related("batch", "owner").order_by("-created_at", "-id")

    def ended(self) -> Self:
        """Those that are no longer searched, newest first."""
        return self.exclude(batch__state__in=["running", "paused"]).order_by("-created_at", "-id")


class ResultQuerySet(models.QuerySet[Any]):
    """What sessions found."""

    def sites(self, session_id: int) -> Self:
        """A session's wanted sites, each by its best result; by domain."""
        wanted = self.filter(session_id=session_id, is_denied=False)
        return wanted.order_by("domain", "rank").distinct("domain")
