"""What is wrong with tables, and what to do."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.urls import reverse

from performance.console.shapes import Finding, Level, Severity
from performance.database.tables.facts import tables
from performance.database.tables.models import MaintenanceRun
from performance.database.tables.reports import DatabaseReport, TableReport, database_report

MB = 1 << 20
# Of a kind, so that a hundred tables of one fault hide no other.
MOST_A_KIND = 5
BLOATED_SHARE, BLOATED_BYTES = 0.4, 50 * MB
GOOD_HIT_RATE, FEWEST_BLOCKS = 0.99, 100_000
DOUBLES_SOON_DAYS = 60

_Rule = Callable[[TableReport], Finding | None]


def findings(*, at: datetime) -> list[Finding]:
    report = database_report(at=at, is_whole=False, bloat_from_bytes=BLOATED_BYTES)
    rules: Sequence[_Rule] = [_ages, _overdue, _bloated, _stale, _switched_off]
    found = [each for rule in rules for each in islice(filter(None, map(rule, report.tables)), MOST_A_KIND)]
    return [*found, *_of_database(report), *_lost(at=at)]


def _finding(table: TableReport, kind: str, severity: Severity, told: tuple[str, str, str]) -> Finding:
    title, says, action = told
    url = reverse("console-table", args=[table.facts.name])
    return Finding(
        area="tables",
        key=f"tables.{kind}:{table.facts.name}",
        severity=severity,
        title=title,
        says=says,
        action=action,
        url=url,
    )


def _ages(table: TableReport) -> Finding | None:
    kept, name = table.upkeep, table.facts.table
    if kept.wraparound_share < 0.2 or kept.level not in (Level.POOR, Level.CRITICAL):
        return None
    severity = Severity.CRITICAL if kept.level is Level.CRITICAL else Severity.WARNING
    says = f"{kept.wraparound_share:.0%} of the transaction ids are used up since its oldest row was frozen."
    action = "Vacuum it, and look at Activity for a transaction or slot that holds it up."
    return _finding(table, "wraparound", severity, (f"{name} nears wraparound", says, action))


def _overdue(table: TableReport) -> Finding | None:
    kept = table.upkeep
    if not kept.is_vacuum_overdue:
        return None
    says = f"{kept.dead_rows:,} dead rows ({kept.dead_share:.0%}); autovacuum begins at {kept.vacuum_at:,}."
    action = "Vacuum it; if it comes back, lower its autovacuum_vacuum_scale_factor."
    return _finding(table, "vacuum", Severity.WARNING, (f"{table.facts.table} is due for a vacuum", says, action))


def _bloated(table: TableReport) -> Finding | None:
    bloat = table.bloat
    if bloat is None or bloat.share < BLOATED_SHARE or bloat.bytes < BLOATED_BYTES:
        return None
    says = f"{bloat.share:.0%} of its heap, {bloat.bytes / MB:,.0f} MB, holds no living row (by {bloat.method})."
    action = "New rows will use it. To give it back: pg_repack, or VACUUM FULL while nobody uses the table."
    return _finding(table, "bloat", Severity.INFO, (f"{table.facts.table} is bloated", says, action))


def _stale(table: TableReport) -> Finding | None:
    kept = table.upkeep
    if not kept.is_analyze_overdue:
        return None
    says = f"{table.facts.count('n_mod_since_analyze'):,} rows changed since its last ANALYZE."
    return _finding(table, "analyze", Severity.INFO, (f"{table.facts.table} has old statistics", says, "Analyze it."))


def _switched_off(table: TableReport) -> Finding | None:
    if table.upkeep.is_autovacuum_on:
        return None
    name = table.facts.name
    action = f"ALTER TABLE {name} RESET (autovacuum_enabled), or autovacuum = on for the server."
    told = (f"Autovacuum is off for {table.facts.table}", "Dead rows pile up in it.", action)
    return _finding(table, "autovacuum", Severity.WARNING, told)


def _of_database(report: DatabaseReport) -> Iterator[Finding]:
    lately = report.history.hit_rate()
    rate = report.hit_rate if lately is None else lately
    if rate is not None and rate < GOOD_HIT_RATE and report.database.blocks_read > FEWEST_BLOCKS:
        worst = max(tables(), key=lambda each: each.blocks("heap", "idx", "toast", "tidx")[1], default=None)
        yield Finding(
            area="tables",
            key="tables.hit_rate",
            severity=Severity.WARNING,
            title=f"Only {rate:.1%} of blocks are found in shared buffers",
            says=f"Most are read for {worst.table}." if worst else "",
            action="See the advice on shared_buffers, and on indexes for what is read in full.",
            url=reverse("console-settings"),
        )
    growth = report.growth
    if growth and growth.days_to_double and growth.days_to_double < DOUBLES_SOON_DAYS:
        yield Finding(
            area="tables",
            key="tables.growth",
            severity=Severity.INFO,
            title=f"The database doubles in {growth.days_to_double:,.0f} days",
            says=f"It grows by {growth.per_day / MB:,.0f} MB a day.",
            action="Look which table grows; old rows can be archived by a policy.",
            url=reverse("console-tables"),
        )


def _lost(*, at: datetime) -> Iterator[Finding]:
    lost = MaintenanceRun.objects.filter(state="lost", finished_at__gte=at - timedelta(days=1))
    for run in lost.order_by("-pk")[:MOST_A_KIND]:
        yield Finding(
            area="tables",
            key=f"tables.lost:{run.pk}",
            severity=Severity.WARNING,
            title=f"The {run.action.replace('_', ' and ')} of {run.relation} was cut off",
            says=run.error,
            action="Ask for it again.",
            url=reverse("console-table", args=[run.relation]),
        )
