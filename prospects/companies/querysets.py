"""What readers of prospects ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.models import F, Func, Prefetch, Q, Value

from performance.cache.decorators import cached
from performance.cache.rows import members_of
from prospects.companies.finding import hits, terms

_COUNTRIES = """
WITH RECURSIVE found AS (
    SELECT min(country) AS country FROM prospects_company WHERE country > ''
    UNION ALL
    SELECT (SELECT min(country) FROM prospects_company WHERE country > found.country)
    FROM found WHERE found.country IS NOT NULL
)
SELECT country FROM found WHERE country IS NOT NULL
"""


class _Like(Func):
    """In any case. Of ILIKE the planner can tell how many rows have it; of the UPPER(…) LIKE that `icontains` is it
    takes them for few, and gathers all of a seventh of the companies for a page of fifty.
    """

    template, arg_joiner = "%(expressions)s", " ILIKE "
    output_field = models.BooleanField()
    conditional = True


@dataclass(frozen=True, slots=True)
class ProspectFilter:
    """What a list of prospects is narrowed to; empty fields narrow nothing. `icp` is its id, `import_run` too."""

    search: str = ""
    icp: int | None = None
    level: str = ""
    country: str = ""
    industry: str = ""
    source: str = ""
    import_run: int | None = None

    @property
    def is_empty(self) -> bool:
        return self == ProspectFilter()


class ProspectQuerySet(models.QuerySet[Any]):
    """Prospects, with the company each of them is."""

    def present(self) -> "ProspectQuerySet":
        """Those not archived."""
        return self.filter(archived_at__isnull=True)

    def matching(self, wanted: ProspectFilter) -> "ProspectQuerySet":
        """Those present that the filter asks for."""
        found = self.present()
        if wanted.search:
            found = found.filter(pk__in=hits.containing(wanted.search))
        if wanted.country:
            found = found.filter(company__country=wanted.country)
        if wanted.industry:
            found = found.filter(self._of(_Like(F("industry"), Value(terms.containing(wanted.industry)))))
        if wanted.source:
            found = found.filter(source=wanted.source)
        if wanted.import_run is not None:
            outcomes = self.model.row_outcomes.field.model._default_manager
            named = outcomes.filter(row__import_run=wanted.import_run, prospect__isnull=False)
            found = found.filter(pk__in=named.values("prospect"))
        return found._judged(wanted)

    def best_for(self, typed: str) -> models.QuerySet[Any]:
        """The best of these for what somebody typed, with their `rank`."""
        return hits.best(self, typed)

    def _of(self, companies: Func) -> Q:
        """Whose company is one of `companies`: these are looked through once, and not row by row of a join."""
        found = self.model.company.field.related_model._default_manager.filter(companies)
        return Q(company__in=found.values("pk"))

    def _judged(self, wanted: ProspectFilter) -> "ProspectQuerySet":
        judged = {"fits__level": wanted.level} if wanted.level else {}
        if wanted.icp is not None:
            # One fit per prospect and profile: the join can't double a row.
            return self.filter(fits__icp=wanted.icp, **judged)
        return (
            self.filter(
                pk__in=self.model.fits.field.model._default_manager.filter(level=wanted.level).values("prospect")
            )
            if judged
            else self
        )

    def for_list(self, wanted: ProspectFilter) -> "ProspectQuerySet":
        """Those of the filter, each with its company and its fits; with `score` where a profile is chosen."""
        fits = self.model.fits.field.model._default_manager.select_related("icp").order_by("-score", "pk")
        if wanted.icp is not None:
            fits = fits.filter(icp=wanted.icp)
        found = self.matching(wanted).select_related("company").defer("company__description", "company__provenance")
        found = found.prefetch_related(Prefetch("fits", queryset=fits))
        return found.annotate(score=F("fits__score")) if wanted.icp is not None else found

    def names(self, ids: Sequence[int]) -> dict[int, str]:
        """What each of these is called."""
        return dict(self.filter(pk__in=ids).values_list("pk", "company__name"))

    def for_page(self) -> "ProspectQuerySet":
        """One prospect with everything its page says of it."""
        return self.select_related("company").prefetch_related("company__keys")


class CompanyQuerySet(models.QuerySet[Any]):
    """Companies."""

    def countries(self) -> list[str]:
        """The countries that occur, as ISO codes."""
        return _countries()


@cached("metadata.countries", ttl_s=900, tags=[members_of("prospects")])
def _countries() -> list[str]:
    """One look into the index for each, however many companies there are
    (https://wiki.postgresql.org/wiki/Loose_indexscan).
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNTRIES)
        return [country for (country,) in cursor.fetchall()]
