"""People and the tokens of other systems. Roles are Django groups (`config.roles`)."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from knox.models import AbstractAuthToken


class User(AbstractUser):
    """A member of the team. A model of our own from the first migration, since it can't be swapped later."""


class ApiToken(AbstractAuthToken):
    """An API token: hashed, with scopes and an expiry.

    `scopes` narrows what its user may do, as "<app>.<codename>" permissions; empty means all the user may.
    """

    name = models.CharField(max_length=100, blank=True)
    scopes = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API token"
        constraints = [
            models.CheckConstraint(condition=models.Q(expiry__isnull=False), name="apitoken_has_expiry"),
        ]
