"""Commands that begin at once."""

from django.core.management.base import BaseCommand


class UncheckedCommand(BaseCommand):
    """Without Django's system checks, which import every page: `make check` makes them."""

    requires_system_checks = ()
