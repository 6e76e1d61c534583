"""Research: the list, starting it, and one batch that fills while it runs."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from performance.api.errors import DomainError
from performance.jobs import services as jobs
from performance.jobs.models import Batch, Priority
from performance.jobs.progress import progress
from performance.views.htmx import HtmxRequest
from performance.views.keyset import Order, keyset_page
from performance.views.permission import allowed, member
from performance.views.rate import limited
from performance.views.refusals import refusals_shown
from prospects.companies.models import Prospect
from prospects.exports.table import CONTENT_TYPES, chunks
from prospects.extraction.fields import FIELDS
from prospects.extraction.modes import DEFAULT_MODE
from prospects.forms.research import ResearchForm
from prospects.forms.selection import Selection
from prospects.research.models import ResearchBatch, ResearchItem
from prospects.research.plan import ResearchEstimate, ResearchPlan
from prospects.research.results import ResearchTable
from prospects.research.services import estimate_research, submit_research
from prospects.research.statistics import outcome_counts, statistics

PAGE = 50
TABS = {"companies": "Companies", "statistics": "Statistics"}
OPERATORS = ("prospects.change_researchbatch", "performance.operate_jobs")
ACTIONS: dict[str, tuple[Callable[[int], Any], str]] = {
    "resume": (jobs.resume, "The research goes on."),
    "cancel": (jobs.cancel, "The research is cancelled: what is in flight ends, nothing new begins."),
    "retry-failed": (jobs.retry_dead, "What was given up is tried again."),
}


@dataclass(frozen=True, slots=True)
class Quote:
    """What a plan would do and cost, or why it can't be done."""

    estimate: ResearchEstimate | None = None
    refusal: str = ""


