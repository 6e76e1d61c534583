"""What readers of pages ask for."""

from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import Func, Value

from prospects.companies.finding import terms

_HEAVY = ("links", "facts")
# Named, so that the planner knows that the index of what changed has them all.
_CHANGES = ("new", "changed", "removed")


class PageQuerySet(models.QuerySet[Any]):
    """Pages, whose texts are rows of their own."""

    def read(self) -> "PageQuerySet":
        """Those whose last visit read them."""
        return self.filter(outcome="read")

    def changed(self) -> "PageQuerySet":
        """Those that are new, changed or removed, by their last visit."""
        return self.filter(change__in=_CHANGES)

    def showing(self, typed: str) -> "PageQuerySet":
        """Those whose text has all these words, each as it is or continued, in any case and without accents.

        Of texts of the last seconds the words may not be there yet (`upkeep.index_texts`).
        """
        words = terms.words(typed)
        if not words:
            return self.none()
        folded = Func(Value(terms.query(words)), function="prospects_folded", output_field=models.TextField())
        return self.filter(text__words=SearchQuery(folded, config="simple", search_type="raw"))

    def for_list(self, *, search: str = "", site: str = "") -> "PageQuerySet":
        """As lists show them: those read, or all of a site, whatever became of them."""
        pages = self.filter(site=site) if site else self.read()
        return (pages.showing(search) if search else pages).defer(*_HEAVY)
