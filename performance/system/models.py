"""What each process used, for a day."""

from typing import ClassVar

from django.db import models


class ProcessSample(models.Model):
    """A process in a minute. `began_at` tells apart two processes that had the same pid.

    Not among the buckets, whose label sets are few and stay for years: every child of a worker would be a new one.
    """

    pk = models.CompositePrimaryKey("at", "host", "pid", "began_at")
    at = models.DateTimeField(help_text="The minute")
    host = models.CharField(max_length=64)
    pid = models.PositiveIntegerField()
    began_at = models.DateTimeField()
    role = models.CharField(max_length=20)
    memory_low_mb = models.FloatField(null=True, help_text="MiB resident, the least of the minute")
    memory_high_mb = models.FloatField(null=True)
    cpu_n = models.PositiveIntegerField(default=0)
    cpu_total = models.FloatField(default=0.0, help_text="Sum of cpu_n shares, of which 1 is a core")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(memory_low_mb__lte=models.F("memory_high_mb")),
                name="processsample_low_not_above_high",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pid} on {self.host} at {self.at:%H:%M}"
