"""Alerts in the console: what fires first, then who is silent, how the rules stand, and what happened."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from performance.alerts import figures, services
from performance.alerts.models import Alert, Silence
from performance.alerts.services import Wish
from performance.alerts.signals import AREAS
from performance.api.errors import DomainError
from performance.audit.services import actor_of
from performance.console.page import console, render_page

OPERATE = "performance.operate_alerts"
LASTS = {"1": "1 hour", "4": "4 hours", "24": "a day", "168": "a week"}


@require_safe
@console()
def alerts_page(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    context = {
        "open": figures.what_is_open(at=at),
        "rules": figures.rule_lines(at=at),
        "silences": Silence.objects.active(at=at).select_related("rule", "by"),
        "timeline": figures.timeline(),
        "mails": figures.mail_trouble(),
        "has_mail": figures.mail_is_set_up(),
        "areas": AREAS,
        "lasts": LASTS,
        "chosen": request.GET.get("silence", ""),
        "may_operate": request.user.has_perm(OPERATE),
        "may_change": request.user.has_perm("performance.change_alertrule"),
    }
    return render_page(request, "performance/console/alerts.html", context, title="Alerts")


@require_safe
@console()
def open_fragment(request: HttpRequest) -> HttpResponse:
    open_ = figures.what_is_open(at=timezone.now())
    return render(request, "performance/console/_alerts_open.html", {"open": open_})


@require_safe
@console()
def alert_page(request: HttpRequest, alert_id: int) -> HttpResponse:
    at = timezone.now()
    alert: Alert | None = Alert.objects.select_related("rule", "acknowledged_by").filter(pk=alert_id).first()
    if alert is None:
        raise Http404
    context = {
        "line": figures.shown(alert, silences=list(Silence.objects.active(at=at).of(alert))),
        "alert": alert,
        "chart": figures.chart_of(alert, at=at),
        "transitions": alert.transitions.select_related("mail").order_by("-pk"),
        "may_operate": request.user.has_perm(OPERATE),
    }
    return render_page(request, "performance/console/alert.html", context, title=alert.title)


@require_POST
@console(OPERATE)
def acknowledge(request: HttpRequest, alert_id: int) -> HttpResponse:
    note = request.POST.get("note", "")
    _try(
        request,
        lambda: services.acknowledge(alert_id, note=note, by=actor_of(request), at=timezone.now()),
        said="Acknowledged: others see that you look after it.",
    )
    return redirect("console-alerts")


@require_POST
@console(OPERATE)
def silence(request: HttpRequest) -> HttpResponse:
    """The form's `of` is "rule:<name>" or "area:<name>"."""
    kind, _, name = request.POST.get("of", "").partition(":")
    hours = request.POST.get("hours", "")
    wish = Wish(
        rule=name if kind == "rule" else "",
        area=name if kind == "area" else "",
        reason=request.POST.get("reason", "").strip() or "No reason given",
        lasts=timedelta(hours=int(hours) if hours in LASTS else 1),
    )
    _try(
        request,
        lambda: services.silence(wish, by=actor_of(request), at=timezone.now()),
        said=f"Nobody is told of {name} for {LASTS.get(hours, '1 hour')}; it is shown here all the same.",
    )
    return redirect("console-alerts")


@require_POST
@console(OPERATE)
def end_silence(request: HttpRequest, silence_id: int) -> HttpResponse:
    _try(
        request,
        lambda: services.end_silence(silence_id, by=actor_of(request), at=timezone.now()),
        said="The silence is over; what still fires is told within a quarter of a minute.",
    )
    return redirect("console-alerts")


def _try(request: HttpRequest, work: Callable[[], object], *, said: str) -> None:
    try:
        work()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)


addresses = [
    path("", alerts_page, name="console-alerts"),
    path("open", open_fragment, name="console-alerts-open"),
    path("silence", silence, name="console-alerts-silence"),
    path("silences/<int:silence_id>/end", end_silence, name="console-alerts-unsilence"),
    path("<int:alert_id>/", alert_page, name="console-alert"),
    path("<int:alert_id>/acknowledge", acknowledge, name="console-alert-acknowledge"),
]
