"""Reads of archival, named for their readers."""

from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Subquery

ACTIVE = ("waiting", "running")


class PolicyQuerySet(models.QuerySet[Any]):
    def scheduled(self) -> Self:
        """Those that a schedule starts."""
        return self.filter(is_enabled=True).exclude(cron="").order_by("pk")


class RunQuerySet(models.QuerySet[Any]):
    def active(self) -> Self:
        return self.filter(state__in=ACTIVE)

    def last_copy(self, policy_id: int, *, target: str, condition: str) -> Self:
        """What a policy's next copy goes on from: the newest of its copies of these rows that came to its end."""
        same = self.filter(policy=policy_id, work="copy", state="finished", target=target, condition=condition)
        return same.order_by("-pk")[:1]

    def newest_of_policies(self) -> Self:
        """The last run of each policy."""
        last = self.filter(policy=OuterRef("policy")).order_by("-pk").values("pk")[:1]
        return self.filter(policy__isnull=False, pk=Subquery(last))

    def for_history(self) -> Self:
        return self.select_related("policy", "owner", "restores").order_by("-pk")


class HoldQuerySet(models.QuerySet[Any]):
    def in_force(self) -> Self:
        return self.filter(lifted_at__isnull=True).order_by("target", "pk")
