"""What readers of crawls ask for, each in one statement."""

from typing import Any, Self

from django.db import models


class CrawlJobQuerySet(models.QuerySet[Any]):
    """Crawls of sites."""

    def for_list(self) -> Self:
        """With what every face of a crawl shows: who asked for it."""
        return self.select_related("owner")
