"""What readers of imports ask for."""

from typing import Any

from django.db import models


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

    def with_outcome(self) -> "ImportRowQuerySet":
        """With what became of each, if anything has yet."""
        return self.select_related("settled")

    def first_cells(self, import_id: int, *, limit: int = 20) -> models.QuerySet[Any, list[str]]:
        """The cells of an import's first lines."""
        return self.filter(import_run=import_id).order_by("line").values_list("raw", flat=True)[:limit]

    def samples(self, run: Any, *, per_outcome: int = 5) -> list[Any]:
        """The first lines of each outcome that an import has, refusals last. A statement for each."""
        numbers = {
            "create": run.created_count,
            "update": run.updated_count,
            "skip": run.skipped_count,
            "refuse": run.refused_count,
        }
        lines = self.with_outcome().filter(import_run=run, settled__import_run=run).order_by("line")
        of_outcome = (lines.filter(settled__outcome=outcome)[:per_outcome] for outcome in numbers if numbers[outcome])
        return [row for rows in of_outcome for row in rows]

    def refusals(self, import_id: int, *, limit: int = 20) -> models.QuerySet[Any, dict[str, Any]]:
        """Why rows of an import are refused, the commonest reason first: {reason, number}."""
        outcomes = self.model.settled.related.related_model._default_manager
        refused = outcomes.filter(import_run=import_id, outcome="refuse").values("reason")
        found: models.QuerySet[Any, dict[str, Any]] = refused.annotate(number=models.Count("pk")).order_by(
            "-number", "reason"
        )[:limit]
        return found
