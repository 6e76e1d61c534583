"""What a person may do to a run under way."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from performance.jobs import services as jobs
from performance.views.permission import allowed
from performance.views.refusals import refusals_shown
from prospects.qualification.models import QualificationRun

OPERATORS = ("prospects.change_qualificationrun", "performance.operate_jobs")


def _counted(verb: str) -> Callable[[Any], str]:
    return lambda number: f"{number:,} job{'' if number == 1 else 's'} {verb}."


ACTIONS: dict[str, tuple[Callable[[int], Any], Callable[[Any], str]]] = {
    "resume": (jobs.resume, lambda was_paused: "The run goes on." if was_paused else "It goes on already."),
    "cancel": (jobs.cancel, lambda _: "The run is cancelled: what is in flight ends, nothing new begins."),
    "retry-failed": (jobs.retry_dead, _counted("to be tried again")),
    "retry-parked": (jobs.retry_parked, _counted("to be tried again; each may be paid for a second time")),
}


@require_POST
@allowed(*OPERATORS)
def run_action(request: HttpRequest, run_id: int, action: str) -> HttpResponse:
    run = get_object_or_404(QualificationRun, pk=run_id)
    with refusals_shown(request):
        if action == "pause":
            jobs.pause(run.pk, reason=f"Paused by {request.user}.")
            said = "The run is paused: what is in flight ends, nothing new begins."
        elif action in ACTIONS:
            call, sentence = ACTIONS[action]
            said = sentence(call(run.pk))
        else:
            raise Http404
        messages.success(request, said)
    return redirect("run", run.pk)


@require_POST
@allowed(*OPERATORS)
def run_budget(request: HttpRequest, run_id: int) -> HttpResponse:
    """Resume with a higher budget."""
    run = get_object_or_404(QualificationRun, pk=run_id)
    budget = _micros(request.POST.get("budget", ""))
    if budget is None:
        messages.error(request, "Give the new budget as a number of dollars, such as 2.50.")
        return redirect("run", run.pk)
    with refusals_shown(request):
        if jobs.resume(run.pk, budget_micros=budget):
            messages.success(request, "The run goes on with the new budget.")
        else:
            messages.error(request, "The run isn't paused, so its budget stays as it is: pause it first.")
    return redirect("run", run.pk)


def _micros(dollars: str) -> int | None:
    try:
        return round(float(dollars) * 1_000_000)
    except (ValueError, OverflowError):
        return None
