"""Schedules: what runs when, with the next firings as clocks will show them, and what may be done about it."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import available_timezones

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from performance.api.errors import DomainError
from performance.audit.services import actor_of
from performance.console.page import console, render_page
from performance.queues import schedules
from performance.queues.errors import BadSchedule
from performance.queues.schedulable import allowed
from performance.queues.schedules import Wish
from performance.views.refusals import refusals_shown

CHANGE = "performance.schedule_tasks"
MOST_BRACKETS = 200
_FIELDS = ("name", "task", "cron", "every_s", "zone", "kwargs")


@require_safe
@console()
def schedules_page(request: HttpRequest) -> HttpResponse:
    return _shown(request)


@require_POST
@console(CHANGE)
def set_schedule(request: HttpRequest) -> HttpResponse:
    """One that is refused leaves the form as it was filled in."""
    try:
        schedules.set_schedule(_wish(request.POST), by=actor_of(request), at=timezone.now())
    except DomainError as error:
        return _shown(request, refusal=str(error))
    messages.success(request, f"{request.POST.get('name')} is scheduled.")
    return redirect("console-schedules")


@require_POST
@console(CHANGE)
def enable(request: HttpRequest) -> HttpResponse:
    catches_up = "catch_up" in request.POST
    return _done(
        request, lambda name: schedules.enable(name, by=actor_of(request), at=timezone.now(), catches_up=catches_up)
    )


@require_POST
@console(CHANGE)
def disable(request: HttpRequest) -> HttpResponse:
    return _done(request, lambda name: schedules.disable(name, by=actor_of(request), at=timezone.now()))


@require_POST
@console(CHANGE)
def run(request: HttpRequest) -> HttpResponse:
    return _done(request, lambda name: schedules.run_now(name, by=actor_of(request)))


@require_POST
@console(CHANGE)
def delete(request: HttpRequest) -> HttpResponse:
    """The name is typed, since there is no way back."""

    def do(name: str) -> None:
        if request.POST.get("confirmation") != name:
            raise BadSchedule(f"To delete {name}, type its name.")
        schedules.delete(name, by=actor_of(request))

    return _done(request, do)


def _shown(request: HttpRequest, *, refusal: str = "") -> HttpResponse:
    context = {
        "rows": schedules.listed(at=timezone.now()),
        "tasks": allowed(),
        "zones": sorted(available_timezones()),
        "filled": {name: request.POST.get(name, "") for name in _FIELDS},
        "refusal": refusal,
        "may_change": request.user.has_perm(CHANGE),
    }
    return render_page(request, "performance/console/schedules.html", context, title="Schedules")


def _done(request: HttpRequest, do: Callable[[str], object]) -> HttpResponse:
    name = request.POST.get("name", "")
    with refusals_shown(request):
        do(name)
        messages.success(request, f"{name}: done.")
    return redirect("console-schedules")


def _wish(told: QueryDict) -> Wish:
    """Raises BadSchedule."""
    every = told.get("every_s", "").strip()
    return Wish(
        name=told.get("name", "").strip()[:200],
        task=told.get("task", ""),
        cron=" ".join(told.get("cron", "").split())[:200],
        every_s=int(every) if every.isdecimal() and len(every) < 12 else None,
        zone=told.get("zone", "") or "UTC",
        kwargs=_arguments(told.get("kwargs", "").strip() or "{}"),
    )


def _arguments(text: str) -> Mapping[str, Any]:
    if text.count("[") + text.count("{") > MOST_BRACKETS:
        raise BadSchedule("The arguments are nested too deep.")
    try:
        read = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadSchedule(f"The arguments are no JSON: {error}.") from error
    if not isinstance(read, dict):
        raise BadSchedule('The arguments are an object by name, such as {"days": 3}.')
    return read


addresses = [
    path("", schedules_page, name="console-schedules"),
    path("set", set_schedule, name="console-schedule-set"),
    path("enable", enable, name="console-schedule-enable"),
    path("disable", disable, name="console-schedule-disable"),
    path("run", run, name="console-schedule-run"),
    path("delete", delete, name="console-schedule-delete"),
]
