"""The console's page of machines and processes."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from performance.console.charts import Chart, Line
from performance.console.page import console, render_page
from performance.system.findings import told
from performance.system.hosts import HostFigures, hosts, used
from performance.system.levels import THRESHOLDS, level_of
from performance.system.processes import processes

# How far back, and seconds of a step.
SPANS = {"3h": (timedelta(hours=3), 300), "24h": (timedelta(hours=24), 2400)}
# More lines than these nobody tells apart.
MOST_HOSTS = 6
_METERS = {
    "cpu_share": "CPU",
    "memory_share": "Memory",
    "disk_share": "Disk",
    "throttled_share": "Throttled",
    "stolen_share": "Stolen",
}
_NOTE = "much from {:.0%}, critical from {:.0%}"
_CHARTS = {
    "cpu_share": ("CPU", "%", 100.0),
    "memory_share": ("Memory", "%", 100.0),
    "throttled_share": ("Stopped by a CPU quota", "%", 100.0),
    "disk_share": ("Disk", "%", 100.0),
    "disk_mb_per_s": ("Disk read and written", "MiB a second", 1.0),
    "network_mb_per_s": ("Network sent and received", "MiB a second", 1.0),
}


@require_safe
@console()
def system_page(request: HttpRequest) -> HttpResponse:
    at, chosen = timezone.now(), request.GET.get("over", "3h")
    chosen = chosen if chosen in SPANS else "3h"
    context = {**_now(at=at), "charts": charts(*SPANS[chosen], at=at), "spans": SPANS, "chosen": chosen}
    return render_page(request, "performance/console/system.html", context, title="System")


@require_safe
@console()
def now_fragment(request: HttpRequest) -> HttpResponse:
    """Meters and processes."""
    return render(request, "performance/console/_system_now.html", _now(at=timezone.now()))


def charts(over: timedelta, step_s: int, *, at: datetime) -> list[Chart]:
    """One for each of what hosts use, a line a host."""
    found = used(tuple(_CHARTS), at=at, over=over, step_s=step_s)
    names = sorted({host for _, host in found})[:MOST_HOSTS]
    made = []
    for name, (title, unit, factor) in _CHARTS.items():
        values = {host: dict(found.get((name, host), [])) for host in names}
        times = sorted({time for points in values.values() for time in points})
        lines = [
            Line(label=host, values=[_scaled(points.get(time), factor) for time in times])
            for host, points in values.items()
        ]
        made.append(Chart(title=title, unit=unit, times=times, lines=lines))
    return [each for each in made if each.times]


def _now(*, at: datetime) -> dict[str, object]:
    return {"hosts": [_host(each) for each in hosts(at=at)], "processes": processes(at=at), "at": at}


def _host(found: HostFigures) -> dict[str, object]:
    meters = [
        {
            "title": title,
            "value": value,
            "percent": 100 * value,
            "level": level_of(name, value),
            "note": _NOTE.format(*THRESHOLDS[name]),
        }
        for name, title in _METERS.items()
        if (value := found.used.get(name)) is not None
    ]
    full = told(found.disk_full) if found.disk_full is not None else ""
    return {"name": found.host, "meters": meters, "used": found.used, "full": full}


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


addresses = [
    path("", system_page, name="console-system"),
    path("now", now_fragment, name="console-system-now"),
]
