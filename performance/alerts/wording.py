"""An alert in words and figures, for e-mails, webhooks and pages. Pure but for links."""

from typing import Any

from performance.alerts.models import Alert, AlertTransition
from performance.webhooks.links import link

PAGE = "/admin/performance/alerts/"
_LINE_LENGTH = 180


def amount(value: float | None, unit: str) -> str:
    """ "12.3 %", "812 ms", "30 s", "4.2 a minute", "14.4x" (the pace of a budget); "unknown" of None."""
    if value is None:
        return "unknown"
    if unit == "share":
        return f"{value * 100:.3g} %"
    if unit == "burn":
        return f"{value:.3g}x"
    if unit == "ms" and abs(value) >= 10_000:
        return f"{value / 1000:,.3g} s"
    short = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{short} {unit}"


def headline(alert: Alert, kind: str) -> str:
    """One line without breaks: a label may hold anything."""
    state = "RESOLVED" if kind == AlertTransition.Kind.RESOLVED else alert.severity.upper()
    of = f" ({alert.labels_key})" if alert.labels_key else ""
    said = f"{state}: {alert.title}{of}: {amount(alert.value, alert.unit)}"
    return " ".join(said.split())[:_LINE_LENGTH]


def mail_body(alert: Alert, transition: AlertTransition, *, runbook: str) -> str:
    """Plain text: what, since when, how bad, what to do, where to look."""
    lines = [
        headline(alert, transition.kind),
        "",
        f"Signal:     {alert.signal}",
        f"Now:        {amount(alert.value, alert.unit)}; at worst {amount(alert.worst, alert.unit)}",
        f"Threshold:  {amount(alert.threshold, alert.unit)}",
        f"Fired:      {alert.fired_at:%Y-%m-%d %H:%M:%S} UTC" if alert.fired_at else "",
        f"Resolved:   {alert.resolved_at:%Y-%m-%d %H:%M:%S} UTC" if alert.resolved_at else "",
        f"Because:    {alert.resolved_because}" if alert.resolved_because else "",
        "It fires again and again: until it has been well for a quarter of an hour it stays open."
        if alert.is_flapping
        else "",
        f"\nWhat to do: {runbook}" if runbook else "",
        f"\n{link(PAGE)}",
    ]
    return "\n".join([lines[0], "", *(line for line in lines[2:] if line)]) + "\n"


def event(alert: Alert) -> dict[str, Any]:
    """The `data` of alert.firing and alert.resolved."""
    return {
        "id": alert.pk,
        "rule": alert.name,
        "title": alert.title,
        "signal": alert.signal,
        "area": alert.area,
        "labels": alert.labels,
        "state": alert.state,
        "severity": alert.severity,
        "value": alert.value,
        "worst": alert.worst,
        "threshold": alert.threshold,
        "unit": alert.unit,
        "is_flapping": alert.is_flapping,
        "fired_at": alert.fired_at.isoformat() if alert.fired_at else None,
        "resolved_at": alert.resolved_at.isoformat() if alert.resolved_at else None,
        "resolved_because": alert.resolved_because,
        "links": {"alerts": link(PAGE), "alert": link(f"/api/v1/performance/alerts/{alert.pk}")},
    }
