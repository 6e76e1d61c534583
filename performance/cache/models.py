"""When each warmer ran last, so that all processes of all hosts keep one schedule."""

from typing import ClassVar

from django.db import models


class Warming(models.Model):
    """The last run of a warmer; `began_at` is set by whoever takes the turn. `release` is the code that ran."""

    name = models.CharField(max_length=100, unique=True)
    release = models.CharField(max_length=12, blank=True)
    began_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField(null=True, blank=True)
    values = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        default_permissions = ()
        permissions: ClassVar = [
            ("view_cache", "Can see what the cache does"),
            ("operate_cache", "Can warm the cache and drop what is in it"),
        ]

    def __str__(self) -> str:
        return self.name
