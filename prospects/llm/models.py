"""What must outlive a process about LLM endpoints: breaker, learned limit, prices."""

from django.db import models
from django.db.models import Q


class Endpoint(models.Model):
    """An (endpoint, model) pair: its circuit breaker and the concurrency it was last seen to bear.

    In PostgreSQL, since a flush of Valkey must not close an open breaker.
    """

    class Breaker(models.TextChoices):
        CLOSED = "closed"
        OPEN = "open"

    base_url = models.CharField(max_length=300)
    model = models.CharField(max_length=120)
    breaker = models.CharField(max_length=9, choices=Breaker.choices, default=Breaker.CLOSED)
    reason = models.CharField(max_length=500, blank=True)
    failures = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, blank=True)
    concurrency_limit = models.PositiveIntegerField(null=True, blank=True)
    is_strict = models.BooleanField(default=False, help_text="It has answered 429 before")
    supports_schema = models.BooleanField(default=True)
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    tokens_per_minute = models.PositiveIntegerField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["base_url", "model"], name="endpoint_base_url_model"),
            models.CheckConstraint(condition=Q(breaker__in=["closed", "open"]), name="endpoint_breaker_known"),
        ]

    def __str__(self) -> str:
        return f"{self.model} @ {self.base_url}"


class ModelPrice(models.Model):
    """Micro-dollars per million tokens of a model; a row here wins over the built-in table."""

    model = models.CharField(max_length=120, unique=True)
    input_micros_per_million = models.BigIntegerField()
    output_micros_per_million = models.BigIntegerField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(input_micros_per_million__gte=0) & Q(output_micros_per_million__gte=0),
                name="modelprice_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.model
