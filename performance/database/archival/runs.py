"""Runs: started, cancelled and ended. Light to import: a listener of every process is here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.db.models.functions import Now

from performance.access.models import User
from performance.database.archival.errors import (
    AlreadyRunning,
    BadAction,
    BadAge,
    NotConfirmed,
    NothingToRestore,
    NotRunning,
    PolicyDisabled,
    UnknownRun,
)
from performance.database.archival.models import MOST_DAYS, Action, ArchivalPolicy, ArchivalRun
from performance.database.archival.registry import target_named
from performance.jobs.control import cancel as cancel_batch
from performance.jobs.models import Batch, Priority
from performance.jobs.submission import BatchOptions, Subject, submit_batch

KIND, QUEUE = "archival.run", "maintenance"
State, Work = ArchivalRun.State, ArchivalRun.Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be done with which rows."""

    target: str
    action: str
    older_than_days: int
    condition: str = ""

    @classmethod
    def of(cls, policy: ArchivalPolicy) -> "Wish":
        return cls(
            target=policy.target,
            action=policy.action,
            older_than_days=policy.older_than_days,
            condition=policy.condition,
        )


def check(wish: Wish) -> None:
    """Raises UnknownTarget, UnknownCondition, BadAction, BadAge."""
    target = target_named(wish.target)
    target.condition(wish.condition)
    if wish.action not in Action.values:
        raise BadAction(f"There is no action {wish.action!r}: rows are moved, copied or deleted.")
    if not target.least_days <= wish.older_than_days <= MOST_DAYS:
        raise BadAge(
            f"Rows of {target.name} must be older than {target.least_days:,} to {MOST_DAYS:,} days, "
            f"not {wish.older_than_days:,}."
        )


def check_confirmed(wish: Wish, *, name: str, confirm: str) -> None:
    """Deleting asks for the name typed out. Raises NotConfirmed."""
    if wish.action == Action.DELETE and confirm != name:
        raise NotConfirmed(f"Deleted rows can't be restored: repeat the name {name!r} as confirm.")


@transaction.atomic
def start(
    wish: Wish, *, at: datetime, owner: User | None, policy: ArchivalPolicy | None = None, is_scheduled: bool = False
) -> ArchivalRun:
    """A run and its job, which begins on commit. Belongs in an audited transaction.

    Raises as `check` does, PolicyDisabled, and AlreadyRunning where the target has a run that hasn't ended.
    """
    check(wish)
    if policy is not None and not policy.is_enabled:
        raise PolicyDisabled(f"The policy {policy.name} is disabled; enable it first.")
    run = ArchivalRun(
        policy=policy,
        policy_name=policy.name if policy else "",
        work=wish.action,
        target=wish.target,
        condition=wish.condition,
        older_than_days=wish.older_than_days,
        cutoff=at - timedelta(days=wish.older_than_days),
        is_scheduled=is_scheduled,
        owner=owner,
    )
    if policy is not None and wish.action == Action.COPY:
        last = ArchivalRun.objects.last_copy(policy.pk, target=wish.target, condition=wish.condition).first()
        run.since, run.looked_at = (last.cutoff, last.created_at) if last else (None, None)
    return _submitted(run)


@transaction.atomic
def restore(run_id: int, *, at: datetime, owner: User | None) -> ArchivalRun:
    """Have put back what a run moved away. Belongs in an audited transaction. Raises UnknownRun, NothingToRestore,
    AlreadyRunning.
    """
    found = ArchivalRun.objects.filter(pk=run_id).first()
    if found is None:
        raise UnknownRun
    if found.is_active:
        raise AlreadyRunning(f"Run {run_id} hasn't ended yet; cancel it or wait for its end.")
    own = found.segments.filter(restored_by=None, place=0).aggregate(rows=Sum("rows"))["rows"]
    if not own:
        raise NothingToRestore(f"Run {run_id} ({found.work}) keeps no rows that aren't restored already.")
    return _submitted(
        ArchivalRun(
            work=Work.RESTORE,
            restores=found,
            policy_name=found.policy_name,
            target=found.target,
            condition=found.condition,
            older_than_days=found.older_than_days,
            cutoff=at,
            expected_rows=own,
            owner=owner,
        )
    )


@transaction.atomic
def cancel(run_id: int, *, at: datetime) -> ArchivalRun:
    """End a run after the chunk that it is at; what is done stays done. Raises UnknownRun, NotRunning."""
    run: ArchivalRun | None = ArchivalRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
    if run is None:
        raise UnknownRun
    if not run.is_active:
        raise NotRunning(f"Run {run_id} has ended already: it {run.get_state_display().lower()}.")
    run.state, run.finished_at = State.CANCELLED, at
    run.save(update_fields=["state", "finished_at"])
    if run.batch_id is not None and run.batch and run.batch.state in (Batch.State.RUNNING, Batch.State.PAUSED):
        cancel_batch(run.batch_id)
    return run


def fail(run_id: int, *, reason: str) -> None:
    """Its job gave up. What is done stays done, and the next run goes on behind it."""
    ArchivalRun.objects.active().filter(pk=run_id).update(
        state=State.FAILED, finished_at=Now(), error=reason[:500] or "Its job gave up."
    )


def settle_cancelled(batch_id: int) -> None:
    """A listener of its batch's end, which somebody cancelled among the batches."""
    ArchivalRun.objects.active().filter(batch=batch_id).update(state=State.CANCELLED, finished_at=Now())


def _submitted(run: ArchivalRun) -> ArchivalRun:
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError as error:
        if "archivalrun_one_active_a_target" not in str(error):
            raise
        raise AlreadyRunning(f"Another run is at work on {run.target}; wait for its end, or cancel it.") from error
    options = BatchOptions(owner=run.owner, title=f"Archival: {run}", concurrency=1, priority=Priority.LOW)
    run.batch = submit_batch(kind=KIND, subjects=[Subject(run.pk)], options=options).batch
    run.save(update_fields=["batch"])
    run.refresh_from_db()
    return run
