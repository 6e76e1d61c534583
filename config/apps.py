"""Django's admin in Unfold's looks, its pages loaded only by what serves or checks them.

As these packages come, every process imports all admin pages when it starts, and with them forms, templates and the
libraries of whatever a page can do: a second of CPU for each command, worker and pump. Here the URLconf finds them.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.contrib.admin import autodiscover
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks


class UnfoldConfig(AppConfig):
    """Unfold's own makes its admin site at once; `AdminConfig` names that site for when it is needed."""

    name = "unfold"


class AdminConfig(SimpleAdminConfig):
    default_site = "config.admin_frame.AdminSite"

    def ready(self) -> None:
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(check_pages, checks.Tags.admin)


def check_pages(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Sequence[checks.CheckMessage]:
    """Django's check of the admin pages, which first finds them all."""
    autodiscover()
    return check_admin_app(app_configs, **kwargs)
