"""What readers of profiles ask for."""

from typing import Any

from django.db import models


class ConflictQuerySet(models.QuerySet[Any]):
    """Conflicts."""

    def open(self) -> "ConflictQuerySet":
        """Those that wait for a person."""
        return self.filter(state="open")

    def for_list(self) -> "ConflictQuerySet":
        """Open ones, each with its company and the value that research found."""
        return self.open().select_related("company", "value")

    def of(self, company_id: int) -> "ConflictQuerySet":
        """A company's open ones, newest first."""
        return self.open().filter(company=company_id).select_related("value").order_by("-created_at", "-pk")


class ValueQuerySet(models.QuerySet[Any]):
    """Values that research found."""

    def of(self, company_id: int) -> "ValueQuerySet":
        """A company's, with those that hold no longer last; of a field the surest first."""
        return self.filter(company=company_id).order_by("-is_current", "field", "-confidence", "pk")
