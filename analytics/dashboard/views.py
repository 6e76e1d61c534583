"""The first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.dashboard.summary import summary
from performance.views.permission import allowed


@require_safe
@allowed()
def dashboard(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("prospects.view_qualificationrun"):
        return render(request, "analytics/no_role.html")
    return render(request, "analytics/dashboard.html", {"summary": summary(at=timezone.now())})
