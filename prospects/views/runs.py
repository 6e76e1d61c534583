"""Runs: the list, and one that fills while it runs."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from performance.api.keyset import ahead_of
from performance.jobs.models import Batch, Job
from performance.jobs.progress import progress
from performance.jobs.timings import timings
from performance.views.htmx import HtmxRequest
from performance.views.keyset import Order, keyset_page, page_of
from performance.views.permission import allowed
from prospects.companies.models import Prospect
from prospects.exports.models import Export
from prospects.icp.models import IdealCustomerProfile
from prospects.qualification.models import FitLevel, Qualification, QualificationRun
from prospects.qualification.querysets import RANKING
from prospects.qualification.rules.score import score_range

TABS = {"ranking": "Ranking", "errors": "Errors", "details": "Details", "exports": "Exports"}
PAGE = 50


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
    context = {
        "run": run,
        "progress": now,
        "is_open": now.state in ("running", "paused"),
        "tabs": TABS.items(),
        "tab": tab,
        **READERS[tab](request, run),
    }
    template = "prospects/_run_live.html" if request.htmx else "prospects/run.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _ranking(request: HttpRequest, run: QualificationRun) -> dict[str, Any]:
    counted = Qualification.objects.fit_counts(run)
    level = request.GET.get("fit", "")
    search = request.GET.get("q", "").replace("\x00", "").strip()
    is_level = level in FitLevel.values
    wanted = Q(counted_score__range=score_range(level)) if is_level else Q()
    if search:
        wanted &= Q(prospect__company__name__icontains=search)
    parts = [part.filter(wanted).defer("verdicts") for part in Qualification.objects.ranked(run)]
    page = page_of(parts, ordering=RANKING, cursor=request.GET.get("after", ""), size=PAGE)
    first = ahead_of(parts, RANKING, page.rows[0]) + 1 if page.previous_cursor else 1
    return {
        "levels": [(name, counted.get(name, 0)) for name in FitLevel.values],
        "page": page,
        "first": first,
        "last": first + len(page.rows) - 1,
        # A search leaves rows out anywhere, a level only those of the levels above it.
        "rank": None if search else first + sum(counted.get(name, 0) for name in _better_than(level)),
        "total": None if search else counted.get(level, 0) if is_level else sum(counted.values()),
        "level": level,
        "search": search,
    }


def _better_than(level: str) -> list[str]:
    """The levels above one, or none where it is none."""
    levels = FitLevel.values
    return levels[: levels.index(level)] if level in levels else []


def _errors(request: HttpRequest, run: QualificationRun) -> dict[str, Any]:
    page = Paginator(Job.objects.troubled(run.pk), PAGE).get_page(request.GET.get("page"))
    names = Prospect.objects.names([job.subject_id for job in page])
    return {"jobs": page, "names": names}


def _details(request: HttpRequest, run: QualificationRun) -> dict[str, Any]:
    return {"qualifiers": Qualification.objects.qualifier_counts(run), "timings": timings(run.pk)}


def _exports(request: HttpRequest, run: QualificationRun) -> dict[str, Any]:
    exports = Export.objects.select_related("file", "batch", "owner").filter(run=run).order_by("-created_at")
    return {"exports": exports[:20], "formats": Export.Format.choices}


READERS: dict[str, Callable[[HttpRequest, QualificationRun], dict[str, Any]]] = {
    "ranking": _ranking,
    "errors": _errors,
    "details": _details,
    "exports": _exports,
}
