"""What was advised, and what became of it."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When

from performance.database.indexes.advice import Kind, Method, Severity

WHY_LENGTH = 500


def _choices(values: type[Kind] | type[Severity] | type[Method]) -> list[tuple[str, str]]:
    return [(each.value, each.value.replace("_", " ")) for each in values]


class AdviceQuerySet(models.QuerySet["IndexAdvice"]):
    def for_display(self, *, at: datetime) -> Self:
        """Those whose evidence is old enough, the gravest first, then by what there is to win."""
        ranks = [When(severity=severity, then=Value(rank)) for rank, severity in enumerate(Severity)]
        return (
            self.filter(shown_from__lte=at)
            .annotate(rank=Case(*ranks, output_field=IntegerField()))
            .order_by("rank", "-gain_ms", "-size_bytes", "id")
        )

    def open(self) -> Self:
        return self.filter(state=IndexAdvice.State.OPEN)


class IndexAdvice(models.Model):
    """One recommendation: the same row for as long as the advisor says the same. Milliseconds are a day's, by estimate.

    `statements` are what it is about, as last seen: [{id, sql, calls, total_ms, before_cost, after_cost}]; `before` the
    calls and milliseconds of those, when it was marked as applied. `indexes` are what it makes: [{keys, predicate}].
    """

    class State(models.TextChoices):
        OPEN = "open"
        APPLIED = "applied"
        DISMISSED = "dismissed"

    fingerprint = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=20, choices=_choices(Kind))
    table = models.CharField(max_length=140)
    title = models.TextField()
    says = models.TextField()
    action = models.TextField()
    severity = models.CharField(max_length=10, choices=_choices(Severity))
    method = models.CharField(max_length=20, choices=_choices(Method), help_text="How the gain is known")
    gain_ms = models.FloatField(help_text="Saved in a day, by estimate")
    write_ms = models.FloatField(help_text="Spent by writes in a day; below 0, spared")
    size_bytes = models.BigIntegerField(help_text="Taken, or given back by one that goes")
    statements = models.JSONField(default=list)
    indexes = models.JSONField(default=list)
    index = models.CharField(max_length=63, blank=True, help_text="The one that it is about")
    migration = models.TextField(blank=True)
    first_seen_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    shown_from = models.DateTimeField(help_text="From then on there is evidence enough")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    state_at = models.DateTimeField(null=True, blank=True)
    state_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state_by_name = models.CharField(max_length=150, blank=True, help_text="Nobody: it was seen to be done")
    why = models.CharField(max_length=WHY_LENGTH, blank=True)
    before = models.JSONField(default=list)

    objects = AdviceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "index advice"
        permissions: ClassVar = [("advise_indexes", "Can mark advice on indexes as applied or dismissed")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", state_at=None) | (~Q(state="open") & Q(state_at__isnull=False)),
                name="indexadvice_settled_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def write_cost(self) -> float:
        """Without its sign."""
        return abs(self.write_ms)

    @property
    def is_said_again(self) -> bool:
        """The advisor still says what somebody says was done."""
        return self.state == self.State.APPLIED and self.state_at is not None and self.seen_at > self.state_at

    @property
    def ids(self) -> list[int]:
        """The statements', as pg_stat_statements has them."""
        return [int(each["id"]) for each in self.before or self.statements]


class IndexReview(models.Model):
    """The last look at the whole workload; there is one row."""

    ONLY = 1

    id = models.SmallIntegerField(primary_key=True, default=ONLY)
    at = models.DateTimeField()
    method = models.CharField(max_length=20, choices=_choices(Method), default=Method.HEURISTIC)
    since = models.DateTimeField(null=True, help_text="The statements have been counted since")
    statements = models.IntegerField(default=0)
    total_ms = models.FloatField(default=0)
    unread = models.IntegerField(default=0, help_text="Statements that weren't understood")
    unread_ms = models.FloatField(default=0)
    refusal = models.TextField(blank=True, help_text="Why there is no advice")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="indexreview_only_one"),
        ]

    def __str__(self) -> str:
        return f"{self.statements} statements"

    @classmethod
    def last(cls) -> "IndexReview | None":
        return cls.objects.filter(pk=cls.ONLY).first()
