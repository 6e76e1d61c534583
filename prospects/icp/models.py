"""Ideal customer profiles and their immutable versions."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from performance.cache.declared import invalidates
from prospects.icp.querysets import ICPQuerySet


class IdealCustomerProfile(models.Model):
    """Who the team wants to sell to. What it says is in its versions; `current` is the one that runs use."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    current = models.ForeignKey("ICPVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ICPQuerySet.as_manager()

    class Meta:
        verbose_name = "ideal customer profile"

    def __str__(self) -> str:
        return self.title


class ICPVersion(models.Model):
    """One immutable content of a profile, by hash: an unchanged file makes no version.

    `content` is `prospects.icp.profile.Profile` as JSON: title, description, criteria and personas.
    """

    icp = models.ForeignKey(IdealCustomerProfile, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    origin = models.CharField(
        max_length=10, choices=[("file", "file"), ("person", "person"), ("llm", "llm")], default="person"
    )
    completeness = models.PositiveSmallIntegerField(default=0, help_text="0-100")
    warnings = models.JSONField(default=list, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "ICP version"
        constraints = [
            models.UniqueConstraint(fields=["icp", "number"], name="icpversion_icp_number"),
            models.UniqueConstraint(fields=["icp", "content_hash"], name="icpversion_icp_content"),
            models.CheckConstraint(condition=Q(completeness__lte=100), name="icpversion_completeness_at_most_100"),
        ]

    def __str__(self) -> str:
        return f"{self.icp} v{self.number}"


# Lists of prospects can be narrowed by a profile, and show its fits by its slug.
invalidates(IdealCustomerProfile, "icps", "icp:{slug}")
invalidates(ICPVersion, "icps", lambda version: [f"icp:{version.icp.slug}"])
