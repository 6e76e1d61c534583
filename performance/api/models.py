"""What the API must remember to keep its promises."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models

KEPT_FOR = timedelta(hours=24)


class IdempotencyKeyQuerySet(models.QuerySet["IdempotencyKey"]):
    def expired(self, *, at: datetime) -> Self:
        """For their hourly deletion."""
        return self.filter(created_at__lt=at - KEPT_FOR)


class IdempotencyKey(models.Model):
    """One POST that created work, remembered for 24 h so that its repetition returns the same answer.

    Written in the same transaction as what it guards.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    location = models.CharField(max_length=500, blank=True)
    body = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="idempotencykey_owner_key")]
        indexes = [
            # expire_rows: DELETE … WHERE created_at < now() - 24 h
            models.Index(fields=["created_at"], name="idempotencykey_created"),
        ]

    def __str__(self) -> str:
        return self.key
