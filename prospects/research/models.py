"""Batches of research, and what came of each company."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from performance.cache.declared import invalidates
from performance.database.plain_json import PlainJSONField
from performance.jobs.models import Batch
from prospects.companies.models import Company
from prospects.icp.models import ICPVersion
from prospects.intake.models import Import
from prospects.qualification.models import QualificationRun
from prospects.search.models import SearchSession


class ResearchBatch(models.Model):
    """Research of companies: a batch, what it asked, and the run that follows it. `then` holds the run's plan."""

    batch = models.OneToOneField(Batch, on_delete=models.CASCADE, primary_key=True, related_name="research")
    mode = models.CharField(max_length=20)
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=3, blank=True)
    timeout_s = models.PositiveSmallIntegerField(default=60)
    includes_failed = models.BooleanField(default=True)
    export_format = models.CharField(max_length=5, default="json")
    source = models.CharField(max_length=12)  # names, domains, file, filter or search
    asked = models.PositiveIntegerField()  # how many were named; batch.total is how many companies that are
    import_run = models.ForeignKey(Import, on_delete=models.SET_NULL, null=True, related_name="+")
    session = models.ForeignKey(SearchSession, on_delete=models.SET_NULL, null=True, related_name="+")
    settings = PlainJSONField(default=dict)
    then_icp_version = models.ForeignKey(ICPVersion, on_delete=models.PROTECT, null=True, related_name="+")
    then = PlainJSONField(default=dict)
    then_run = models.ForeignKey(QualificationRun, on_delete=models.SET_NULL, null=True, related_name="+")
    # False from when it was submitted until its run was started
    is_followed = models.BooleanField(default=True)
    then_says = models.CharField(max_length=300, blank=True)  # why none could be

    class Meta:
        indexes = [
            # Those whose run is still to be started (`follow_research`).
            models.Index(fields=["batch"], name="researchbatch_unfollowed", condition=Q(is_followed=False)),
        ]

    def __str__(self) -> str:
        return f"research {self.batch_id}"


class ResearchItem(models.Model):
    """What came of one company in one batch. Written in the transaction that completes its job; never changed."""

    class Outcome(models.TextChoices):
        DONE = "done"
        PARTIAL = "partial"
        FAILED = "failed"

    research = models.ForeignKey(ResearchBatch, on_delete=models.CASCADE, related_name="items", db_index=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="research_items", db_index=False)
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    asked_name = models.CharField(max_length=300, blank=True)
    asked_domain = models.CharField(max_length=253, blank=True)
    degraded = PlainJSONField(default=list)
    code = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=500, blank=True)
    is_cached = models.BooleanField(default=False)
    is_changed = models.BooleanField(default=False)
    page_count = models.PositiveIntegerField(default=0)
    new_page_count = models.PositiveIntegerField(default=0)
    value_count = models.PositiveIntegerField(default=0)
    filled = ArrayField(models.CharField(max_length=30), default=list)  # fields with a current value: coverage
    quality = models.PositiveSmallIntegerField(null=True)
    completeness = models.PositiveSmallIntegerField(null=True)
    confidence = models.PositiveSmallIntegerField(null=True)
    cost_micros = models.BigIntegerField(default=0)
    took_ms = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # Results, in order; written once.
            models.UniqueConstraint(fields=["research", "company"], name="researchitem_once"),
        ]
        indexes = [
            # A company's history.
            models.Index(fields=["company", "-created_at"], name="researchitem_company"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id}: {self.outcome}"


invalidates(ResearchBatch, "research", "research:{batch_id}", hears_deletes=False)
