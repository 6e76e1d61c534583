"""Legal holds: placed and lifted with a reason, by name, and written down."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from performance.audit.services import Actor, audited
from performance.database.archival.eligibility import subjects
from performance.database.archival.errors import AlreadyHeld, BadHold, HoldLifted, UnknownHold
from performance.database.archival.models import ArchivalHold
from performance.database.archival.registry import target_named
from performance.database.text import storable

# Chunks share it, whoever places a hold has it alone: a hold that stands is heeded by every chunk that is not done.
_LOCK = "hashtext('performance.database.archival.holds')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Rows of a target: those of a subject, of a condition, or (neither) all."""

    target: str
    subject_kind: str = ""
    subject_id: str = ""
    condition: str = ""


def wait_for_holds(cursor: CursorWrapper) -> None:
    """In a chunk's transaction, before it looks: no hold is placed until it ends."""
    cursor.execute(f"SELECT pg_advisory_xact_lock_shared({_LOCK})")


def place(wish: Wish, *, reason: str, by: Actor) -> ArchivalHold:
    """Have nobody touch these rows from now on: what a chunk has in hand is done first.

    Raises UnknownTarget, UnknownCondition, BadHold, AlreadyHeld.
    """
    with audited("archival.hold", subject=_named(wish), by=by, details={"reason": reason}):
        _check(wish, reason=reason)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
        try:
            with transaction.atomic():
                made: ArchivalHold = ArchivalHold.objects.create(
                    target=wish.target,
                    subject_kind=wish.subject_kind,
                    subject_id=wish.subject_id,
                    condition=wish.condition,
                    reason=reason.strip(),
                    placed_by=by.user,
                )
        except IntegrityError as error:
            raise AlreadyHeld(f"{_named(wish)} is on hold already.") from error
    return made


def lift(hold_id: int, *, reason: str, by: Actor, at: datetime) -> ArchivalHold:
    """Let policies have the rows again. Raises UnknownHold, HoldLifted, BadHold."""
    with audited("archival.lift", subject=f"hold {hold_id}", by=by, details={"reason": reason}) as action:
        hold: ArchivalHold | None = ArchivalHold.objects.select_for_update(of=("self",)).filter(pk=hold_id).first()
        if hold is None:
            raise UnknownHold
        action.details["hold"] = str(hold)
        if hold.lifted_at is not None:
            raise HoldLifted
        _check_reason(reason)
        hold.lifted_at, hold.lifted_by, hold.lift_reason = max(at, hold.placed_at), by.user, reason.strip()
        hold.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    return hold


def _check(wish: Wish, *, reason: str) -> None:
    target = target_named(wish.target)
    target.condition(wish.condition)
    _check_reason(reason)
    if bool(wish.subject_kind) != bool(wish.subject_id) or (wish.subject_kind and wish.condition):
        raise BadHold("Name a subject by its kind and its id, or a condition, or neither for all rows; not both.")
    if wish.subject_id != storable(wish.subject_id):
        raise BadHold("A subject's id holds a character that no row of PostgreSQL does.")
    known = subjects(target)
    if wish.subject_kind and wish.subject_kind not in known:
        raise BadHold(f"{target.name} has no subject {wish.subject_kind!r}; it has: {', '.join(known)}.")


def _check_reason(reason: str) -> None:
    if not reason.strip() or reason != storable(reason):
        raise BadHold("A hold is placed, and lifted, with a reason.")


def _named(wish: Wish) -> str:
    which = f"{wish.subject_kind} {wish.subject_id}".strip() or wish.condition or "all rows"
    return f"{wish.target}: {which}"
