"""Every resource's utilisation, saturation and errors on one page, and all that there is to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from performance.console import advice
from performance.console.bottlenecks.services import bottlenecks
from performance.console.page import console, render_page


@require_safe
@console()
def bottlenecks_page(request: HttpRequest) -> HttpResponse:
    context = {"bottlenecks": bottlenecks(at=timezone.now())}
    if request.headers.get("HX-Request"):
        return render(request, "performance/console/_bottlenecks.html", context)
    return render_page(request, "performance/console/bottlenecks.html", context, title="Bottlenecks")


@require_safe
@console()
def advice_page(request: HttpRequest) -> HttpResponse:
    found = advice.findings(at=timezone.now())
    return render_page(request, "performance/console/advice.html", {"findings": found}, title="What to do")


addresses = [
    path("", bottlenecks_page, name="console-bottlenecks"),
    path("advice", advice_page, name="console-advice"),
]
