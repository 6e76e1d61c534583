"""The page of pools, sessions and locks; what a session does can be stopped from it."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from performance.api.errors import DomainError
from performance.audit.services import actor_of
from performance.console.page import console, render_page
from performance.database.activity import pools, sessions
from performance.database.activity.findings import BLOCKED_S
from performance.database.activity.health import health, utilisation
from performance.database.activity.services import How, stop
from performance.database.activity.trees import PREPARED_PID, trees
from performance.database.activity.views import MOST_SESSIONS, applications

STOP = "performance.cancel_backend"
LONG_S = 60.0
_SAID = {How.CANCEL: "Its statement was told to stop.", How.END: "It was told to end; its transaction is undone."}


@require_safe
@console()
def activity_page(request: HttpRequest) -> HttpResponse:
    return render_page(request, "performance/console/activity.html", _context(request), title="Activity")


@require_safe
@console()
def activity_fragment(request: HttpRequest) -> HttpResponse:
    return render(request, "performance/console/_activity.html", _context(request))


@require_safe
@console(STOP)
def session_page(request: HttpRequest, pid: int) -> HttpResponse:
    """What would be stopped, and the buttons that do it."""
    found = next((each for each in sessions.sessions() if each.pid == pid and each.is_client), None)
    if found is None or found.started_at is None:
        messages.error(request, f"Session {pid} has ended, or isn't one that can be stopped from here.")
        return redirect("console-activity")
    held = next((each for each in trees(sessions.sessions()) if each.pid == pid), None)
    context = {"session": found, "started_at": found.started_at.isoformat(), "blocked": held.blocked if held else 0}
    return render_page(request, "performance/console/session.html", context, title=f"Session {pid}")


@require_POST
@console(STOP)
def stop_session(request: HttpRequest, pid: int) -> HttpResponse:
    how, started_at = request.POST.get("how", ""), _time(request.POST.get("started_at", ""))
    if how not in list(How) or started_at is None:
        messages.error(request, "Say what to stop: open the session's page again.")
        return redirect("console-activity")
    try:
        stop(pid, started_at, how=How(how), by=actor_of(request))
    except DomainError as error:
        messages.error(request, f"Session {pid}: {error}")
    else:
        messages.success(request, f"Session {pid}: {_SAID[How(how)]}")
    return redirect("console-activity")


def _context(request: HttpRequest) -> dict[str, object]:
    found, known, server = pools.published(), sessions.sessions(), sessions.connections()
    roots = trees(known)
    return {
        "held": [each for each in roots if each.longest_s >= BLOCKED_S],
        "health": health(found, server),
        "pools": found,
        "utilisation": utilisation(found or []),
        "waiting": sum(each.waiting for each in found or []),
        "connections": server,
        "applications": applications(known),
        "blocking": [line for root in roots for line in root.walk()],
        "prepared_pid": PREPARED_PID,
        "sessions": known[:MOST_SESSIONS],
        "session_count": len(known),
        "idle_in_transaction": sum(each.is_idle_in_transaction for each in known),
        "long": sum((each.transaction_s or 0.0) > LONG_S for each in known),
        "prepared": sessions.prepared(),
        "slots": sessions.slots(),
        "may_stop": request.user.has_perm(STOP),
    }


def _time(text: str) -> datetime | None:
    """None of anything but a time with its zone."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and found.tzinfo else None


addresses = [
    path("", activity_page, name="console-activity"),
    path("now", activity_fragment, name="console-activity-now"),
    path("<int:pid>", session_page, name="console-session"),
    path("<int:pid>/stop", stop_session, name="console-session-stop"),
]
