"""The workers: who is alive, what each is at and since when, and what it weighs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from performance.console.page import console, render_page
from performance.queues.errors import BrokerOut
from performance.queues.fleet import members
from performance.queues.reports import Held, reports

LEVELS = {"alive": "good", "wedged": "critical", "silent": "poor", "gone": "unknown"}
MOST_SHOWN = 12


@require_safe
@console()
def workers_page(request: HttpRequest) -> HttpResponse:
    return render_page(request, "performance/console/workers.html", _context(), title="Workers")


@require_safe
@console()
def workers_fragment(request: HttpRequest) -> HttpResponse:
    return render(request, "performance/console/_workers.html", _context())


def _context() -> Mapping[str, Any]:
    trouble = ""
    try:
        told = reports()
    except BrokerOut as error:
        told, trouble = [], str(error)
    found = members(told, at=timezone.now())
    rows = [(each, LEVELS[each.state], _at_work(each.held), len(each.held or ())) for each in found]
    return {"rows": rows, "trouble": trouble, "most_shown": MOST_SHOWN}


def _at_work(held: Any) -> list[tuple[Held, datetime | None]]:
    return [
        (each, datetime.fromtimestamp(each.since, UTC) if each.since else None) for each in (held or ())[:MOST_SHOWN]
    ]


addresses = [
    path("", workers_page, name="console-workers"),
    path("rows", workers_fragment, name="console-workers-rows"),
]
