"""Starting a run: for whom, how, and what it will cost."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from performance.api.errors import DomainError
from performance.jobs.models import Priority
from performance.views.permission import allowed, member
from performance.views.rate import limited
from prospects.forms.run import RunForm
from prospects.forms.selection import Selection
from prospects.icp.models import IdealCustomerProfile
from prospects.intake.models import Import
from prospects.qualification.estimate import Estimate
from prospects.qualification.plan import RunPlan
from prospects.qualification.services import SAMPLE, estimate_run, settled, submit_run


@dataclass(frozen=True, slots=True)
class Quote:
    """What a plan would do and cost, or why it can't be done."""

    estimate: Estimate | None = None
    qualifier: str = ""
    budget_micros: int = 0
    refusal: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("prospects.add_qualificationrun")
@limited("qualify")
def run_new(request: HttpRequest) -> HttpResponse:
    """GET shows the form with an estimate; POST with `estimate` shows it anew, else starts the run."""
    query = request.POST if request.method == "POST" else request.GET
    selection = Selection.read(query)
    ids = list(selection.prospect_ids())
    form = RunForm(query if request.method == "POST" else _beginning(request))
    if request.method == "POST" and "estimate" not in query and form.is_valid():
        try:
            return _started(request, form.plan(ids, import_run=_import(selection)))
        except DomainError as error:
            form.add_error(None, str(error))
    context = {"form": form, "selection": selection, "count": len(ids), "quote": _quote(form, ids)}
    return render(request, "prospects/run_new.html", context)


def _beginning(request: HttpRequest) -> dict[str, object]:
    """The profile of the address, or the first; all else as the settings say."""
    profiles = list(IdealCustomerProfile.objects.usable())
    named = [profile for profile in profiles if profile.slug == request.GET.get("icp")]
    chosen = next(iter(named or profiles), None)
    return {"icp": chosen.pk if chosen else None, "priority": int(Priority.NORMAL)}


def _started(request: HttpRequest, plan: RunPlan) -> HttpResponse:
    submission = submit_run(plan, owner=member(request))
    if not submission.is_new:
        messages.info(request, "This very run is under way already: here it is.")
    return redirect("run", submission.run.pk)


def _import(selection: Selection) -> Import | None:
    return Import.objects.filter(pk=selection.import_run).first() if selection.import_run else None


def _quote(form: RunForm, ids: list[int]) -> Quote | None:
    if not form.is_valid() or not ids:
        return None
    plan = form.plan(ids, import_run=None)
    try:
        checked = settled(plan)
        return Quote(estimate_run(plan, sample=SAMPLE), checked.qualifier, checked.budget_micros)
    except DomainError as error:
        return Quote(refusal=str(error))
