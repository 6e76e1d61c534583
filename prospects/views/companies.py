"""Companies: locking a value."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from performance.views.permission import allowed, member
from prospects.companies.locks import set_lock
from prospects.companies.models import Company, Prospect
from prospects.views.evidence import COMPANY_FACTS


@require_POST
@allowed("prospects.change_company")
def lock(request: HttpRequest, company_id: int) -> HttpResponse:
    """Lock a value, or unlock it, and go back to the page it was seen on: a prospect's, or the company's own."""
    back = _back(company_id, asked=request.POST.get("prospect", ""))
    labels = dict(COMPANY_FACTS)
    field = request.POST.get("field", "")
    if field not in labels:
        messages.error(request, "There is no such field.")
        return redirect(back)
    is_locked = request.POST.get("locked") == "1"
    set_lock(company_id=company_id, field=field, is_locked=is_locked, by=member(request), at=timezone.now())
    said = "is locked: imports and research leave it alone" if is_locked else "is unlocked"
    messages.success(request, f"{labels[field]} {said}.")
    return redirect(back)


def _back(company_id: int, *, asked: str) -> str:
    if not asked:
        return reverse("company", args=[get_object_or_404(Company, pk=company_id).pk])
    prospect = get_object_or_404(Prospect, company=company_id, pk=int(asked) if asked.isdecimal() else 0)
    return reverse("prospect", args=[prospect.pk])
