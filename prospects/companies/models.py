"""Companies, the keys that make two rows the same company, and prospects."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from performance.cache.declared import Content, invalidates
from performance.database.plain_json import PlainJSONField
from prospects.companies.provenance_field import ProvenanceField
from prospects.companies.querysets import CompanyQuerySet, ProspectQuerySet


class Company(models.Model):
    """A company, normalised. `provenance` holds {field: {source, method, at, by, locked}} beside each value.

    Employees and revenue are ranges: an exact figure has min = max; revenue in whole US dollars.
    """

    name = models.CharField(max_length=300)
    domain = models.CharField(max_length=253, blank=True)
    industry = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    employees_min = models.PositiveIntegerField(null=True, blank=True)
    employees_max = models.PositiveIntegerField(null=True, blank=True)
    revenue_min = models.BigIntegerField(null=True, blank=True)
    revenue_max = models.BigIntegerField(null=True, blank=True)
    stage = models.CharField(max_length=60, blank=True)
    funding = models.CharField(max_length=60, blank=True)
    technologies = models.JSONField(default=list, blank=True)
    founded_year = models.PositiveSmallIntegerField(null=True, blank=True)
    street = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=120, blank=True, help_text="State or province, as its ISO 3166-2 code or name")
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2")
    phone = models.CharField(max_length=20, blank=True, help_text="E.164")
    email = models.CharField(max_length=254, blank=True)
    linkedin_url = models.CharField(max_length=300, blank=True)
    registry_number = models.CharField(max_length=60, blank=True)
    provenance = ProvenanceField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "companies"
        constraints = [
            models.CheckConstraint(
                condition=Q(employees_min__isnull=True)
                | Q(employees_max__isnull=True)
                | Q(employees_min__lte=F("employees_max")),
                name="company_employees_ordered",
            ),
            models.CheckConstraint(
                condition=Q(revenue_min__isnull=True)
                | Q(revenue_max__isnull=True)
                | Q(revenue_min__lte=F("revenue_max")),
                name="company_revenue_ordered",
            ),
        ]
        indexes = [
            # Prospect list: by name. Who has a domain is asked of CompanyKey.
            models.Index(fields=["name"], name="company_name"),
            # Prospect list: those of a country, and which countries there are.
            models.Index(fields=["country"], name="company_country"),
        ]

    def __str__(self) -> str:
        return self.name


class CompanyKey(models.Model):
    """An alias that identifies one company; which of several decides is said in `companies.keys`.

    Shared hosts (social networks, site builders, free mail) are never keys.
    """

    # Kind and value in one, "domain:acme.com": an id beside them, with its index and its sequence, made a third of
    # what storing a key costs.
    key = models.CharField(max_length=512, primary_key=True)
    # Held by a trigger that looks at a statement's rows together (0003_companies): a check per row costs six times as
    # much.
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="keys", db_constraint=False)

    def __str__(self) -> str:
        return self.key


class Prospect(models.Model):
    """A company, and optionally a person there, that might buy. `original` keeps the columns it came with."""

    # No index of its own: the unique constraint begins with it. The reference is held as that of a key is.
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="prospects", db_index=False, db_constraint=False
    )
    person_key = models.CharField(max_length=300, null=True, blank=True, help_text="E-mail, or name, of the person")
    person_name = models.CharField(max_length=200, blank=True)
    person_title = models.CharField(max_length=200, blank=True)
    person_email = models.CharField(max_length=254, blank=True)
    person_phone = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=120, blank=True)
    original = PlainJSONField(default=dict, blank=True)
    notes = models.TextField(blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True, help_text="When a person last changed it by hand")
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    objects = ProspectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "person_key"], name="prospect_company_person", nulls_distinct=False
            ),
        ]
        indexes = [
            # Prospect list: newest first, archived left out. Read backwards: a B-tree grows fastest at its end.
            models.Index(fields=["created_at", "id"], name="prospect_created", condition=Q(archived_at__isnull=True)),
            # Prospect list: those of a source. Many files name none, and then have nothing to enter.
            models.Index(fields=["source"], name="prospect_source", condition=~Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.company} · {self.person_name}" if self.person_name else str(self.company)


def _prospects_of(company: Company) -> list[str]:
    return [f"prospect:{pk}" for pk in Prospect.objects.filter(company=company).values_list("pk", flat=True)]


# What runs have said is shown with these of the company: whoever changes one of them raises "run:*".
SHOWN_BY_RUNS = frozenset({"name", "domain"})
# A company goes with its prospects, which are heard themselves: to ask for them once more took a statement a company.
invalidates(
    Company, "prospects", _prospects_of, hears_deletes=False, gone=["company:{pk}", "crawls", "crawl:*", "run:*"]
)
# No list is narrowed, searched or ordered by these (tests/prospects/api/test_lists_are_never_stale.py).
SAID = frozenset({"person_title", "person_email", "person_phone", "notes", "edited_at", "updated_at"})
# Verdicts go with it, and the rows of imports no longer name it.
invalidates(Prospect, "prospects", "prospect:{pk}", content=Content("prospects", SAID), gone=["run:*", "import:*"])
