"""Endpoints, what happened, and how it was told to each."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from performance.jobs.models import Batch
from performance.outbound.limits import MOST_CHARACTERS
from performance.webhooks.querysets import DeliveryQuerySet, EndpointQuerySet, SecretQuerySet


class WebhookEndpoint(models.Model):
    """Where events are sent. `events` are names; none means all.

    `failures` counts the attempts that failed in a row, since `failing_since`.
    """

    url = models.CharField("URL", max_length=MOST_CHARACTERS)
    description = models.CharField(max_length=255, blank=True)
    events = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    is_active = models.BooleanField(default=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=500, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=True, disabled_at__isnull=True, disabled_reason="")
                | (Q(is_active=False, disabled_at__isnull=False) & ~Q(disabled_reason="")),
                name="webhookendpoint_disabled_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since__isnull=True) | Q(failures__gt=0, failing_since__isnull=False),
                name="webhookendpoint_failing_since_its_first_failure",
            ),
        ]

    def __str__(self) -> str:
        return self.description or self.url


class WebhookSecret(models.Model):
    """What a secret is made of (see keys.py). The newest signs; one that was replaced signs along until it expires."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="secrets")
    salt = models.CharField(max_length=64)
    mark = models.CharField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = SecretQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(expires_at__isnull=True), name="webhooksecret_one_newest"
            ),
        ]

    def __str__(self) -> str:
        return f"secret {self.pk}"


class WebhookEvent(models.Model):
    """Something that happened: the very bytes that are sent and signed, the same at every attempt."""

    message_id = models.CharField(max_length=40, unique=True)
    type = models.CharField(max_length=60)
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            # expire_rows: DELETE … WHERE created_at < now() - 30 days
            models.Index(fields=["created_at"], name="webhookevent_created"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"


class WebhookDelivery(models.Model):
    """An event on its way to an endpoint: a job of `batch`, or, if it is a test, done at once."""

    class State(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed"

    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, related_name="deliveries")
    # No index of its own: the history begins with it.
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    batch = models.ForeignKey(Batch, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_test = models.BooleanField(default=False)
    is_repeat = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "webhook deliveries"
        constraints = [
            # An event makes one delivery an endpoint; more of them only if a person asks.
            models.UniqueConstraint(
                fields=["event", "endpoint"],
                condition=Q(is_test=False, is_repeat=False),
                name="webhookdelivery_one_an_event_and_endpoint",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", finished_at__isnull=True)
                | Q(state__in=["delivered", "failed"], finished_at__isnull=False),
                name="webhookdelivery_finished_iff_not_pending",
            ),
        ]
        indexes = [
            # An endpoint's deliveries, newest first.
            models.Index(fields=["endpoint", "-id"], name="webhookdelivery_history"),
            # A batch that was cancelled: which of its deliveries are still waiting.
            models.Index(fields=["batch"], name="webhookdelivery_pending", condition=Q(state="pending")),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class WebhookAttempt(models.Model):
    """One request and what came back. `status` is null where nothing did; `reply` is how its body begins."""

    # No index of its own: the unique constraint begins with it.
    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="history", db_index=False)
    number = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    elapsed_ms = models.PositiveIntegerField()
    code = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=500, blank=True)
    reply = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="webhookattempt_delivery_number"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of delivery {self.delivery_id}"
