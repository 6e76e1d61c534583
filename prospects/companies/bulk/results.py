"""What a bulk operation was asked, and what became of each row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from performance.access.models import User
from performance.api.errors import Conflict
from performance.bulk.errors import RowError, RowsRefused


class RowOutcome(StrEnum):
    """Of one row. ARCHIVED instead of DELETED: a run has used the prospect."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    ARCHIVED = "archived"
    REFUSED = "refused"


class BulkBusy(Conflict):
    """An import or another bulk operation is being stored; ask again in a moment."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Who asks, where the rows come from, and whether one that is refused has all refused (RowsRefused).

    `patience_s` is how long another bulk writer is waited for before BulkBusy is raised; None for as long as it takes.
    """

    by: User
    source: str = "api"
    atomic: bool = True
    patience_s: float | None = None


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """`ids` and `outcomes` are in the order of the rows; an id is None where the row was refused.

    `notes` say of a row what was changed, kept or left out.
    """

    ids: list[int | None]
    outcomes: list[RowOutcome]
    errors: list[RowError]
    notes: dict[int, str] = field(default_factory=dict)

    def count(self, outcome: RowOutcome) -> int:
        return self.outcomes.count(outcome)


class Report:
    """Gathers what becomes of the rows of one call."""

    def __init__(self, row_count: int) -> None:
        self._ids: list[int | None] = [None] * row_count
        self._outcomes = [RowOutcome.REFUSED] * row_count
        self.errors: list[RowError] = []
        self._notes: dict[int, str] = {}

    def refuse(self, errors: Iterable[RowError]) -> None:
        self.errors += errors

    def note(self, row: int, text: str) -> None:
        if text:
            self._notes[row] = text

    def settle(self, row: int, prospect_id: int, outcome: RowOutcome) -> None:
        self._ids[row], self._outcomes[row] = prospect_id, outcome

    def without_refused(self, rows: Sequence[Any]) -> list[tuple[int, Any]]:
        """(place, row) of those that nothing is wrong with so far."""
        refused = {error.row for error in self.errors}
        return [(place, row) for place, row in enumerate(rows) if place not in refused]

    def check(self, *, atomic: bool) -> None:
        """Raises RowsRefused where one refused row has all refused, or none is left."""
        if self.errors and (atomic or len({error.row for error in self.errors}) == len(self._ids)):
            raise RowsRefused(self.errors)

    def done(self) -> BulkOutcome:
        return BulkOutcome(self._ids, self._outcomes, sorted(self.errors), self._notes)
