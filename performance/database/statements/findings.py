"""What is wrong with what the database was asked in the last two hours, and what to do; evictions of the last day."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.urls import reverse

from performance.console.shapes import Finding, Severity
from performance.database.statements.askers import Repeat, repeated
from performance.database.statements.evictions import evictions
from performance.database.statements.models import Statement
from performance.database.statements.slow import Taken, Wish, slow
from performance.database.statements.source import source
from performance.database.statements.windows import window_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Long enough to be read by hours, of which there are few rows.
OVER = 2 * HOUR
LOOKED_AT = 50
# Of all time: a statement that has so much of it, and takes so long, is worth a look.
LARGE_SHARE, LARGE_MS = 0.25, 10_000.0
# Of temporary files.
MUCH_TEMP_BYTES = 256 << 20
BLOCK_BYTES = 8192
MOST_OF_EACH = 5
MB = 1 << 20


def findings(*, at: datetime) -> Sequence[Finding]:
    from_ = source()
    if from_.problem:
        return [_uncounted(from_.problem)]
    window = window_of(OVER, at=at)
    found = slow(window, Wish(limit=LOOKED_AT)).rows
    hours = (window.end - window.start) / HOUR
    costly = [_costly(row, hours=hours) for row in found if row.share >= LARGE_SHARE and row.total_ms >= LARGE_MS]
    spilling = [_spilling(row, hours=hours) for row in found if row.temp_blocks * BLOCK_BYTES >= MUCH_TEMP_BYTES]
    return [*costly, *spilling[:MOST_OF_EACH], *_repeats(found, hours=hours, at=at), *_evicted(at=at)]


def _uncounted(problem: str) -> Finding:
    return Finding(
        area="statements",
        key="statements.uncounted",
        severity=Severity.WARNING,
        title="What statements cost isn't known",
        says="This database doesn't have pg_stat_statements at work.",
        action=problem,
        url=reverse("console-statements"),
    )


def _costly(row: Taken, *, hours: float) -> Finding:
    return Finding(
        area="statements",
        key=f"statements.costly:{row.id}",
        severity=Severity.WARNING if row.share >= 2 * LARGE_SHARE else Severity.INFO,
        title=f"One statement has {row.share:.0%} of the database's time",
        says=f"{_short(row.text)}: {row.calls:,} calls of {row.mean_ms:,.3g} ms in {hours:.1f} hours.",
        action="Look at its plan (Explain on its page) and at who asks: fewer calls, fewer rows, or an index.",
        impact=row.total_ms / hours,
        url=_page(row.id),
    )


def _spilling(row: Taken, *, hours: float) -> Finding:
    size_mb = row.temp_blocks * BLOCK_BYTES / MB
    return Finding(
        area="statements",
        key=f"statements.temporary:{row.id}",
        severity=Severity.WARNING,
        title=f"A statement sorts on the disk: {size_mb:,.0f} MB in {hours:.1f} hours",
        says=f"{_short(row.text)}: {size_mb / row.calls:,.3g} MB of temporary files a call.",
        action="Sort and join less, have an index in its order, or raise work_mem for the role that asks.",
        impact=row.total_ms / hours,
        url=_page(row.id),
    )


def _repeats(found: Sequence[Taken], *, hours: float, at: datetime) -> Iterator[Finding]:
    """The worst few. Those of statements that took too little to be looked at are on their pages."""
    known = repeated(at=at, over=OVER)
    by_shape = {row.shape: row for row in reversed(found) if row.shape}
    numbers = _numbers(known.keys() - by_shape.keys())
    worst = sorted(((each, shape) for shape, some in known.items() for each in some), key=lambda one: -one[0].worst)
    for repeat, shape in worst[:MOST_OF_EACH]:
        row = by_shape.get(shape)
        yield _repeat(repeat, impact=row.total_ms / hours if row else 0.0, number=row.id if row else numbers.get(shape))


def _repeat(repeat: Repeat, *, impact: float, number: int | None) -> Finding:
    return Finding(
        area="statements",
        key=f"statements.repeated:{repeat.model}.{repeat.field}:{repeat.line}",
        severity=Severity.WARNING,
        title=f"{repeat.model}.{repeat.field} is asked for row by row (N+1)",
        says=f"{repeat.line} did it in {repeat.times:,} answers of {repeat.view}, {repeat.worst:,} times in the worst.",
        action=f'Have them come with the rows: select_related or prefetch_related("{repeat.field}"), or one __in.',
        impact=impact,
        url=_page(number) if number else reverse("console-statements"),
    )


def _evicted(*, at: datetime) -> Iterator[Finding]:
    found = evictions(at=at, over=DAY)
    if found.times:
        yield Finding(
            area="statements",
            key="statements.evicted",
            severity=Severity.WARNING,
            title=f"pg_stat_statements had no room {found.times:,} times in the last day",
            says=f"It keeps {found.most_entries:,} statements and forgot the least called, which count for too little.",
            action=f"Set pg_stat_statements.max to {2 * found.most_entries} and restart PostgreSQL.",
            url=reverse("console-statements"),
        )


def _numbers(shapes: set[str]) -> Mapping[str, int]:
    return dict(Statement.objects.filter(shape__in=shapes).exclude(shape="").values_list("shape", "pk"))


def _page(number: int) -> str:
    return reverse("console-statement", args=[number])


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:119]}…"
