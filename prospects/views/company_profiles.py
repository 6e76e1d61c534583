"""A company: what research found, where each value stands, and the conflicts that a person decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from performance.audit.services import actor_of, audited
from performance.views.keyset import Order, keyset_page
from performance.views.permission import allowed, member
from prospects.companies.models import Company, Prospect
from prospects.company_profiles.deciding import MOST_AT_ONCE, decide_many
from prospects.company_profiles.models import CompanyProfile, ProfileConflict, ProfileValue
from prospects.company_profiles.sources import source_of
from prospects.extraction.fields import FIELDS
from prospects.views.evidence import COMPANY_FACTS, company_facts
from prospects.views.pages import quote_address

PAGE = 50
MOST_VALUES = 500
MOST_PROSPECTS = 20


@dataclass(frozen=True, slots=True)
class FieldValues:
    """A field of the profile with its values, the surest first."""

    title: str
    values: list[ProfileValue]


@require_safe
@allowed("prospects.view_companyprofile")
def company_page(request: HttpRequest, company_id: int) -> HttpResponse:
    company = get_object_or_404(Company, pk=company_id)
    values = list(ProfileValue.objects.of(company_id)[:MOST_VALUES])
    current = [value for value in values if value.is_current]
    chosen = _chosen(current or values, values, asked=request.GET.get("value", ""))
    context = {
        "company": company,
        "profile": CompanyProfile.objects.filter(pk=company_id).first(),
        "fields": _by_field(current),
        "earlier": [value for value in values if not value.is_current],
        "source": source_of(chosen) if chosen else None,
        "whole": _whole(chosen) if chosen else "",
        "facts": company_facts(company),
        "conflicts": ProfileConflict.objects.of(company_id),
        "prospects": Prospect.objects.filter(company=company_id).order_by("pk")[:MOST_PROSPECTS],
        "may_decide": may_decide(request),
    }
    return render(request, "prospects/company.html", context)


@require_safe
@allowed("prospects.view_profileconflict")
def conflict_list(request: HttpRequest) -> HttpResponse:
    conflicts = ProfileConflict.objects.for_list()
    field, reason = request.GET.get("field", ""), request.GET.get("reason", "")
    if field in LABELS:
        conflicts = conflicts.filter(field=field)
    if reason in ProfileConflict.Reason.values:
        conflicts = conflicts.filter(reason=reason)
    order = Order("created_at", is_descending=True)
    context = {
        "page": keyset_page(conflicts, order=order, cursor=request.GET.get("after", ""), size=PAGE),
        "field": field,
        "reason": reason,
        "fields": sorted(LABELS.items(), key=lambda one: one[1]),
        "reasons": ProfileConflict.Reason.choices,
        "may_decide": may_decide(request),
    }
    return render(request, "prospects/conflicts.html", context)


@require_POST
@allowed("prospects.change_profileconflict")
def conflicts_decide(request: HttpRequest) -> HttpResponse:
    """Take or keep what is ticked, or what the pressed button names."""
    back = _back(request)
    ids = [int(one) for one in request.POST.getlist("ids")[:MOST_AT_ONCE] if one.isdecimal() and len(one) < 19]
    if not may_decide(request) or not ids:
        messages.error(request, "Tick the conflicts first." if may_decide(request) else "You may not change companies.")
        return redirect(back)
    accept = request.POST.get("decision") == "accept"
    details = {"accept": accept, "ids": ids}
    with audited("conflict.decide", subject=f"{len(ids)} conflicts", by=actor_of(request), details=details):
        done = decide_many(ids, accept=accept, by=member(request), at=timezone.now())
    if done.decided:
        said = "took what research found" if accept else "kept what was there"
        messages.success(request, f"{done.decided:,} decided: the companies {said}.")
    for refusal in sorted(set(done.refused.values()))[:5]:
        messages.error(request, refusal)
    return redirect(back)


def may_decide(request: HttpRequest) -> bool:
    """What is taken changes the company."""
    user = request.user
    return user.has_perm("prospects.change_profileconflict") and user.has_perm("prospects.change_company")


LABELS = {"name": "Name", **dict(COMPANY_FACTS)}


def _back(request: HttpRequest) -> str:
    asked = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else reverse("conflicts")


def _by_field(values: Sequence[ProfileValue]) -> list[FieldValues]:
    """In the order in which fields are known, which is that of their use."""
    grouped: dict[str, list[ProfileValue]] = {}
    for value in values:
        grouped.setdefault(value.field, []).append(value)
    return [FieldValues(known.title, grouped[name]) for name, known in FIELDS.items() if name in grouped]


def _whole(value: ProfileValue) -> str:
    """Where all of the text is, with the quote marked."""
    return quote_address(value.url, text_id=value.text_id, begins=value.begins, ends=value.ends)


def _chosen(shown: Sequence[ProfileValue], values: Sequence[ProfileValue], *, asked: str) -> ProfileValue | None:
    """The value that is asked for, or the first that has a quote."""
    by_id = {str(value.pk): value for value in values}
    return by_id.get(asked) or next((value for value in shown if value.text_id), None)
