"""Looking at the workload, and keeping what is advised and what was done about it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from performance.audit.services import Actor, audited
from performance.database.indexes import workload
from performance.database.indexes.advice import Advice, Kind
from performance.database.indexes.advising import Report, advise
from performance.database.indexes.asking import own_database
from performance.database.indexes.errors import AdviceNotFound, AdviceSettled, NoWorkload, WorkloadUnreadable
from performance.database.indexes.hygiene import OBSERVED
from performance.database.indexes.keys import normal
from performance.database.indexes.measured import Measured, measured
from performance.database.indexes.models import WHY_LENGTH, IndexAdvice, IndexReview
from performance.database.indexes.selection import Saving
from performance.database.indexes.shapes import Catalog, Key
from performance.database.text import storable

MOST_STATEMENTS, MOST_CHARACTERS = 5, 2_000
State = IndexAdvice.State


def refresh(*, at: datetime) -> IndexReview:
    """Look at the whole workload and keep what there is to say. Idempotent. An open recommendation that is no longer
    said is followed where its index is there (or gone), and else forgotten; what somebody settled stays.
    """
    try:
        with own_database() as ask:
            report = advise(ask, at=at)
    except (NoWorkload, WorkloadUnreadable) as refusal:
        return _keep_review(at=at, refusal=str(refusal))
    with transaction.atomic():
        _keep_advice(report, at=at)
        _settle_unsaid(report.catalog, at=at)
        return _keep_review(
            at=at,
            method=report.method,
            since=report.since,
            statements=report.statements,
            total_ms=report.total_ms,
            unread=report.unread,
            unread_ms=report.unread_ms,
        )


def apply(advice_id: int, *, by: Actor, at: datetime, why: str = "") -> IndexAdvice:
    """Somebody did what was advised: from now on its statements are measured against what they took until now. Raises
    AdviceNotFound and AdviceSettled.
    """
    return _settle(advice_id, State.APPLIED, by=by, at=at, why=why)


def dismiss(advice_id: int, *, by: Actor, at: datetime, why: str) -> IndexAdvice:
    """It is known, and nothing is to be done. Raises AdviceNotFound and AdviceSettled."""
    return _settle(advice_id, State.DISMISSED, by=by, at=at, why=why)


def reopen(advice_id: int, *, by: Actor) -> IndexAdvice:
    """Take back that it was settled. Raises AdviceNotFound and AdviceSettled."""
    with audited("indexes.reopen", subject=f"advice {advice_id}", by=by) as action:
        row = _locked(advice_id)
        if row.state == State.OPEN:
            raise AdviceSettled("It is open as it is.")
        action.subject = row.title
        row.state, row.state_at, row.state_by, row.state_by_name, row.why = State.OPEN, None, None, "", ""
        row.before = []
        row.save(update_fields=["state", "state_at", "state_by", "state_by_name", "why", "before"])
    return row


def changes(rows: Sequence[IndexAdvice]) -> Mapping[int, Measured]:
    """By id, what became of the statements of those that were applied. Nothing where nobody counts statements."""
    applied = [row for row in rows if row.state == State.APPLIED and row.before]
    if not applied:
        return {}
    now = _figures([id_ for row in applied for id_ in row.ids])
    return {row.pk: measured(row.before, now) for row in applied}


def _settle(advice_id: int, state: IndexAdvice.State, *, by: Actor, at: datetime, why: str) -> IndexAdvice:
    verb = "apply" if state == State.APPLIED else "dismiss"
    with audited(f"indexes.{verb}", subject=f"advice {advice_id}", by=by, details={"why": why}) as action:
        row = _locked(advice_id)
        action.subject = row.title
        action.details["fingerprint"] = row.fingerprint
        if row.state != State.OPEN:
            raise AdviceSettled(f"It was {row.state} already, at {row.state_at:%Y-%m-%d %H:%M}; reopen it first.")
        row.state, row.state_at, row.state_by, row.why = state, at, by.user, storable(why)[:WHY_LENGTH]
        row.state_by_name = by.user.get_username() if by.user else ""
        if state == State.APPLIED:
            row.before = _before(row, _figures(row.ids))
        row.save(update_fields=["state", "state_at", "state_by", "state_by_name", "why", "before"])
    return row


def _locked(advice_id: int) -> IndexAdvice:
    row = IndexAdvice.objects.select_for_update().filter(pk=advice_id).first()
    if row is None:
        raise AdviceNotFound
    return row


def _figures(ids: Sequence[int]) -> Mapping[int, tuple[int, float]]:
    if not ids:
        return {}
    try:
        with own_database() as ask:
            return workload.figures(ask, ids)
    except NoWorkload:
        return {}


def _before(row: IndexAdvice, now: Mapping[int, tuple[int, float]]) -> list[dict[str, Any]]:
    """As counted now; of what isn't any more, as last seen."""
    known = ((each, now.get(int(each["id"]), (each["calls"], each["total_ms"]))) for each in row.statements)
    return [{"id": each["id"], "calls": calls, "total_ms": total_ms} for each, (calls, total_ms) in known]


