"""Writing the audit log: `with audited(…):` around whatever a person or a schedule does to the installation."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from performance.access.models import User
from performance.api.errors import DomainError
from performance.api.request_ids import current_request_id
from performance.audit.models import REASON_LENGTH, SUBJECT_LENGTH, AuditEntry
from performance.database.text import storable, storable_json
from performance.database.undoing import is_around, write_anyway

REFUSALS = (DomainError, APIException, PermissionDenied)
_Outcome = AuditEntry.Outcome


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and by what."""

    via: AuditEntry.Via
    user: User | None = None


COMMAND = Actor(AuditEntry.Via.COMMAND)


@dataclass(slots=True)
class Action:
    """What is being done; `details` may be added to until it is."""

    name: str
    subject: str
    by: Actor
    details: dict[str, Any] = field(default_factory=dict)


def actor_of(request: HttpRequest | Request) -> Actor:
    """Whoever is signed in: by the API where DRF answers, else on a page."""
    via = AuditEntry.Via.API if isinstance(request, Request) else AuditEntry.Via.PAGE
    return Actor(via, request.user if isinstance(request.user, User) else None)


@contextmanager
def audited(name: str, *, subject: str, by: Actor, details: Mapping[str, Any] | None = None) -> Iterator[Action]:
    """The action inside and its entry are one transaction. What it refuses (`REFUSALS`) is undone and raised, and that
    it was refused is kept: so no other transaction may be around it but `one_transaction`, which knows of that.
    """
    action = Action(name, subject, by, dict(details or {}))
    try:
        with transaction.atomic(durable=not is_around()):
            yield action
            _write(action, _Outcome.DONE)
    except REFUSALS as error:
        write_anyway(partial(_write, action, _Outcome.REFUSED, reason=_told(error)))
        raise


@contextmanager
def audited_effect(name: str, *, subject: str, by: Actor, details: Mapping[str, Any] | None = None) -> Iterator[Action]:
    """For what is done outside of the database: the entry stands before it begins, and says at last how it ended."""
    action = Action(name, subject, by, dict(details or {}))
    entry = _write(action, _Outcome.BEGUN)
    try:
        yield action
    except REFUSALS as error:
        _end(entry, action, _Outcome.REFUSED, reason=_told(error))
        raise
    _end(entry, action, _Outcome.DONE)


def note(name: str, *, subject: str, by: Actor, details: Mapping[str, Any] | None = None) -> None:
    """For what was checked already and is done in a transaction that is another's, such as the admin's."""
    _write(Action(name, subject, by, dict(details or {})), _Outcome.DONE)


def _write(action: Action, outcome: AuditEntry.Outcome, *, reason: str = "") -> AuditEntry:
    user = action.by.user
    return AuditEntry.objects.create(
        actor=user,
        actor_name=user.get_username() if user else "",
        via=action.by.via,
        action=action.name,
        subject=storable(action.subject)[:SUBJECT_LENGTH],
        outcome=outcome,
        reason=storable(reason)[:REASON_LENGTH],
        details=storable_json(action.details),
        request_id=current_request_id(),
    )


def _end(entry: AuditEntry, action: Action, outcome: AuditEntry.Outcome, *, reason: str = "") -> None:
    entry.outcome, entry.reason = outcome, storable(reason)[:REASON_LENGTH]
    entry.details = storable_json(action.details)
    entry.save(update_fields=["outcome", "reason", "details"])


def _told(error: BaseException) -> str:
    """Never nothing: a refusal without words has its class's name."""
    text = _flat(error.detail) if isinstance(error, APIException) else str(error)
    return text or type(error).__name__


def _flat(detail: Any) -> str:
    if isinstance(detail, Mapping):
        return "; ".join(f"{name}: {_flat(each)}" for name, each in detail.items())
    return " ".join(map(_flat, detail)) if isinstance(detail, list | tuple) else str(detail)
