"""What became slower and stayed so, with what it costs an hour."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from performance.console.shapes import Finding, Severity
from performance.regressions.figures import slower
from performance.regressions.models import Regression

MOST = 20
# Twice as slow is worth more than a note.
GRAVE = 1.0


def findings(*, at: datetime) -> Sequence[Finding]:
    """Of those that changed up to `at` and are slower still."""
    return [_finding(each) for each in slower(at=at)[:MOST]]


def _finding(each: Regression) -> Finding:
    after = f" after the deploy of {each.deploy.version}" if each.deploy else ""
    of = each.title or each.subject
    return Finding(
        area="web" if each.kind == Regression.Kind.ENDPOINT else "database",
        key=f"regression.{each.kind}.{each.subject}",
        severity=Severity.WARNING if each.change >= GRAVE else Severity.INFO,
        title=f"{of[:100]} is {each.change:.0%} slower",
        says=f"{each.before_ms:,.1f} ms became {each.after_ms:,.1f} ms at {each.changed_at:%Y-%m-%d %H:%M} UTC{after}.",
        action="Look at what that deploy changed, or at what grew; acknowledge it if it is as it should be.",
        impact=(each.after_ms - each.before_ms) * each.calls_per_hour,
        url=reverse("console-regression", args=[each.pk]),
    )
