"""A page of the list of statements, as the API and the console show it: figures, trends, and who asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from performance.database.statements.askers import Asker, Repeat, askers, repeated, shapes_of_view
from performance.database.statements.history import History, histories
from performance.database.statements.slow import Slow, Wish, slow
from performance.database.statements.source import StatementsUnknown, source
from performance.database.statements.windows import window_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`view`: only what this view or task sends; "" for all."""

    over: timedelta
    min_ms: float = 0.0
    view: str = ""
    ordering: str = "-total_ms"
    limit: int = 50
    skip: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """`histories` by id, `askers` and `repeats` by shape. `limitation`: whose statements aren't in it, if any."""

    slow: Slow
    since: datetime
    limitation: str
    histories: Mapping[int, History]
    askers: Mapping[str, Sequence[Asker]]
    repeats: Mapping[str, Sequence[Repeat]]


def listed(question: Question, *, at: datetime) -> Listed:
    """Some ten statements, whatever there is. Raises StatementsUnknown where the server counts none."""
    from_ = source()
    if from_.problem:
        raise StatementsUnknown(from_.problem)
    window = window_of(question.over, at=at)
    found = slow(
        window,
        Wish(
            min_ms=question.min_ms,
            shapes=shapes_of_view(question.view) if question.view else None,
            ordering=question.ordering,
            limit=question.limit,
            skip=question.skip,
        ),
    )
    return Listed(
        slow=found,
        since=window.start,
        limitation=from_.limitation,
        histories=histories([row.id for row in found.rows], window),
        askers=askers({row.shape for row in found.rows}, at=at, over=question.over),
        repeats=repeated(at=at, over=question.over),
    )
