"""People and the tokens of other systems. Roles are Django groups (`config.roles`)."""

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from knox.models import AbstractAuthToken

from performance.cache.declared import invalidates


class User(AbstractUser):  # type: ignore[django-manager-missing]  # knox has no types
    """A member of the team. A model of our own from the first migration, since it can't be swapped later."""


class ApiToken(AbstractAuthToken):
    """An API token: hashed, with scopes and an expiry.

    `scopes` narrows what its user may do, as "<app>.<codename>" permissions; empty means all the user may.
    """

    # Declared by knox, which has no types.
    digest: str
    token_key: str
    user: User
    user_id: int
    created: datetime
    expiry: datetime

    name: "models.CharField[str, str]" = models.CharField(max_length=100, blank=True)
    scopes: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    last_used_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API token"
        constraints = [
            models.CheckConstraint(condition=models.Q(expiry__isnull=False), name="apitoken_has_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.name or 'token'} ({self.token_key}…)"

    def covers(self, permission: str) -> bool:
        """Whether the scopes let `permission` through; whether the user holds it is another question."""
        return not self.scopes or permission in self.scopes


invalidates(ApiToken, "tokens", "token:{token_key}", unless_only=["last_used_at"])
# Everything else names its owner. People are changed so rarely that all may be read anew for it.
invalidates(User, "", unless_only=["last_login", "password"])
