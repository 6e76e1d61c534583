"""The pages of tables: all of them, and one with its upkeep."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from performance.api.errors import DomainError, NotFound
from performance.audit.services import actor_of
from performance.console.charts import Chart, Line
from performance.console.page import console, render_page
from performance.database.tables import shown
from performance.database.tables.errors import NotATable
from performance.database.tables.maintenance.listed import listed
from performance.database.tables.maintenance.services import request_run
from performance.database.tables.models import UNFINISHED, MaintenanceRun
from performance.database.tables.reports import TableReport, database_report, table_report
from performance.database.tables.samples import History

OPTIMIZE = "performance.optimize_table"
MOST_RUNS = 10
MB = 1 << 20
# By what the list can be sorted; what isn't known comes last.
SORTS: dict[str, Callable[[TableReport], Any]] = {
    "size": lambda each: each.facts.total_bytes,
    "rows": lambda each: each.facts.rows,
    "dead rows": lambda each: each.upkeep.dead_rows,
    "bloat": lambda each: each.bloat.bytes if each.bloat else -1,
    "growth": lambda each: each.growth.per_day if each.growth else -1,
    "misses": lambda each: each.facts.blocks("heap", "idx", "toast", "tidx")[1],
}


@require_safe
@console()
def tables_page(request: HttpRequest) -> HttpResponse:
    report = database_report(at=timezone.now())
    sort = request.GET.get("sort", "size")
    sort = sort if sort in SORTS else "size"
    context = {
        "report": report,
        "growth": shown.growth(report.growth),
        "recent_hit_rate": report.history.hit_rate(),
        "table_hit_rate": report.hit_rate_of("heap", "toast"),
        "index_hit_rate": report.hit_rate_of("idx", "tidx"),
        "tables": sorted(report.tables, key=SORTS[sort], reverse=True),
        "chart": _chart("Size of the database", report.history),
        "running": MaintenanceRun.objects.filter(state__in=UNFINISHED).order_by("pk"),
        "sort": sort,
        "sorts": list(SORTS),
    }
    return render_page(request, "performance/console/tables.html", context, title="Tables")


@require_safe
@console()
def table_page(request: HttpRequest, name: str) -> HttpResponse:
    try:
        report, indexes = table_report(name, at=timezone.now())
    except DomainError as error:
        raise Http404(str(error)) from error
    runs = MaintenanceRun.objects.filter(relation=report.facts.name).select_related("requested_by").order_by("-pk")
    refusal = _refusal(report.facts.name)
    context = {
        "report": report,
        "activity": shown.activity(report),
        "growth": shown.growth(report.growth),
        "indexes": indexes,
        "chart": _chart("Size with indexes", report.history),
        "runs": runs[:MOST_RUNS],
        "actions": MaintenanceRun.Action.choices,
        "refusal": refusal,
        "may_optimize": request.user.has_perm(OPTIMIZE) and not refusal,
    }
    return render_page(request, "performance/console/table.html", context, title=report.facts.name)


@require_POST
@console(OPTIMIZE)
def optimize(request: HttpRequest, name: str) -> HttpResponse:
    action = request.POST.get("action", "")
    if action not in MaintenanceRun.Action.values:
        messages.error(request, f"{action!r} is nothing that can be done here.")
        return redirect("console-table", name)
    try:
        run = request_run(name, action=action, by=actor_of(request), at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
        return (
            redirect("console-tables") if isinstance(error, NotFound | NotATable) else redirect("console-table", name)
        )
    messages.success(request, f"{run.get_action_display()} of {run.relation} waits for a worker.")
    return redirect("console-table", run.relation)


@require_safe
@console()
def runs_fragment(request: HttpRequest, name: str) -> HttpResponse:
    """What was asked for on a table, polled while one of it isn't done."""
    runs = MaintenanceRun.objects.filter(relation=name).select_related("requested_by").order_by("-pk")
    return render(request, "performance/console/_table_runs.html", {"runs": runs[:MOST_RUNS], "name": name})


def _refusal(name: str) -> str:
    """Why it can't be worked on from here; "" where it can."""
    try:
        listed(name)
    except DomainError as error:
        return str(error)
    return ""


def _chart(title: str, history: History) -> Chart:
    """By days, and the last three days by hours."""
    until = history.hours[0].taken_at - timedelta(hours=1) if history.hours else None
    past = [each for each in history.days if until is None or each.taken_at < until]
    samples = [*past, *history.hours]
    sizes = [each.bytes / MB for each in samples]
    return Chart(
        title=title, unit="MiB", times=[each.taken_at for each in samples], lines=[Line(label="size", values=sizes)]
    )


addresses = [
    path("", tables_page, name="console-tables"),
    path("<str:name>", table_page, name="console-table"),
    path("<str:name>/runs", runs_fragment, name="console-table-runs"),
    path("<str:name>/optimize", optimize, name="console-table-optimize"),
]
