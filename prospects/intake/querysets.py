"""What readers of imports ask for."""

from typing import Any

from django.db import models
from django.db.models.functions import RowNumber


class ImportQuerySet(models.QuerySet[Any]):
    """Imports."""

    def for_list(self) -> "ImportQuerySet":
        """With who started each."""
        return self.select_related("owner")

    def unfinished(self) -> "ImportQuerySet":
        """Those that wait for a person, newest first."""
        return self.filter(state__in=["uploaded", "parsed", "previewed"]).order_by("-created_at")

    def for_page(self) -> "ImportQuerySet":
        """One import with what its page says of it."""
        return self.select_related("owner", "file", "batch")


class ImportRowQuerySet(models.QuerySet[Any]):
    """The lines of a file."""

    def first_cells(self, import_id: int, *, limit: int = 20) -> models.QuerySet[Any, list[str]]:
        """The cells of an import's first lines."""
        return self.filter(import_run=import_id).order_by("line").values_list("raw", flat=True)[:limit]

    def samples(self, import_id: int, *, per_outcome: int = 5) -> "ImportRowQuerySet":
        """The first lines of each outcome of an import."""
        place = models.Window(RowNumber(), partition_by="outcome", order_by="line")
        numbered = self.filter(import_run=import_id).exclude(outcome="").annotate(place=place)
        found: ImportRowQuerySet = numbered.filter(place__lte=per_outcome).order_by("outcome", "line")
        return found

    def refusals(self, import_id: int, *, limit: int = 20) -> models.QuerySet[Any, dict[str, Any]]:
        """Why rows of an import are refused, the commonest reason first: {reason, number}."""
        refused = self.filter(import_run=import_id, outcome="refuse").order_by().values("reason")
        found: models.QuerySet[Any, dict[str, Any]] = refused.annotate(number=models.Count("pk")).order_by(
            "-number", "reason"
        )[:limit]
        return found
