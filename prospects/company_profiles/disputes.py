"""What becomes of the queue of conflicts when a company was researched again. Pure: rows are told, not written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from prospects.company_profiles.merging import Dispute
from prospects.company_profiles.models import ProfileConflict

_State = ProfileConflict.State
_UPDATED = ("current", "current_method", "offered", "reason", "value_id", "state")


@dataclass(frozen=True, slots=True)
class Queue:
    """Conflicts to insert, those to update, and how many are open then."""

    new: list[ProfileConflict] = field(default_factory=list)
    changed: list[ProfileConflict] = field(default_factory=list)
    open: int = 0


def queue(
    stored: Sequence[ProfileConflict],
    disputes: Sequence[Dispute],
    *,
    company_id: int,
    offered: Collection[str],
    value_ids: Mapping[tuple[str, str], int],
) -> Queue:
    """A person's decision stands: the same value isn't asked about twice. What is open and was overtaken, by another
    offer (for one of the facts `offered`) or by the company having it now, is outdated.
    """
    by_pair = {(one.field, one.key): one for one in stored}
    asked = {(one.offer.fact, one.offer.key): _conflict(one, company_id, value_ids) for one in disputes}
    new = [conflict for pair, conflict in asked.items() if pair not in by_pair]
    changed = []
    for pair, known in by_pair.items():
        if known.state in (_State.ACCEPTED, _State.KEPT):
            continue
        fresh = asked.get(pair) or (_outdated(known) if known.field in offered else known)
        if any(getattr(known, name) != getattr(fresh, name) for name in _UPDATED):
            changed.append(_overwritten(known, fresh))
    is_open = [one for one in (*new, *by_pair.values()) if one.state == _State.OPEN]
    return Queue(new, changed, len(is_open))


def _conflict(dispute: Dispute, company_id: int, value_ids: Mapping[tuple[str, str], int]) -> ProfileConflict:
    source = dispute.offer.source
    return ProfileConflict(
        company_id=company_id,
        field=dispute.offer.fact,
        key=dispute.offer.key,
        current=dispute.current,
        current_method=dispute.method,
        offered=dispute.offered,
        reason=dispute.reason,
        value_id=value_ids.get((source.field, source.key)) if source else None,
        state=_State.OPEN,
    )


def _outdated(known: ProfileConflict) -> ProfileConflict:
    fresh = ProfileConflict(**{name: getattr(known, name) for name in _UPDATED})
    fresh.state = _State.OUTDATED
    return fresh


def _overwritten(known: ProfileConflict, fresh: ProfileConflict) -> ProfileConflict:
    for name in _UPDATED:
        setattr(known, name, getattr(fresh, name))
    return known


UPDATED = (*(name.removesuffix("_id") for name in _UPDATED),)