def _keep_review(**values: Any) -> IndexReview:
    return IndexReview.objects.update_or_create(pk=IndexReview.ONLY, defaults={"refusal": "", **values})[0]


def _keep_advice(report: Report, *, at: datetime) -> None:
    advice = {each.fingerprint: each for each in report.advice}
    # In one order, so that two looks at once wait for each other, and don't deadlock.
    rows = [IndexAdvice(**_fields(each, at=at)) for _, each in sorted(advice.items())]
    IndexAdvice.objects.bulk_create(rows, update_conflicts=True, unique_fields=["fingerprint"], update_fields=_SAID)


# What a later look may say otherwise.
_SAID = [
    *("title", "says", "action", "severity", "method", "gain_ms", "write_ms", "size_bytes", "statements", "indexes"),
    *("migration", "seen_at"),
]


def _fields(advice: Advice, *, at: datetime) -> dict[str, Any]:
    """An index may be younger than the counters that never saw it read: one is watched for a week first."""
    return {
        "fingerprint": advice.fingerprint,
        "kind": advice.kind,
        "table": str(advice.table),
        **{name: getattr(advice, name) for name in ("title", "says", "action", "severity", "method", "gain_ms")},
        **{name: getattr(advice, name) for name in ("write_ms", "size_bytes", "index", "migration")},
        "statements": [_statement(each) for each in advice.savings[:MOST_STATEMENTS]],
        "indexes": [
            {"keys": [key.text for key in each.keys], "predicate": each.predicate} for each in advice.candidates
        ],
        "first_seen_at": at,
        "seen_at": at,
        "shown_from": at + OBSERVED if advice.kind == Kind.UNUSED else at,
    }


def _statement(saving: Saving) -> dict[str, Any]:
    """Its id as text: JavaScript's numbers don't hold it."""
    return {
        "id": str(saving.statement.id),
        "sql": saving.statement.text[:MOST_CHARACTERS],
        "calls": saving.statement.calls,
        "total_ms": saving.statement.total_ms,
        "before_cost": saving.before,
        "after_cost": saving.after,
    }


def _settle_unsaid(catalog: Catalog, *, at: datetime) -> None:
    """What was open and is no longer said: done by somebody, or no longer of use."""
    for row in IndexAdvice.objects.select_for_update().open().filter(seen_at__lt=at).order_by("fingerprint"):
        if _is_done(row, catalog):
            row.state, row.state_at = State.APPLIED, at
            row.before = _before(row, {})
            row.save(update_fields=["state", "state_at", "before"])
        else:
            row.delete()


def _is_done(row: IndexAdvice, catalog: Catalog) -> bool:
    table = next((each for name, each in catalog.tables.items() if str(name) == row.table), None)
    if table is None:
        return False
    if row.indexes:
        there = [(_texts(index.keys), index.predicate) for index in table.indexes if index.is_valid]
        return all(_is_among(each, there) for each in row.indexes)
    return bool(row.index) and row.index not in {index.name for index in table.indexes}


def _is_among(made: Mapping[str, Any], there: Sequence[tuple[list[str], str]]) -> bool:
    wanted = [normal(text) for text in made["keys"]]
    return any(
        keys[: len(wanted)] == wanted and (not predicate or normal(predicate) == normal(made["predicate"]))
        for keys, predicate in there
    )


def _texts(keys: Sequence[Key]) -> list[str]:
    return [normal(key.text) for key in keys]
