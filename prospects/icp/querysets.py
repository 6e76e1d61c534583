"""What readers of customer profiles ask for."""

from typing import Any

from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce


class ICPQuerySet(models.QuerySet[Any]):
    """Ideal customer profiles."""

    def in_use(self) -> "ICPQuerySet":
        """Those not archived, by title, with the version that new runs use; a draft may have none yet."""
        return self.filter(archived_at__isnull=True).select_related("current").order_by("title", "pk")

    def usable(self) -> "ICPQuerySet":
        """Those in use that a run can be started with."""
        return self.in_use().filter(current__isnull=False)

    def latest_used(self, limit: int) -> "ICPQuerySet":
        """The profiles that runs used last."""
        runs = self.model.versions.field.model.runs.field.model._default_manager.filter(icp_version__icp=OuterRef("pk"))
        last = runs.order_by("-batch_id").values("batch_id")[:1]
        used: ICPQuerySet = self.in_use().annotate(last_run=Subquery(last)).filter(last_run__isnull=False)
        return used.order_by("-last_run")[:limit]

    def for_list(self) -> "ICPQuerySet":
        """With `version_count`, and how many prospects have a fit (`fit_count`)."""
        fits = self.model.fits.field.model._default_manager.filter(icp=OuterRef("pk")).order_by()
        counted = fits.values("icp").annotate(n=Count("pk")).values("n")
        shown = self.in_use().select_related("owner").annotate(version_count=Count("versions", distinct=True))
        counts: ICPQuerySet = shown.annotate(fit_count=Coalesce(Subquery(counted), 0))
        return counts
