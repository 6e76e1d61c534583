"""The cache in the console: what it spares and what it holds; warming and dropping, with a look at what would go."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from performance.api.errors import DomainError
from performance.audit.services import actor_of
from performance.cache import operations, thresholds, warming
from performance.cache.hit_rate import HitRate, hit_rate
from performance.cache.operations import Wanted
from performance.cache.report import report
from performance.cache.server import server
from performance.console.charts import Chart, Line
from performance.console.page import console, render_page

SPANS = {"1h": timedelta(hours=1), "6h": timedelta(hours=6), "24h": timedelta(days=1)}
READ, OPERATE = "performance.view_cache", "performance.operate_cache"


@require_safe
@console(READ)
def cache_page(request: HttpRequest) -> HttpResponse:
    chosen = request.GET.get("over", "1h")
    over, at = SPANS.get(chosen, SPANS["1h"]), timezone.now()
    found = report(at=at, minutes=int(over.total_seconds() // 60))
    wanted = _wanted(request.GET)
    going, refusal = _going(wanted)
    context = {
        "report": found,
        "server": server(),
        "chart": _chart(hit_rate(at=at, over=over)),
        "thresholds": [(each, each.of(found), each.level(found)) for each in thresholds.registered()],
        "warmers": warming.last(),
        "spans": SPANS,
        "chosen": chosen if chosen in SPANS else "1h",
        "wanted": wanted,
        "going": going,
        "refusal": refusal,
        "may_operate": request.user.has_perm(OPERATE),
    }
    return render_page(request, "performance/console/cache.html", context, title="Cache")


@require_POST
@console(OPERATE)
def warm(request: HttpRequest) -> HttpResponse:
    try:
        warmed = operations.warm(request.POST.getlist("name"), by=actor_of(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        for each in warmed:
            if each.error:
                messages.error(request, f"{each.name}: {each.error}")
        messages.success(request, f"{sum(each.values for each in warmed):,} values were made.")
    return redirect("console-cache")


@require_POST
@console(OPERATE)
def invalidate(request: HttpRequest) -> HttpResponse:
    try:
        gone = operations.invalidate(_wanted(request.POST), by=actor_of(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{gone.count:,} dropped.")
    return redirect("console-cache")


def _wanted(told: QueryDict) -> Wanted:
    """What the form says: tags by commas or spaces, or a pattern. Tags win."""

    tags = told.get("tags", "").replace(",", " ").split()
    return Wanted(
        tags=tags, pattern="" if tags else told.get("pattern", ""), is_confirmed=bool(told.get("is_confirmed"))
    )


def _going(wanted: Wanted) -> tuple[operations.Gone | None, str]:
    if not wanted.subject:
        return None, ""
    try:
        return operations.preview(wanted), ""
    except DomainError as error:
        return None, str(error)


def _chart(found: HitRate) -> Chart:
    rates = [None if each.hit_rate is None else 100 * each.hit_rate for each in found.points]
    times = [each.at for each in found.points]
    return Chart(title="Hit rate", unit="%", times=times, lines=[Line(label="hits", values=rates)])


addresses = [
    path("", cache_page, name="console-cache"),
    path("warm", warm, name="console-cache-warm"),
    path("invalidate", invalidate, name="console-cache-invalidate"),
]
