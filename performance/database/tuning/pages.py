"""The page of PostgreSQL's settings."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from performance.console.page import console, render_page
from performance.database.tuning.services import tuning


@require_safe
@console()
def settings_page(request: HttpRequest) -> HttpResponse:
    found = tuning(at=timezone.now())
    context = {
        "server": found.server,
        "changes": [each for each in found.advice if not each.is_fine],
        "fine": [each for each in found.advice if each.is_fine],
    }
    return render_page(request, "performance/console/settings.html", context, title="Database settings")


addresses = [path("", settings_page, name="console-settings")]
