"""The indexes in one tile, and what there is to do about them."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from performance.console import shapes
from performance.console.shapes import Finding, Level, TileFigures
from performance.database.indexes.advice import Severity
from performance.database.indexes.models import IndexAdvice, IndexReview

HOURS = 24
MOST_FINDINGS = 20
_SEVERITIES = {
    Severity.HIGH: shapes.Severity.CRITICAL,
    Severity.MEDIUM: shapes.Severity.WARNING,
    Severity.LOW: shapes.Severity.INFO,
}
_LEVELS = {Severity.HIGH: Level.POOR, Severity.MEDIUM: Level.FAIR, Severity.LOW: Level.GOOD}


def tile(*, at: datetime) -> TileFigures:
    review = IndexReview.last()
    if review is None or review.refusal:
        return TileFigures(level=Level.UNKNOWN, value="?", says=review.refusal if review else "not looked at yet")
    found = list(_open(at=at).values_list("severity", "gain_ms"))
    worst = min((list(Severity).index(Severity(severity)) for severity, _ in found), default=None)
    saved_s = sum(gain_ms for _, gain_ms in found) / 1000
    return TileFigures(
        level=Level.EXCELLENT if worst is None else _LEVELS[list(Severity)[worst]],
        value=str(len(found)),
        unit="to do",
        says=f"about {saved_s:,.0f} s of the database a day to win" if saved_s >= 1 else "indexes serve the workload",
    )


def findings(*, at: datetime) -> Sequence[Finding]:
    """Those of gravity; what is of low severity stays on its page."""
    grave = _open(at=at).exclude(severity=Severity.LOW)
    return [
        Finding(
            area="indexes",
            key=f"indexes.{row.fingerprint}",
            severity=_SEVERITIES[Severity(row.severity)],
            title=row.title,
            says=row.says,
            action=row.action,
            impact=row.gain_ms / HOURS,
            url=f"{reverse('console-indexes')}#advice-{row.pk}",
        )
        for row in grave[:MOST_FINDINGS]
    ]


def _open(*, at: datetime) -> "QuerySet[IndexAdvice]":
    return IndexAdvice.objects.for_display(at=at).open()
