"""Policies: made, changed, deleted, and started when their time has come."""

import logging
import re
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from performance.api.errors import DomainError
from performance.audit.services import COMMAND, Actor, audited
from performance.database.archival import runs
from performance.database.archival.errors import AlreadyRunning, BadName, PolicyInUse, UnknownPolicy
from performance.database.archival.models import ArchivalPolicy, ArchivalRun
from performance.database.archival.runs import Wish
from performance.database.archival.schedule import Schedule, schedule_of

logger = logging.getLogger(__name__)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A policy as somebody wants it. `confirm` repeats the name of one that deletes."""

    name: str
    wish: Wish
    cron: str = ""
    time_zone: str = ""
    is_enabled: bool = True
    confirm: str = ""


def policy_named(name: str) -> ArchivalPolicy:
    """Raises UnknownPolicy."""
    found: ArchivalPolicy | None = ArchivalPolicy.objects.filter(name=name).first()
    if found is None:
        raise UnknownPolicy(f"There is no archival policy {name!r}.")
    return found


def schedule(policy: ArchivalPolicy) -> Schedule | None:
    """None of one that is only run when asked. Raises BadSchedule."""
    return schedule_of(policy.cron, zone=policy.time_zone or settings.TIME_ZONE) if policy.cron else None


def save(terms: Terms, *, policy: ArchivalPolicy | None, by: Actor, at: datetime) -> ArchivalPolicy:
    """Make a policy, or change one. What its schedule had due before is forgotten: changing it starts nothing at once.

    Raises as `runs.check` and `check_confirmed` do, BadName, BadSchedule, PolicyInUse.
    """
    name = "archival.change_policy" if policy else "archival.add_policy"
    with audited(name, subject=terms.name, by=by, details=_told(terms)):
        _check_name(terms.name)
        runs.check(terms.wish)
        runs.check_confirmed(terms.wish, name=terms.name, confirm=terms.confirm)
        row = policy or ArchivalPolicy(owner=by.user)
        row.name, row.cron, row.time_zone, row.is_enabled = terms.name, terms.cron, terms.time_zone, terms.is_enabled
        row.target, row.action = terms.wish.target, terms.wish.action
        row.older_than_days, row.condition = terms.wish.older_than_days, terms.wish.condition
        row.due_from = at
        schedule(row)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise PolicyInUse(f"There is a policy {terms.name!r} already.") from error
    return row


def delete(policy: ArchivalPolicy, *, by: Actor) -> None:
    """Its runs and what they keep stay."""
    with audited("archival.delete_policy", subject=policy.name, by=by):
        policy.delete()


def start(policy: ArchivalPolicy, *, by: Actor, at: datetime, confirm: str = "") -> ArchivalRun:
    """Run it now. Belongs in an audited transaction. Raises as `runs.start` does, and NotConfirmed."""
    wish = Wish.of(policy)
    runs.check_confirmed(wish, name=policy.name, confirm=confirm)
    return runs.start(wish, at=at, owner=by.user, policy=policy)


def start_due(*, at: datetime) -> dict[str, str]:
    """Start each policy whose schedule has fired since it was last looked at: once, however often that was.

    One whose target is busy stays due. What became of each, by name.
    """
    return {policy.name: told for policy in ArchivalPolicy.objects.scheduled() if (told := _start_due(policy, at=at))}


def _start_due(policy: ArchivalPolicy, *, at: datetime) -> str:
    try:
        found = schedule(policy)
        firing = found.after(policy.due_from) if found else None
        if firing is None or firing > at or ArchivalRun.objects.active().filter(target=policy.target).exists():
            return ""
        with audited("archival.run", subject=policy.name, by=COMMAND, details={"due_at": firing.isoformat()}):
            if not ArchivalPolicy.objects.filter(pk=policy.pk, due_from=policy.due_from).update(due_from=at):
                raise AlreadyRunning(f"Another process has started {policy.name}, or somebody has changed it.")
            run = runs.start(Wish.of(policy), at=at, owner=policy.owner, policy=policy, is_scheduled=True)
    except AlreadyRunning as error:
        return str(error)
    except DomainError as error:
        # What the registry no longer knows would be refused every minute: the next firing is soon enough.
        ArchivalPolicy.objects.filter(pk=policy.pk, due_from=policy.due_from).update(due_from=at)
        logger.warning("the archival policy %s wasn't started: %s", policy.name, error)
        return str(error)
    return f"run {run.pk}"


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise BadName(f"A policy's name is of small letters, digits and hyphens, at most 60, not {name!r}.")


def _told(terms: Terms) -> dict[str, object]:
    wish = terms.wish
    return {
        "target": wish.target,
        "action": wish.action,
        "older_than_days": wish.older_than_days,
        "condition": wish.condition,
        "cron": terms.cron,
        "time_zone": terms.time_zone,
        "is_enabled": terms.is_enabled,
    }
