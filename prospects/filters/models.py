"""A filter that somebody saved. All of the team see it."""

from dataclasses import asdict
from urllib.parse import urlencode

from django.conf import settings
from django.db import models

from performance.cache.declared import invalidates
from prospects.companies.querysets import ProspectFilter
from prospects.icp.models import IdealCustomerProfile
from prospects.intake.models import Import
from prospects.qualification.models import FitLevel


class SavedFilter(models.Model):
    """Which prospects somebody means by a name: those that match when it is used. Empty fields narrow nothing."""

    name = models.CharField(max_length=80, unique=True)
    search = models.CharField(max_length=200, blank=True)
    icp = models.ForeignKey(
        IdealCustomerProfile, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name="profile"
    )
    level = models.CharField(max_length=10, choices=FitLevel.choices, blank=True)
    country = models.CharField(max_length=2, blank=True)
    industry = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=120, blank=True)
    import_run = models.ForeignKey(
        Import, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name="import"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="savedfilter_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def wanted(self) -> ProspectFilter:
        return ProspectFilter(
            search=self.search,
            icp=self.icp_id,
            level=self.level,
            country=self.country,
            industry=self.industry,
            source=self.source,
            import_run=self.import_run_id,
        )

    @property
    def query(self) -> str:
        """As it stands in the address of the list, where the search is called "q"."""
        given = {"q" if name == "search" else name: value for name, value in asdict(self.wanted).items() if value}
        return urlencode(given)


invalidates(SavedFilter, "filters")
