"""Archival in one tile, and what is wrong with it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.urls import reverse

from performance.console.shapes import Finding, Level, Severity, TileFigures
from performance.database.archival.models import ArchivalPolicy, ArchivalRun
from performance.database.archival.registry import targets
from performance.database.archival.shown import next_firing
from performance.database.archival.tree import tree
from performance.database.tables import samples
from performance.database.tables.growth import growth
from performance.metrics.looks import once_a_look

State = ArchivalRun.State
LATELY = timedelta(days=30)
# Below these a table's growth is nobody's business.
FEWEST_BYTES_A_DAY, SMALLEST_BYTES = 10 * 1024**2, 1024**3
LATE = timedelta(hours=1)


def tile(*, at: datetime) -> TileFigures:
    """What was freed within a month; how the policies' last runs ended is its level."""
    failed = _failed()
    recent = ArchivalRun.objects.filter(state=State.FINISHED, finished_at__gte=at - LATELY)
    freed = sum(each.freed_bytes - each.stored_bytes for each in recent.exclude(work="restore"))
    if not ArchivalPolicy.objects.exists():
        return TileFigures(level=Level.UNKNOWN, value="-", says="no policies")
    if failed:
        says = f"{failed[0].policy_name} failed: {failed[0].error}"
        return TileFigures(level=Level.POOR, value=str(len(failed)), unit="failed", says=says)
    says = f"freed within 30 days, by {ArchivalPolicy.objects.filter(is_enabled=True).count()} policies"
    return TileFigures(level=Level.GOOD, value=f"{max(0, freed) / 2**20:,.0f}", unit="MiB", says=says)


def findings(*, at: datetime) -> Sequence[Finding]:
    return [*_failing(), *_late(at=at), *_growing(at=at)]


@once_a_look
def _failed() -> Sequence[ArchivalRun]:
    """The last runs of policies that failed."""
    return list(ArchivalRun.objects.newest_of_policies().filter(state=State.FAILED))


def _failing() -> Iterator[Finding]:
    for each in _failed():
        yield Finding(
            area="archival",
            key=f"archival.failing.{each.policy_name}",
            severity=Severity.WARNING,
            title=f"The archival policy {each.policy_name} fails",
            says=f"Run {each.pk} ended after {each.rows:,} rows: {each.error}",
            action="Take away what stands in its way, then run it again: it goes on behind what it has done.",
            url=reverse("console-archival"),
        )


def _late(*, at: datetime) -> Iterator[Finding]:
    """A schedule fired and nothing came of it: no beat, or a target that is always busy."""
    for policy in ArchivalPolicy.objects.scheduled():
        due = next_firing(policy, at=policy.due_from)
        if due is not None and due < at - LATE:
            yield Finding(
                area="archival",
                key=f"archival.late.{policy.name}",
                severity=Severity.WARNING,
                title=f"The archival policy {policy.name} wasn't started",
                says=f"It was due at {due:%Y-%m-%d %H:%M} UTC.",
                action="Is beat running (manage.py run)? Does another run of its target never end?",
                url=reverse("console-archival"),
            )


def _growing(*, at: datetime) -> Iterator[Finding]:
    """A large table grows, could be archived, and isn't."""
    busy = set(
        ArchivalRun.objects.filter(created_at__gte=at - LATELY, rows__gt=0)
        .exclude(work__in=["copy", "restore"])
        .values_list("target", flat=True)
    )
    trends = samples.trends(at=at)
    for target in targets():
        points = trends.get(f"public.{tree(target.name)[0].table}", [])
        found = growth(points)
        if target.name in busy or found is None or found.per_day < FEWEST_BYTES_A_DAY or points[-1][1] < SMALLEST_BYTES:
            continue
        yield Finding(
            area="archival",
            key=f"archival.growing.{target.name}",
            severity=Severity.INFO,
            title=f"{target.title} grow, and nothing of them is archived",
            says=f"{points[-1][1] / 2**30:,.1f} GiB, {found.per_day / 2**20:,.0f} MiB more each day.",
            action=f"Add a policy for {target.name}; its dry run says what that buys.",
            impact=found.per_day / 2**20,
            unit="MiB a day",
            url=reverse("console-archival"),
        )
