"""Django's `migrate`, one at a time: several hosts, or two `make qualify`, may start at the same moment."""

from typing import Any

from django.core.checks import Tags
from django.core.management.commands import migrate
from django.db import connections

from performance.database.slow_queries import unwatched

_LOCK = "SELECT pg_advisory_lock(hashtext('performance.migrate'))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtext('performance.migrate'))"


class Command(migrate.Command):
    # What a migration depends on; checking the rest imports every page, and `make check` does it.
    requires_system_checks = (Tags.models, Tags.database)

    def handle(self, *args: Any, **options: Any) -> None:
        """Waits for whoever migrates already, and then finds nothing left to do. A session's lock ends with it."""
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute(_LOCK)
        try:
            with unwatched(connection):
                super().handle(*args, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute(_UNLOCK)
