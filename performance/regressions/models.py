"""Deploys, and when what became slower or faster."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from performance.regressions.querysets import RegressionQuerySet

VERSION_LENGTH = 100


class Deploy(models.Model):
    """The code's version changed, as the first web process with it wrote down. One that comes back is another."""

    version = models.CharField(max_length=VERSION_LENGTH)
    host = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # The newest, and those within a chart's time.
            models.Index(fields=["-at"], name="deploy_at"),
        ]

    def __str__(self) -> str:
        return self.version


class Regression(models.Model):
    """The time of a subject changed and stayed so: an endpoint (method and route), a query of the application's
    (fingerprint), or a statement that only PostgreSQL knows of (the id of its row).

    `change` is after / before - 1, `p` how likely so much is by chance (Student's t-test); both of what was known at
    the last look.
    """

    class Kind(models.TextChoices):
        ENDPOINT = "endpoint"
        QUERY = "query"
        STATEMENT = "statement"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    subject = models.CharField(max_length=300)
    title = models.CharField(max_length=300, blank=True, help_text="Of a query: how it begins, and whose it is")
    step_s = models.PositiveIntegerField(help_text="Seconds of a point: it changed within so much of `changed_at`")
    changed_at = models.DateTimeField()
    before_ms = models.FloatField()
    after_ms = models.FloatField()
    change = models.FloatField()
    p = models.FloatField()
    calls_per_hour = models.FloatField(default=0.0, help_text="Since it changed")
    deploy = models.ForeignKey(Deploy, on_delete=models.SET_NULL, null=True, blank=True, related_name="regressions")
    found_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was as before again")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = RegressionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            # Found again, it is the same one. It begins with the subject, whose changes each look asks for.
            models.UniqueConstraint(fields=["kind", "subject", "changed_at", "step_s"], name="regression_once"),
            models.CheckConstraint(condition=Q(before_ms__gt=0), name="regression_from_something"),
        ]
        indexes: ClassVar = [
            # The page and the API, newest first.
            models.Index(fields=["-changed_at", "-id"], name="regression_changed"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.change:+.0%}"

    @property
    def is_slower(self) -> bool:
        return self.change > 0

    @property
    def size(self) -> float:
        """How much slower or faster, as a share of what it was."""
        return abs(self.change)
