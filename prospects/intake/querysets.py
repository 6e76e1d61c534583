"""What readers of imports ask for."""

from typing import Any

from django.db import models
from django.db.models.functions import RowNumber


class ImportQuerySet(models.QuerySet[Any]):
    """Imports."""

    def for_list(self) -> "ImportQuerySet":
        """With who started each."""
        return self.select_related("owner")

    def for_page(self) -> "ImportQuerySet":
        """One import with what its page says of it."""
        return self.select_related("owner", "file", "batch")


class ImportRowQuerySet(models.QuerySet[Any]):
    """The lines of a file."""

    def samples(self, *, per_outcome: int = 5) -> "ImportRowQuerySet":
        """The first lines of each outcome."""
        numbered = self.annotate(place=models.Window(RowNumber(), partition_by="outcome", order_by="line"))
        return numbered.filter(place__lte=per_outcome).order_by("outcome", "line")
