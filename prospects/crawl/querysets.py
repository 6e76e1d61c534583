"""What readers of crawls ask for, each in one statement."""

from typing import Any, Self

from django.db import models


class CrawlJobQuerySet(models.QuerySet[Any]):
    """Crawls of sites."""

    def for_list(self) -> Self:
        """With what every face of a crawl shows: who asked for it."""
        return self.select_related("owner")

    def of_site(self, site: str) -> Self:
        """The crawls of a site that have ended, the last first."""
        return self.for_list().filter(site=site, finished_at__isnull=False).order_by("-finished_at", "-pk")
