"""Dead letters: what gave up, with its arguments and its last words, and doing it again."""

from collections.abc import Mapping
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from performance.audit.services import actor_of
from performance.console.page import console, render_page
from performance.database.text import storable
from performance.queues import letters, replays
from performance.queues.arguments import shown
from performance.queues.letters import Wanted
from performance.queues.models import DeadTask
from performance.queues.names import known
from performance.queues.replays import PER_ROUND, Selection
from performance.views.refusals import refusals_shown

OPERATE = "performance.operate_queues"
SPANS = {"1h": timedelta(hours=1), "24h": timedelta(days=1), "7d": timedelta(days=7)}
SIZE = 50
_WHYS = dict(DeadTask.Why.choices)


@require_safe
@console()
def letters_page(request: HttpRequest) -> HttpResponse:
    queue = _queue(request.GET)
    found = letters.Page([], "")
    with refusals_shown(request):
        found = letters.page(queue, _wanted(request.GET), cursor=request.GET.get("cursor", ""), limit=SIZE)
    context = {
        "queue": queue,
        "queues": known(),
        "rows": [(each, shown(each.arguments)) for each in found.letters],
        "next": _next(request.GET, found.next_cursor),
        "asked": _asked(request.GET),
        "whys": _WHYS,
        "spans": SPANS,
        "may_operate": request.user.has_perm(OPERATE),
        "per_s": PER_ROUND,
    }
    return render_page(request, "performance/console/letters.html", context, title="Dead letters")


@require_POST
@console(OPERATE)
def retry(request: HttpRequest) -> HttpResponse:
    """Those that are ticked, or, by the other button, all that fit the filter which the form carries along."""
    queue, fits = _queue(request.POST), "fitting" in request.POST
    selection = (
        Selection(fitting=_wanted(request.POST), is_all=True)
        if fits
        else Selection(ids=request.POST.getlist("id")[: replays.MOST_AT_ONCE])
    )
    with refusals_shown(request):
        asked = replays.retry(queue, selection, by=actor_of(request), at=timezone.now())
        more = "; there are more, ask again" if asked.has_more else ""
        messages.success(request, f"{asked.tasks:,} tasks and {asked.jobs:,} jobs are to be done again{more}.")
    return redirect(f"{reverse('console-dead-letters')}?{_asked_again(request.POST, queue)}")


def _queue(told: QueryDict) -> str:
    """The one that is named, else the first with something to answer, else the first."""
    named = told.get("queue", "")
    if named in known():
        return named
    first = DeadTask.objects.unanswered().filter(queue__in=known()).values_list("queue", flat=True).first()
    return str(first or known()[0])


def _asked(told: QueryDict) -> Mapping[str, str]:
    names = ("source", "task", "error", "why", "over", "unanswered")
    return {name: storable(told.get(name, ""))[:200] for name in names}


def _wanted(told: QueryDict) -> Wanted:
    asked = _asked(told)
    over = SPANS.get(asked["over"])
    return Wanted(
        source=asked["source"] if asked["source"] in (letters.TASK, letters.JOB) else "",
        task=asked["task"].strip(),
        error=asked["error"].strip(),
        why=asked["why"] if asked["why"] in _WHYS else "",
        since=timezone.now() - over if over else None,
        is_unanswered=bool(asked["unanswered"]),
    )


def _next(told: QueryDict, cursor: str) -> str:
    if not cursor:
        return ""
    query = told.copy()
    query["cursor"] = cursor
    return f"?{query.urlencode()}"


def _asked_again(told: QueryDict, queue: str) -> str:
    query = QueryDict(mutable=True)
    query["queue"] = queue
    query.update({name: value for name, value in _asked(told).items() if value})
    return query.urlencode()


addresses = [
    path("", letters_page, name="console-dead-letters"),
    path("retry", retry, name="console-dead-letters-retry"),
]
