"""What fires, and what keeps people from hearing of it."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from performance.alerts.figures import Shown, mail_trouble, what_is_open
from performance.console.shapes import Finding, Severity


def findings(*, at: datetime) -> Sequence[Finding]:
    open_ = what_is_open(at=at)
    found = [_of_alert(each) for each in open_.firing]
    if open_.is_stale and open_.looked_at is not None:
        found.append(_unwatched(open_.looked_at))
    if mails := mail_trouble():
        found.append(
            Finding(
                area="alerts",
                key="alerts.mail",
                severity=Severity.WARNING,
                title="E-mails about alerts don't go out",
                says=f"{len(mails)} wait or were given up; the newest: {mails[0].error}",
                action="Check EMAIL_HOST, EMAIL_PORT, EMAIL_SECURITY and the account.",
                unit="",
                url=reverse("console-alerts"),
            )
        )
    return found


def _of_alert(line: Shown) -> Finding:
    alert = line.alert
    return Finding(
        area=alert.area,
        key=f"alert.{alert.name}.{alert.labels_key}",
        severity=Severity(alert.severity),
        title=str(alert),
        says=f"{line.value} now, {line.worst} at worst; the threshold is {line.threshold}.",
        action=alert.rule.runbook if alert.rule else "",
        unit="",
        url=reverse("console-alert", args=[alert.pk]),
    )


def _unwatched(looked_at: datetime) -> Finding:
    return Finding(
        area="alerts",
        key="alerts.unwatched",
        severity=Severity.CRITICAL,
        title="Nobody looks at the rules",
        says=f"The last look was at {looked_at:%Y-%m-%d %H:%M} UTC.",
        action="Is the pump running? `manage.py pump` looks every 15 seconds.",
        unit="",
        url=reverse("console-alerts"),
    )
