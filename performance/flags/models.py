"""Feature flags: what is rolled out gradually has a row, edited in the admin."""

from django.core.validators import MaxValueValidator
from django.db import models

from performance.cache.declared import invalidates


class Flag(models.Model):
    """A switch: off, on, on for staff, or on for a stable percentage of users."""

    class Rollout(models.TextChoices):
        OFF = "off"
        ON = "on"
        STAFF = "staff"
        PERCENTAGE = "percentage"

    name = models.SlugField(max_length=60, unique=True)
    description = models.CharField(max_length=255, blank=True)
    rollout = models.CharField(max_length=12, choices=Rollout.choices, default=Rollout.OFF)
    percentage = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(percentage__lte=100), name="flag_percentage_at_most_100"),
            models.CheckConstraint(
                condition=models.Q(rollout__in=["off", "on", "staff", "percentage"]),
                name="flag_rollout_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


invalidates(Flag, "flags", "flag:{name}")
