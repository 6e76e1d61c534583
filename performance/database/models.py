"""What may be done to the database: permissions without rows."""

from typing import ClassVar

from django.db import models


class DatabaseConsole(models.Model):
    """Has no table; it is what the permissions of the database console belong to."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions: ClassVar = [
            ("analyze_query", "Can have statements planned"),
            ("cancel_backend", "Can cancel and end sessions of the database"),
        ]
