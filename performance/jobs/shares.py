"""How the installation's capacity is shared between batches: a pure rule."""

from collections.abc import Sequence
from dataclasses import dataclass

from performance.jobs.models import Priority

WEIGHTS = {Priority.URGENT: 8, Priority.HIGH: 4, Priority.NORMAL: 2, Priority.LOW: 1}


@dataclass(frozen=True, slots=True)
class Want:
    """A slot that could use `amount` in flight, and its batch's priority."""

    slot_id: int
    priority: int
    amount: int


def fair_shares(wants: Sequence[Want], *, capacity: int) -> dict[int, int]:
    """Weighted max-min fairness: nobody gets more than wanted, what one leaves goes to the others by weight.

    Whole numbers; while there is capacity for it everybody gets at least 1, in the order of `wants`.
    """
    granted = {want.slot_id: 0 for want in wants}
    hungry = list(wants)
    while capacity > 0 and hungry:
        total = sum(_weight(want) for want in hungry)
        pot = capacity
        for want in hungry:
            missing = want.amount - granted[want.slot_id]
            given = min(missing, max(1, pot * _weight(want) // total), capacity)
            granted[want.slot_id] += given
            capacity -= given
        hungry = [want for want in hungry if granted[want.slot_id] < want.amount]
    return granted


def _weight(want: Want) -> int:
    return WEIGHTS.get(Priority(want.priority), 1)
