"""Runs: the list, and one that fills while it runs."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from performance.jobs.models import Batch, Job
from performance.jobs.progress import progress
from performance.views.htmx import HtmxRequest
from performance.views.keyset import Order, keyset_page
from performance.views.permission import allowed
from prospects.companies.models import Prospect
from prospects.exports.models import Export
from prospects.icp.models import IdealCustomerProfile
from prospects.qualification.models import FitLevel, Qualification, QualificationRun

TABS = {"ranking": "Ranking", "errors": "Errors", "details": "Details", "exports": "Exports"}
PAGE = 50
Levels = Mapping[str, int]


@require_safe
@allowed("prospects.view_qualificationrun")
def run_list(request: HttpRequest) -> HttpResponse:
    runs = QualificationRun.objects.for_list()
    state, icp = request.GET.get("state", ""), request.GET.get("icp", "")
    if state == "active":
        runs = runs.filter(batch__state__in=["running", "paused"])
    elif state in Batch.State.values:
        runs = runs.filter(batch__state=state)
    icps = list(IdealCustomerProfile.objects.in_use())
    if icp in {one.slug for one in icps}:
        runs = runs.filter(icp_version__icp__slug=icp)
    order = Order("batch_id", is_descending=True)
    context = {
        "page": keyset_page(runs, order=order, cursor=request.GET.get("after", ""), size=PAGE),
        "state": state,
        "icp": icp,
        "states": [("active", "Active"), *Batch.State.choices],
        "icps": icps,
    }
    return render(request, "prospects/runs.html", context)


@require_safe
@allowed("prospects.view_qualificationrun")
def run_page(request: HtmxRequest, run_id: int) -> HttpResponse:
    """The whole page, or for htmx the part of it that changes while the run goes on."""
    run = get_object_or_404(QualificationRun.objects.for_detail(), pk=run_id)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "ranking"
    now = progress(run.pk)
    counted = Qualification.objects.fit_counts(run)
    levels = {level: counted.get(level, 0) for level in FitLevel.values}
    context = {
        "run": run,
        "progress": now,
        "is_open": now.state in ("running", "paused"),
        "tabs": TABS.items(),
        "tab": tab,
        "levels": levels.items(),
        **READERS[tab](request, run, levels),
    }
    template = "prospects/_run_live.html" if request.htmx else "prospects/run.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _ranking(request: HttpRequest, run: QualificationRun, levels: Levels) -> dict[str, Any]:
    ranking = Qualification.objects.ranking(run)
    level = request.GET.get("fit", "")
    if level in FitLevel.values:
        ranking = ranking.filter(counted_fit=level)
    if search := request.GET.get("q", "").replace("\x00", "").strip():
        ranking = ranking.filter(prospect__company__name__icontains=search)
    paginator = Paginator(ranking, PAGE)
    if not search:
        # The levels have counted them already, and a count of a large run is what costs most here.
        paginator.count = levels.get(level, sum(levels.values()))
    page = paginator.get_page(request.GET.get("page"))
    return {"ranking": page, "level": level, "search": search}


def _errors(request: HttpRequest, run: QualificationRun, levels: Levels) -> dict[str, Any]:
    page = Paginator(Job.objects.troubled(run.pk), PAGE).get_page(request.GET.get("page"))
    names = Prospect.objects.names([job.subject_id for job in page])
    return {"jobs": page, "names": names}


def _details(request: HttpRequest, run: QualificationRun, levels: Levels) -> dict[str, Any]:
    return {"qualifiers": Qualification.objects.qualifier_counts(run)}


def _exports(request: HttpRequest, run: QualificationRun, levels: Levels) -> dict[str, Any]:
    exports = Export.objects.select_related("file", "batch", "owner").filter(run=run).order_by("-created_at")
    return {"exports": exports[:20], "formats": Export.Format.choices}


READERS: dict[str, Callable[[HttpRequest, QualificationRun, Levels], dict[str, Any]]] = {
    "ranking": _ranking,
    "errors": _errors,
    "details": _details,
    "exports": _exports,
}
