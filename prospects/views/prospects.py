"""Prospects: the list, and one with its evidence."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from performance.api.keyset import Page
from performance.views.keyset import Order, keyset_page
from performance.views.permission import allowed, member
from performance.views.refusals import refusals_shown
from prospects.companies.models import Prospect
from prospects.companies.querysets import ProspectFilter
from prospects.filters.models import SavedFilter
from prospects.forms.filters import ProspectFilterForm
from prospects.forms.override import OverrideForm
from prospects.qualification.services import override_fit
from prospects.views.evidence import read_evidence

PAGE = 50
# Beyond this a list says "10,000+" instead of counting on.
MOST_COUNTED = 10_000
# Saved filters that stand over the list; all of them are in the API and in the admin.
MOST_SAVED = 30
SORTS = {"name": "company__name", "domain": "company__domain", "created": "created_at", "score": "score"}


@require_safe
@allowed("prospects.view_prospect")
def prospect_list(request: HttpRequest) -> HttpResponse:
    form = ProspectFilterForm(request.GET)
    wanted = form.wanted()
    sort = _sort(request.GET.get("sort", ""), has_score=wanted.icp is not None)
    order = Order(SORTS[sort.lstrip("-")], is_descending=sort.startswith("-"))
    page = keyset_page(Prospect.objects.for_list(wanted), order=order, cursor=request.GET.get("after", ""), size=PAGE)
    counted = _count(page, wanted)
    may_see = request.user.has_perm("prospects.view_savedfilter")
    saved = list(SavedFilter.objects.order_by("name")[:MOST_SAVED]) if may_see else []
    context = {
        "saved": saved,
        "current": next((each for each in saved if each.wanted == wanted), None),
        "form": form,
        "wanted": wanted,
        "page": page,
        "count": min(counted, MOST_COUNTED),
        "filter_query": form.query(),
        "is_more": counted > MOST_COUNTED,
        "sort": sort,
        "descending_first": ("score", "created"),
    }
    return render(request, "prospects/prospects.html", context)


def _count(page: Page[Prospect], wanted: ProspectFilter) -> int:
    """How many there are, as far as they are counted; a list of one page has counted itself."""
    if not page.next_cursor and not page.previous_cursor:
        return len(page.rows)
    return Prospect.objects.matching(wanted)[: MOST_COUNTED + 1].count()


def _sort(asked: str, *, has_score: bool) -> str:
    if asked.lstrip("-") == "score" and not has_score:
        asked = ""
    if asked.lstrip("-") in SORTS:
        return asked
    return "-score" if has_score else "-created"


@require_safe
@allowed("prospects.view_prospect")
def prospect_page(request: HttpRequest, prospect_id: int) -> HttpResponse:
    prospect = get_object_or_404(Prospect.objects.for_page(), pk=prospect_id)
    evidence = read_evidence(prospect, icp_id=_number(request.GET.get("icp", "")))
    override = OverrideForm(initial={"icp": evidence.fit.icp_id}) if evidence.fit else None
    return render(
        request, "prospects/prospect.html", {"prospect": prospect, "evidence": evidence, "override": override}
    )


@require_POST
@allowed("prospects.change_fit")
def override(request: HttpRequest, prospect_id: int) -> HttpResponse:
    prospect = get_object_or_404(Prospect, pk=prospect_id)
    form = OverrideForm(request.POST)
    address = reverse("prospect", args=[prospect_id])
    if not form.is_valid():
        for problems in form.errors.values():
            messages.error(request, " ".join(str(problem) for problem in problems))
        return redirect(address)
    read = form.cleaned_data
    with refusals_shown(request):
        override_fit(prospect=prospect, icp=read["icp"], score=read["score"], reason=read["reason"], by=member(request))
        said = "Your score is taken back." if read["score"] is None else f"The score is now {read['score']}, by you."
        messages.success(request, said)
    return redirect(f"{address}?icp={read['icp'].pk}")


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None
