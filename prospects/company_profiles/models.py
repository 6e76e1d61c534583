"""What research came to: a profile of each company, its values with their source, and what a person must decide."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from performance.cache.declared import invalidates
from performance.database.plain_json import PlainJSONField
from prospects.companies.models import Company
from prospects.company_profiles.querysets import ConflictQuerySet, ValueQuerySet
from prospects.pages.models import PageText


class CompanyProfile(models.Model):
    """What the last research of a company came to. Scores are 0-100."""

    class Identity(models.TextChoices):
        CONFIRMED = "confirmed"
        LIKELY = "likely"
        UNSURE = "unsure"
        ANOTHER = "another"

    company = models.OneToOneField(Company, on_delete=models.CASCADE, primary_key=True, related_name="profile")
    mode = models.CharField(max_length=20)
    site = models.CharField(max_length=253, blank=True)
    identity = models.CharField(max_length=9, choices=Identity.choices)
    identity_says = models.CharField(max_length=300, blank=True)
    quality = models.PositiveSmallIntegerField(default=0)
    completeness = models.PositiveSmallIntegerField(default=0)
    confidence = models.PositiveSmallIntegerField(default=0)
    degraded = PlainJSONField(default=list)  # [{code, says}]
    # Why no page of the site could be read the last time, nor was known from before; "" where some could.
    fault_code = models.CharField(max_length=40, blank=True, db_default="")
    fault = models.CharField(max_length=500, blank=True, db_default="")
    page_count = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=3, blank=True)
    cost_micros = models.BigIntegerField(default=0)
    # of the texts read: while it's the same nothing is extracted anew
    evidence_hash = models.CharField(max_length=64, blank=True)
    researched_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            # The oldest, to be looked at again.
            models.Index(fields=["researched_at"], name="companyprofile_researched"),
        ]

    def __str__(self) -> str:
        return f"profile of {self.company_id}"


class ProfileValue(models.Model):
    """A value that research found, and where: `text`'s characters from `begins` to before `ends` are the quote."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="profile_values", db_index=False)
    field = models.CharField(max_length=30)
    value = models.CharField(max_length=1000)
    extra = PlainJSONField(default=dict)  # of people: title, email; of addresses: the parts; of socials: the platform
    key = models.CharField(max_length=64)  # the value folded; beyond 64 characters its SHA-256
    confidence = models.PositiveSmallIntegerField()  # 0-100
    method = models.CharField(max_length=12)  # one of extraction.found.METHODS
    url = models.CharField(max_length=2000)
    text = models.ForeignKey(PageText, on_delete=models.PROTECT, null=True, related_name="values")
    begins = models.PositiveIntegerField(null=True)
    ends = models.PositiveIntegerField(null=True)
    is_current = models.BooleanField(default=True)
    found_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    objects = ValueQuerySet.as_manager()

    class Meta:
        constraints = [
            # A company's values, once each.
            models.UniqueConstraint(fields=["company", "field", "key"], name="profilevalue_once"),
            models.CheckConstraint(
                condition=Q(begins__isnull=True, ends__isnull=True)
                | Q(begins__isnull=False, ends__isnull=False, begins__lt=F("ends")),
                name="profilevalue_span",
            ),
            models.CheckConstraint(condition=Q(confidence__lte=100), name="profilevalue_confidence"),
        ]
        indexes = [
            # Other companies with the same.
            models.Index(
                fields=["field", "key"], name="profilevalue_same", condition=Q(field__in=["phone", "address", "email"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.value}"


class ProfileConflict(models.Model):
    """A value that research found and that may not take another's place. A person decides."""

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        KEPT = "kept"
        OUTDATED = "outdated"

    class Reason(models.TextChoices):
        LOCKED = "locked"
        PERSON = "person"
        FILE = "file"
        DOMAIN_TAKEN = "domain_taken"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="conflicts", db_index=False)
    field = models.CharField(max_length=30)
    current = models.CharField(max_length=1000)
    current_method = models.CharField(max_length=12, blank=True)
    offered = models.CharField(max_length=1000)
    key = models.CharField(max_length=64)
    value = models.ForeignKey(ProfileValue, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    objects = ConflictQuerySet.as_manager()

    class Meta:
        constraints = [
            # A decision is asked for once.
            models.UniqueConstraint(fields=["company", "field", "key"], name="profileconflict_once"),
        ]
        indexes = [
            # The queue.
            models.Index(fields=["-created_at", "-id"], name="profileconflict_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.current} or {self.offered}"


# Values and profiles are stored in bulk, by who raises the tags of all their companies at once.
invalidates(CompanyProfile, "company:{company_id}", hears_deletes=False)
invalidates(ProfileConflict, "conflicts", "company:{company_id}", hears_deletes=False)
