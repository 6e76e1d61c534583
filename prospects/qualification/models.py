"""Runs, their immutable qualifications, and the current fit of each prospect."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from performance.cache.declared import invalidates
from performance.jobs.models import Batch
from prospects.companies.models import Prospect
from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.prompts.models import PromptVersion
from prospects.qualification.querysets import FitQuerySet, QualificationQuerySet, RunQuerySet


class Qualifier(models.TextChoices):
    """Who judged: the LLM, the rubric by choice, or the rubric because the LLM could not."""

    LLM = "llm"
    RUBRIC = "rubric"
    RUBRIC_FALLBACK = "rubric_fallback"


class FitLevel(models.TextChoices):
    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class QualificationRun(models.Model):
    """A qualification of an exact set of prospects against one ICP version: a batch, and what it asked."""

    batch = models.OneToOneField(Batch, on_delete=models.CASCADE, primary_key=True, related_name="qualification_run")
    icp_version = models.ForeignKey(ICPVersion, on_delete=models.PROTECT, related_name="runs")
    qualifier = models.CharField(max_length=15, choices=Qualifier.choices)
    model = models.CharField(max_length=120, blank=True)
    prompt_version = models.ForeignKey(
        PromptVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="runs"
    )
    import_run = models.ForeignKey(
        "prospects.Import", on_delete=models.SET_NULL, null=True, blank=True, related_name="runs"
    )
    settings = models.JSONField(
        default=dict, blank=True, help_text="batch_size, max_concurrent_batches, … as asked for"
    )
    estimate_micros = models.BigIntegerField(default=0)

    objects = RunQuerySet.as_manager()

    def __str__(self) -> str:
        return f"run {self.batch_id}"


class Qualification(models.Model):
    """One verdict on one prospect by one qualifier in one run. Never changed.

    `verdicts`: [{criterion, label, kind, weight, must, outcome, confidence, quote, source, note}], in the ICP's order.
    """

    # No indexes of their own: the unique constraint and the history begin with them.
    run = models.ForeignKey(QualificationRun, on_delete=models.CASCADE, related_name="qualifications", db_index=False)
    prospect = models.ForeignKey(Prospect, on_delete=models.CASCADE, related_name="qualifications", db_index=False)
    qualifier = models.CharField(max_length=15, choices=Qualifier.choices)
    score = models.PositiveSmallIntegerField()
    fit = models.CharField(max_length=10, choices=FitLevel.choices)
    verdicts = models.JSONField()
    gaps = models.JSONField(default=list)
    reasoning = models.TextField(blank=True)
    recommendation = models.TextField(blank=True)
    model = models.CharField(max_length=120, blank=True)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_micros = models.BigIntegerField(default=0)
    latency_ms = models.PositiveIntegerField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=1)
    is_from_ledger = models.BooleanField(default=False)
    fallback_reason = models.CharField(max_length=500, blank=True, help_text="Why the rubric stands in for the LLM")
    created_at = models.DateTimeField()

    objects = QualificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "prospect", "qualifier"], name="qualification_run_prospect_qualifier"
            ),
            models.CheckConstraint(condition=Q(score__lte=100), name="qualification_score_at_most_100"),
        ]
        indexes = [
            # A run's ranking, best first; and its counts, which look at who judged too.
            models.Index(fields=["run", "-score", "prospect"], include=["qualifier"], name="qualification_ranking"),
            # A prospect's history.
            models.Index(fields=["prospect", "-created_at"], name="qualification_history"),
        ]

    def __str__(self) -> str:
        return f"{self.prospect_id}: {self.score}"


class Fit(models.Model):
    """The current verdict per prospect and ICP. A person's override survives later runs and versions."""

    # No indexes of their own: the unique constraint and the ranking begin with them.
    prospect = models.ForeignKey(Prospect, on_delete=models.CASCADE, related_name="fits", db_index=False)
    icp = models.ForeignKey(IdealCustomerProfile, on_delete=models.CASCADE, related_name="fits", db_index=False)
    qualification = models.ForeignKey(Qualification, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(help_text="What counts: the override where there is one")
    level = models.CharField(max_length=10, choices=FitLevel.choices)
    override_score = models.PositiveSmallIntegerField(null=True, blank=True)
    override_reason = models.TextField(blank=True)
    override_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    override_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    objects = FitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prospect", "icp"], name="fit_prospect_icp"),
            models.CheckConstraint(
                condition=Q(score__lte=100) & (Q(override_score__isnull=True) | Q(override_score__lte=100)),
                name="fit_scores_at_most_100",
            ),
            models.CheckConstraint(
                condition=Q(override_score__isnull=True) | ~Q(override_reason=""),
                name="fit_override_has_reason",
            ),
        ]
        indexes = [
            # Top prospects of an ICP.
            models.Index(fields=["icp", "-score", "prospect"], name="fit_ranking"),
            # A run's ranking: the few whose score a person has set.
            models.Index(fields=["icp", "prospect"], name="fit_overridden", condition=Q(override_score__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.prospect_id}: {self.score}"


invalidates(QualificationRun, "runs", "run:{pk}", hears_deletes=False)
# An override counts in the rankings of all runs of its profile. Verdicts are stored by SQL: see `storage`.
invalidates(Fit, "prospects", "prospect:{prospect_id}", "runs", "run:*", hears_deletes=False)
