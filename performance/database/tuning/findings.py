"""Settings that endanger data, each by itself; all others in one line."""

from datetime import datetime

from django.urls import reverse

from performance.console.shapes import Finding, Severity
from performance.database.tuning.services import tuning


def findings(*, at: datetime) -> list[Finding]:
    changes = [each for each in tuning(at=at).advice if not each.is_fine]
    url = reverse("console-settings")
    found = [
        Finding(
            area="settings",
            key=f"settings.{each.setting}",
            severity=Severity.CRITICAL,
            title=f"{each.setting} is {each.current}",
            says=each.why,
            action=each.statement,
            url=url,
        )
        for each in changes
        if each.is_urgent
    ]
    names = [each.setting for each in changes if not each.is_urgent]
    if names:
        title = f"{len(names)} of PostgreSQL's settings could be better"
        says = f"{', '.join(names[:5])}{' and others' if len(names) > 5 else ''}."
        action = "The page has each with its reason and its statement."
        found.append(
            Finding(
                area="settings",
                key="settings",
                severity=Severity.INFO,
                title=title,
                says=says,
                action=action,
                url=url,
            )
        )
    return found
