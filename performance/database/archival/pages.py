"""Archival in the console: what each policy would do now and what it buys, what runs do and did, and legal holds."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from performance.api.errors import DomainError
from performance.audit.services import actor_of, audited
from performance.console.page import READ, console, render_page
from performance.database.archival import holds, policies, runs
from performance.database.archival.dry_run import DryRun, dry_run
from performance.database.archival.eligibility import subjects
from performance.database.archival.models import Action, ArchivalHold, ArchivalPolicy, ArchivalRun
from performance.database.archival.registry import targets
from performance.database.archival.runs import Wish
from performance.database.archival.shown import next_firing
from performance.views.permission import member

ARCHIVE, HOLD, LIFT = (
    "performance.archive",
    "performance.add_archivalhold",
    "performance.change_archivalhold",
)
MOST_RUNS = 30
# A bar that is full: beyond a year it doesn't matter.
FULL_BAR_DAYS = 365


@require_safe
@console(READ)
def archival_page(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    edited = ArchivalPolicy.objects.filter(name=request.GET.get("edit", "")).first()
    context = {
        "policies": _policies(at=at),
        "runs": _runs(),
        "holds": ArchivalHold.objects.in_force().select_related("placed_by"),
        "targets": [(each, list(subjects(each))) for each in targets()],
        "actions": Action.values,
        "edited": edited,
        **_rights(request),
    }
    return render_page(request, "performance/console/archival.html", context, title="Archival")


@require_safe
@console(READ)
def figures(request: HttpRequest, policy_id: int) -> HttpResponse:
    """A policy's dry run, by itself: it may take seconds, which the page doesn't wait for."""
    policy = _policy(policy_id)
    context: dict[str, Any] = {"policy": policy}
    try:
        found = dry_run(Wish.of(policy), at=timezone.now())
        context |= {"run": found, "bar": _bar(found)}
    except DomainError as error:
        context["refusal"] = str(error)
    if "whole" in request.GET:
        return render_page(request, "performance/console/archival_figures.html", context, title=policy.name)
    return render(request, "performance/console/_archival_figures.html", context)


@require_safe
@console(READ)
def runs_fragment(request: HttpRequest) -> HttpResponse:
    return render(request, "performance/console/_archival_runs.html", {"runs": _runs(), **_rights(request)})


@require_POST
@console(ARCHIVE)
def save(request: HttpRequest) -> HttpResponse:
    found = ArchivalPolicy.objects.filter(pk=request.POST.get("id") or 0).first()

    def saved() -> None:
        policies.save(_terms(request.POST), policy=found, by=actor_of(request), at=timezone.now())

    return _acted(request, saved, said="The policy is saved.")


@require_POST
@console(ARCHIVE)
def delete(request: HttpRequest, policy_id: int) -> HttpResponse:
    policy = _policy(policy_id)
    return _acted(request, lambda: policies.delete(policy, by=actor_of(request)), said=f"{policy.name} is deleted.")


@require_POST
@console(ARCHIVE)
def run(request: HttpRequest, policy_id: int) -> HttpResponse:
    policy = _policy(policy_id)

    def start() -> None:
        by = actor_of(request)
        with audited("archival.run", subject=policy.name, by=by):
            policies.start(policy, by=by, at=timezone.now(), confirm=request.POST.get("confirm", ""))

    return _acted(request, start, said=f"{policy.name} begins.")


@require_POST
@console(ARCHIVE)
def restore(request: HttpRequest, run_id: int) -> HttpResponse:
    def start() -> None:
        with audited("archival.restore", subject=f"run {run_id}", by=actor_of(request)):
            runs.restore(run_id, at=timezone.now(), owner=member(request))

    return _acted(request, start, said="The rows are on their way back.")


@require_POST
@console(ARCHIVE)
def cancel(request: HttpRequest, run_id: int) -> HttpResponse:
    def end() -> None:
        with audited("archival.cancel", subject=f"run {run_id}", by=actor_of(request)):
            runs.cancel(run_id, at=timezone.now())

    return _acted(request, end, said="It ends; what is done stays done.")


@require_POST
@console(HOLD)
def hold(request: HttpRequest) -> HttpResponse:
    told = {name: request.POST.get(name, "")[:200] for name in ("target", "subject_kind", "subject_id", "condition")}
    wish, reason = holds.Wish(**told), request.POST.get("reason", "")[:500]
    return _acted(request, lambda: holds.place(wish, reason=reason, by=actor_of(request)), said="They are on hold.")


@require_POST
@console(LIFT)
def lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    def end() -> None:
        reason = request.POST.get("reason", "")[:500]
        holds.lift(hold_id, reason=reason, by=actor_of(request), at=timezone.now())

    return _acted(request, end, said="It is lifted.")


def _acted(request: HttpRequest, act: Callable[[], object], *, said: str) -> HttpResponse:
    """Done and told, or refused and told why."""
    try:
        act()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("console-archival")


def _policies(*, at: datetime) -> list[tuple[ArchivalPolicy, datetime | None, ArchivalRun | None]]:
    """Each, when it is due, and its last run. Two statements."""
    last = {each.policy_id: each for each in ArchivalRun.objects.newest_of_policies()}
    rows = ArchivalPolicy.objects.order_by("name")
    return [(each, next_firing(each, at=at), last.get(each.pk)) for each in rows]


def _runs() -> list[ArchivalRun]:
    return list(ArchivalRun.objects.for_history()[:MOST_RUNS])


def _bar(found: DryRun) -> int:
    """How long a policy's bar is, in percent."""
    return round(100 * min(1.0, (found.gained.days or 0.0) / FULL_BAR_DAYS))


def _policy(policy_id: int) -> ArchivalPolicy:
    found: ArchivalPolicy | None = ArchivalPolicy.objects.filter(pk=policy_id).first()
    if found is None:
        raise Http404
    return found


def _terms(told: QueryDict) -> policies.Terms:
    days = told.get("older_than_days", "")
    wish = Wish(
        target=told.get("target", "")[:60],
        action=told.get("action", ""),
        # What is no number is refused as what is too young.
        older_than_days=int(days) if days.isascii() and days.isdigit() and len(days) < 9 else 0,
        condition=told.get("condition", "").rpartition(":")[2][:60],
    )
    return policies.Terms(
        name=told.get("name", ""),
        wish=wish,
        cron=" ".join(told.get("cron", "").split())[:100],
        time_zone=told.get("time_zone", "").strip()[:60],
        is_enabled=bool(told.get("is_enabled")),
        confirm=told.get("confirm", ""),
    )


def _rights(request: HttpRequest) -> dict[str, bool]:
    may = request.user.has_perm
    return {"may_archive": may(ARCHIVE), "may_hold": may(HOLD), "may_lift": may(LIFT)}


addresses = [
    path("", archival_page, name="console-archival"),
    path("runs", runs_fragment, name="console-archival-runs"),
    path("runs/<int:run_id>/restore", restore, name="console-archival-restore"),
    path("runs/<int:run_id>/cancel", cancel, name="console-archival-cancel"),
    path("policies", save, name="console-archival-save"),
    path("policies/<int:policy_id>/figures", figures, name="console-archival-figures"),
    path("policies/<int:policy_id>/run", run, name="console-archival-run"),
    path("policies/<int:policy_id>/delete", delete, name="console-archival-delete"),
    path("holds", hold, name="console-archival-hold"),
    path("holds/<int:hold_id>/lift", lift, name="console-archival-lift"),
]