@require_safe
@allowed("prospects.view_researchbatch")
def research_list(request: HttpRequest) -> HttpResponse:
    found = ResearchBatch.objects.select_related("batch__owner", "then_run")
    state = request.GET.get("state", "")
    if state == "active":
        found = found.filter(batch__state__in=["running", "paused"])
    elif state in Batch.State.values:
        found = found.filter(batch__state=state)
    order = Order("batch_id", is_descending=True)
    context = {
        "page": keyset_page(found, order=order, cursor=request.GET.get("after", ""), size=PAGE),
        "state": state,
        "states": [("active", "Active"), *Batch.State.choices],
    }
    return render(request, "prospects/researches.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("prospects.add_researchbatch")
@limited("research", policy="analysis")
def research_new(request: HttpRequest) -> HttpResponse:
    """GET shows the form, for a selection, what a search found or what is written down; POST with `estimate` shows it
    anew with what it may cost, else starts the research.
    """
    query = request.POST if request.method == "POST" else request.GET
    if query.get("session") and not request.user.has_perm("prospects.view_searchsession"):
        raise PermissionDenied
    selection = Selection.read(query) if _is_of_a_selection(query) else None
    companies = _companies(selection) if selection else []
    begun = {"mode": DEFAULT_MODE, "priority": Priority.NORMAL, "session": query.get("session", "")}
    form = ResearchForm(query if request.method == "POST" else begun, request.FILES or None)
    if request.method == "POST" and "estimate" not in query and form.is_valid():
        try:
            return _started(request, form.plan(companies))
        except DomainError as error:
            form.add_error(None, str(error))
    form.is_valid()
    search = form.search
    quote = _quote(form, companies) if request.method == "POST" or companies or search else None
    context = {"form": form, "selection": selection, "search": search, "count": len(companies), "quote": quote}
    return render(request, "prospects/research_new.html", context)


def _is_of_a_selection(query: QueryDict) -> bool:
    return "ids" in query or "everything" in query


def _companies(selection: Selection) -> list[int]:
    named = Prospect.objects.filter(pk__in=selection.prospect_ids())
    return sorted(set(named.order_by().values_list("company", flat=True)))


def _started(request: HttpRequest, plan: ResearchPlan) -> HttpResponse:
    submission = submit_research(plan, owner=member(request))
    if not submission.is_new:
        messages.info(request, "This very research is under way already: here it is.")
    return redirect("research", submission.research.pk)


def _quote(form: ResearchForm, companies: list[int]) -> Quote | None:
    if not form.is_valid():
        return None
    try:
        return Quote(estimate_research(form.plan(companies)))
    except DomainError as error:
        return Quote(refusal=str(error))


@require_safe
@allowed("prospects.view_researchbatch")
def research_page(request: HtmxRequest, batch_id: int) -> HttpResponse:
    """The whole page, or for htmx the part of it that changes while the research goes on."""
    wanted = ResearchBatch.objects.select_related(
        "batch__owner", "import_run", "then_run__batch", "then_icp_version__icp"
    )
    research = get_object_or_404(wanted, pk=batch_id)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "companies"
    now = progress(batch_id)
    context = {
        "research": research,
        "progress": now,
        "outcomes": outcome_counts(batch_id),
        "is_open": now.state in ("running", "paused"),
        "tabs": TABS.items(),
        "tab": tab,
        "formats": CONTENT_TYPES,
        **(_statistics(research) if tab == "statistics" else _items(request, research)),
    }
    response = render(request, "prospects/_research_live.html" if request.htmx else "prospects/research.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _items(request: HttpRequest, research: ResearchBatch) -> dict[str, Any]:
    items = ResearchItem.objects.filter(research=research).select_related("company")
    outcome = request.GET.get("outcome", "")
    if outcome in ResearchItem.Outcome.values:
        items = items.filter(outcome=outcome)
    order = Order("company_id")
    page = keyset_page(items, order=order, cursor=request.GET.get("after", ""), size=PAGE)
    lacking = [_lacking(item) for item in page.rows]
    counted = Counter(says for each in lacking for says in each)
    shared = {says: n for says, n in counted.items() if n > 1}
    own = ([says for says in each if says not in shared] for each in lacking)
    rows = list(zip(page.rows, own, strict=True))
    choices = ResearchItem.Outcome.choices
    return {"page": page, "rows": rows, "shared": shared, "outcome": outcome, "outcome_choices": choices}


def _lacking(item: ResearchItem) -> list[str]:
    """Why there isn't more, the error first, unless another sentence begins with it."""
    says = [one["says"] for one in item.degraded]
    return says if not item.error or any(one.startswith(item.error) for one in says) else [item.error, *says]


def _statistics(research: ResearchBatch) -> dict[str, Any]:
    found = statistics(research.batch)
    covered = sorted(found["coverage"].items(), key=lambda one: -one[1])
    shown = [(FIELDS[name].title, round(100 * share)) for name, share in covered if share]
    lacking = [(one["companies"], one["code"].replace("_", " ")) for one in found["lacking"]]
    return {"statistics": found, "coverage": shown, "lacking": lacking}


@require_safe
@allowed("prospects.view_researchitem")
def research_file(request: HttpRequest, batch_id: int, format: str) -> StreamingHttpResponse:
    """The results so far, streamed."""
    if format not in CONTENT_TYPES:
        raise Http404
    research = get_object_or_404(ResearchBatch, pk=batch_id)
    response = StreamingHttpResponse(chunks(ResearchTable(research), format), content_type=CONTENT_TYPES[format])
    response.headers["Content-Disposition"] = f'attachment; filename="research-{batch_id}.{format}"'
    return response


@require_POST
@allowed(*OPERATORS)
def research_action(request: HttpRequest, batch_id: int, action: str) -> HttpResponse:
    research = get_object_or_404(ResearchBatch, pk=batch_id)
    with refusals_shown(request):
        if action == "pause":
            jobs.pause(research.pk, reason=f"Paused by {request.user}.")
            said = "The research is paused: what is in flight ends, nothing new begins."
        elif action in ACTIONS:
            call, said = ACTIONS[action]
            call(research.pk)
        else:
            raise Http404
        messages.success(request, said)
    return redirect("research", research.pk)
