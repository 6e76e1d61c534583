"""The page of indexes: what to do, what was done, and what came of it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from performance.api.errors import DomainError
from performance.audit.services import actor_of
from performance.console.page import console, render_page
from performance.database.indexes import services
from performance.database.indexes.models import WHY_LENGTH, IndexAdvice, IndexReview

MOST_SHOWN = 40
ADVISE = "performance.advise_indexes"
_State = IndexAdvice.State


@require_safe
@console()
def indexes_page(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("state", "")
    state = asked if asked in _State.values else _State.OPEN
    found = IndexAdvice.objects.for_display(at=timezone.now()).filter(state=state)
    rows = list(found[:MOST_SHOWN])
    changes = services.changes(rows)
    context = {
        "state": state,
        "states": _State.values,
        "review": IndexReview.last(),
        "count": found.count() if len(rows) == MOST_SHOWN else len(rows),
        "lines": [(row, changes.get(row.pk)) for row in rows],
        "may_advise": request.user.has_perm(ADVISE),
    }
    return render_page(request, "performance/console/indexes.html", context, title="Indexes")


@require_POST
@console(ADVISE)
def look(request: HttpRequest) -> HttpResponse:
    review = services.refresh(at=timezone.now())
    if review.refusal:
        messages.error(request, review.refusal)
    else:
        messages.success(request, f"{review.statements} statements were looked at.")
    return redirect("console-indexes")


@require_POST
@console(ADVISE)
def settle(request: HttpRequest, advice_id: int) -> HttpResponse:
    """By the button that was pressed; what is dismissed needs a reason."""
    by, at = actor_of(request), timezone.now()
    why = request.POST.get("why", "").strip()[:WHY_LENGTH]
    doings: dict[str, Callable[[], IndexAdvice]] = {
        "apply": lambda: services.apply(advice_id, by=by, at=at, why=why),
        "dismiss": lambda: services.dismiss(advice_id, by=by, at=at, why=why),
        "reopen": lambda: services.reopen(advice_id, by=by),
    }
    doing = doings.get(request.POST.get("do", ""))
    try:
        if doing is None or (request.POST.get("do") == "dismiss" and not why):
            messages.error(request, "Say why it is dismissed.")
        else:
            messages.success(request, f"{doing().title}: {request.POST['do']}.")
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("console-indexes")


addresses = [
    path("", indexes_page, name="console-indexes"),
    path("look", look, name="console-indexes-look"),
    path("<int:advice_id>", settle, name="console-indexes-settle"),
]
