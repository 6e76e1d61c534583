"""Regressions in the console: what became slower and after which deploy, each with its series."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from performance.api.errors import DomainError
from performance.audit.services import actor_of
from performance.console.page import console, render_page
from performance.regressions import figures, services
from performance.regressions.models import Regression

OPERATE = "performance.operate_alerts"


@require_safe
@console()
def regressions_page(request: HttpRequest) -> HttpResponse:
    context = {
        "open": Regression.objects.open().select_related("deploy"),
        "changes": figures.changes(at=timezone.now()),
        "deploys": figures.deploys(),
    }
    return render_page(request, "performance/console/regressions.html", context, title="Regressions")


@require_safe
@console()
def regression_page(request: HttpRequest, regression_id: int) -> HttpResponse:
    found: Regression | None = (
        Regression.objects.select_related("deploy", "acknowledged_by").filter(pk=regression_id).first()
    )
    if found is None:
        raise Http404
    context = {
        "regression": found,
        "p": f"{found.p:.1g}",
        "chart": figures.chart(found, at=timezone.now()),
        "others": Regression.objects.of(found.kind, found.subject).exclude(pk=found.pk),
        "may_operate": request.user.has_perm(OPERATE),
    }
    return render_page(request, "performance/console/regression.html", context, title=found.subject)


@require_POST
@console(OPERATE)
def acknowledge(request: HttpRequest, regression_id: int) -> HttpResponse:
    try:
        services.acknowledge(regression_id, by=actor_of(request), at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "It isn't listed as open any more.")
    return redirect("console-regressions")


addresses = [
    path("", regressions_page, name="console-regressions"),
    path("<int:regression_id>/", regression_page, name="console-regression"),
    path("<int:regression_id>/acknowledge", acknowledge, name="console-regression-acknowledge"),
]
