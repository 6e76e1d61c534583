"""Queues at a glance, and one queue: what waits and runs there, and what may be done about it."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from performance.audit.models import AuditEntry
from performance.audit.services import actor_of
from performance.console.charts import Chart, Line
from performance.console.page import console, render_page
from performance.console.shapes import Severity
from performance.database.text import storable
from performance.metrics.stepped import stepped
from performance.queues import purging, states
from performance.queues.durable import MOST_BATCHES
from performance.queues.errors import BadPause
from performance.queues.figures import Picture, picture
from performance.queues.findings import of
from performance.queues.names import known
from performance.queues.states import LONGEST_PAUSE
from performance.views.refusals import refusals_shown

OPERATE, PURGE = "performance.operate_queues", "performance.purge_queues"
MINUTES, CHARTED = 60, timedelta(hours=3)
LATELY = 8


@require_safe
@console()
def queues_page(request: HttpRequest) -> HttpResponse:
    return render_page(request, "performance/console/queues.html", _all(), title="Queues")


@require_safe
@console()
def queues_fragment(request: HttpRequest) -> HttpResponse:
    return render(request, "performance/console/_queues.html", _all())


@require_safe
@console()
def queue_page(request: HttpRequest, queue: str) -> HttpResponse:
    context = {
        **_one(queue),
        "chart": _chart(queue, at=timezone.now()),
        "entries": AuditEntry.objects.filter(subject=queue, action__startswith="queue.").order_by("-at")[:LATELY],
        "may_operate": request.user.has_perm(OPERATE),
        "may_purge": request.user.has_perm(PURGE),
    }
    return render_page(request, "performance/console/queue.html", context, title=f"Queue {queue}")


@require_safe
@console()
def queue_fragment(request: HttpRequest, queue: str) -> HttpResponse:
    return render(request, "performance/console/_queue.html", _one(queue))


@require_POST
@console(OPERATE)
def pause(request: HttpRequest, queue: str) -> HttpResponse:
    at = timezone.now()
    reason = storable(request.POST.get("reason", ""))[:300]
    drains = "drain" in request.POST

    def do() -> None:
        until = _until(request.POST.get("hours", "").strip(), at=at)
        states.pause(queue, by=actor_of(request), reason=reason, until=until, is_draining=drains, at=at)

    return _done(request, queue, do, said=f"{queue} {'is being drained' if drains else 'is paused'}.")


@require_POST
@console(OPERATE)
def resume(request: HttpRequest, queue: str) -> HttpResponse:
    return _done(request, queue, lambda: states.resume(queue, by=actor_of(request)), said=f"{queue} works again.")


@require_POST
@console(PURGE)
def purge(request: HttpRequest, queue: str) -> HttpResponse:
    typed = request.POST.get("confirmation", "")

    def do() -> str:
        gone = purging.purge(queue, confirmation=typed, by=actor_of(request), at=timezone.now())
        return f"{gone.messages:,} messages of {queue} were taken off it; they are among its dead letters."

    return _done(request, queue, do)


def _until(hours: str, *, at: datetime) -> datetime | None:
    """None of no hours: until somebody resumes it. Raises BadPause."""
    if not hours:
        return None
    try:
        lasts = timedelta(hours=float(hours.replace(",", ".")))
    except (ValueError, OverflowError):
        lasts = timedelta(0)
    if not timedelta(0) < lasts <= LONGEST_PAUSE:
        raise BadPause(f"{hours[:20]!r} is no number of hours up to a year, such as 2 or 0.5. Nothing was paused.")
    return at + lasts


def _done(request: HttpRequest, queue: str, do: Callable[[], object], *, said: str = "") -> HttpResponse:
    with refusals_shown(request):
        told = do()
        messages.success(request, said or str(told))
    return redirect("console-queue", queue=queue) if queue in known() else redirect("console-queues")


def _all() -> Mapping[str, Any]:
    seen = picture(at=timezone.now(), minutes=MINUTES)
    return {"seen": seen, "levels": _levels(seen), "totals": _totals(seen), "findings": of(seen)}


def _one(queue: str) -> Mapping[str, Any]:
    if queue not in known():
        raise Http404(f"There is no queue {queue!r}.")
    seen = picture(at=timezone.now(), minutes=MINUTES, queues=[queue])
    [found] = seen.queues
    return {
        "seen": seen,
        "queue": found,
        "findings": [each for each in of(seen) if f".{queue}." in each.key],
        "members": [each for each in seen.members if each.is_worker and queue in each.queues],
        "most_batches": MOST_BATCHES,
    }


def _levels(seen: Picture) -> Mapping[str, str]:
    """By queue, of the worst that was found of it."""
    found = of(seen)
    levels = {}
    for queue in seen.queues:
        grave = [each.severity for each in found if each.key.startswith(f"queues.{queue.queue}.")]
        levels[queue.queue] = "critical" if Severity.CRITICAL in grave else "poor" if grave else "good"
    return levels


def _totals(seen: Picture) -> Mapping[str, float]:
    totals: Counter[str] = Counter()
    for queue in seen.queues:
        totals["messages"] += queue.waiting or 0
        totals["ready"] += queue.ready
        totals["running"] += queue.running or 0
        totals["leased"] += queue.leased
        totals["dead"] += queue.dead + queue.dead_jobs
        totals["done"] += queue.done
        totals["failed"] += queue.failed
    return {**totals, "per_minute": totals["done"] / seen.minutes, "waiting": totals["messages"] + totals["ready"]}


def _chart(queue: str, *, at: datetime) -> Chart:
    """The means of each step; unacknowledged ones beside those that wait."""
    names = {"queue.depth": "waiting", "queue.unacked": "in workers"}
    lines, times = list[Line](), []
    for metric, label in names.items():
        found = stepped(metric, at=at, over=CHARTED, group=lambda labels: labels.get("queue"))
        times = list(found.times)
        n, total = found.n.get(queue, [0] * len(times)), found.total.get(queue, [0.0] * len(times))
        lines.append(Line(label=label, values=[b / a if a else None for a, b in zip(n, total, strict=True)]))
    return Chart(title="Waiting, and held by workers", unit="messages", times=times, lines=lines)


addresses = [
    path("", queues_page, name="console-queues"),
    path("rows", queues_fragment, name="console-queues-rows"),
    path("<str:queue>/", queue_page, name="console-queue"),
    path("<str:queue>/now", queue_fragment, name="console-queue-now"),
    path("<str:queue>/pause", pause, name="console-queue-pause"),
    path("<str:queue>/resume", resume, name="console-queue-resume"),
    path("<str:queue>/purge", purge, name="console-queue-purge"),
]
