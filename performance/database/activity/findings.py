"""Who holds others up, and what is about to run out."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.urls import reverse

from performance.console.shapes import Finding, Severity
from performance.database.activity import pools, sessions
from performance.database.activity.health import FULL
from performance.database.activity.sessions import Session
from performance.database.activity.trees import PREPARED_PID, Blocker, trees

BLOCKED_S = 30.0
IDLE_S, LONG_S = 60.0, 600.0
HELD_BYTES = 1 << 30


def findings(*, at: datetime) -> list[Finding]:
    """`at` is the console's; ages are by the server's clock."""
    seen = sessions.sessions()
    rules: list[Callable[[], Iterator[Finding]]] = [
        lambda: _blocking(trees(seen)),
        lambda: _long(seen),
        _full,
        _prepared,
        _slots,
    ]
    return [each for rule in rules for each in rule()]


def _finding(key: str, severity: Severity, title: str, *, says: str, action: str) -> Finding:
    return Finding(
        area="activity",
        key=f"activity.{key}",
        severity=severity,
        title=title,
        says=says,
        action=action,
        url=reverse("console-activity"),
    )


def _blocking(found: list[Blocker]) -> Iterator[Finding]:
    for each in found:
        if each.longest_s < BLOCKED_S:
            continue
        who = "A prepared transaction" if each.pid == PREPARED_PID else f"Session {each.pid}"
        doing = each.session.statement[:120] if each.session else ""
        says = (
            f"The first has been waiting for {each.longest_s:,.0f} s. {f'It is at: {doing}' if doing else ''}".rstrip()
        )
        action = "End it on the page of activity, if nobody needs it."
        title = f"{who} holds up {each.blocked} other{'s' if each.blocked > 1 else ''}"
        yield _finding(f"blocked:{each.pid}", Severity.CRITICAL, title, says=says, action=action)


def _long(seen: list[Session]) -> Iterator[Finding]:
    for each in seen:
        age = each.transaction_s or 0.0
        if each.is_idle_in_transaction and (each.state_s or 0.0) > IDLE_S:
            title = f"Session {each.pid} ({each.application}) has a transaction open and does nothing"
            says = f"For {each.state_s:,.0f} s. Its locks stay, and no vacuum removes what has died since."
            action = "End it; idle_in_transaction_session_timeout does that by itself."
            yield _finding(f"idle:{each.pid}", Severity.WARNING, title, says=says, action=action)
        elif each.is_client and not each.is_idle_in_transaction and age > LONG_S:
            title = f"Session {each.pid} ({each.application}) has had a transaction open for {age / 60:,.0f} min"
            says = f"No vacuum removes what has died since. It is at: {each.statement[:120]}"
            yield _finding(f"long:{each.pid}", Severity.WARNING, title, says=says, action="Cancel it, or wait for it.")


def _full() -> Iterator[Finding]:
    for each in pools.published() or []:
        if each.waiting or each.utilisation > FULL:
            title = f"The pool of process {each.pid} is full: {each.waiting} wait"
            says = f"It uses {each.utilisation:.0%} of its {each.max_size} connections."
            action = "Look for what holds connections long (slow statements, locks); then raise DATABASE_POOL_SIZE."
            severity = Severity.CRITICAL if each.waiting >= each.max_size else Severity.WARNING
            yield _finding(f"pool:{each.host}:{each.pid}", severity, title, says=says, action=action)
    found = sessions.connections()
    if found.share > FULL:
        title = f"{found.share:.0%} of the server's connections are used"
        says = f"{found.used} of {found.most}, {found.reserved} of them reserved."
        action = "Lower DATABASE_POOL_SIZE or the number of workers, or raise max_connections (restart)."
        yield _finding("connections", Severity.CRITICAL, title, says=says, action=action)


def _prepared() -> Iterator[Finding]:
    for each in sessions.prepared():
        if each.age_s > LONG_S:
            title = f"The prepared transaction {each.gid!r} was never ended"
            says = f"For {each.age_s / 60:,.0f} min it has held its locks, and holds them through restarts."
            action = f"COMMIT PREPARED or ROLLBACK PREPARED, as {each.role}."
            yield _finding(f"prepared:{each.gid}", Severity.WARNING, title, says=says, action=action)


def _slots() -> Iterator[Finding]:
    for each in sessions.slots():
        if not each.is_active and (each.held_bytes or 0) > HELD_BYTES:
            title = f"The replication slot {each.name} keeps {(each.held_bytes or 0) / 2**30:,.1f} GB of the log"
            says = "Nobody reads from it; the disk fills up."
            action = f"Bring its reader back, or SELECT pg_drop_replication_slot('{each.name}')."
            yield _finding(f"slot:{each.name}", Severity.WARNING, title, says=says, action=action)
