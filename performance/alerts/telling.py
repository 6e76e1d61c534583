"""Whom a transition is told: written in its transaction, so that it is told exactly if it happened."""

from collections.abc import Sequence
from datetime import datetime

from performance.alerts import mailing
from performance.alerts.events import FIRING, RESOLVED
from performance.alerts.models import Alert, AlertMail, AlertRule, AlertTransition, Silence
from performance.alerts.wording import event, headline, mail_body
from performance.webhooks.emitting import emit


def tell(transition: AlertTransition, *, rule: AlertRule | None) -> None:
    """By webhook and e-mail, as the rule says. Belongs in the transition's transaction.

    An event is one delivery for each endpoint that listens (performance.webhooks); a mail is one row.
    """
    alert = transition.alert
    if rule is None or rule.by_webhook:
        name = RESOLVED.name if alert.state == Alert.State.RESOLVED else FIRING.name
        transition.webhooks = emit(name, lambda: event(alert), at=transition.at)
        transition.save(update_fields=["webhooks"])
    if (rule is None or rule.by_email) and mailing.is_configured():
        AlertMail.objects.create(
            transition=transition,
            subject=headline(alert, transition.kind),
            body=mail_body(alert, transition, runbook=rule.runbook if rule else ""),
            next_attempt_at=transition.at,
        )


def silence_of(alert: Alert, silences: Sequence[Silence]) -> Silence | None:
    """The one of the active `silences` that the alert falls under."""
    for each in silences:
        if each.area == alert.area or (each.rule_id is not None and each.rule_id == alert.rule_id):
            return each
    return None


def catch_up(alerts: Sequence[Alert], *, silences: Sequence[Silence], at: datetime) -> None:
    """What fires and nobody was told of at its present severity, now that no silence covers it."""
    for alert in alerts:
        if alert.told_severity == alert.severity or silence_of(alert, silences):
            continue
        told = AlertTransition.objects.create(
            alert=alert, kind=AlertTransition.Kind.TOLD, severity=alert.severity, value=alert.value, at=at
        )
        tell(told, rule=alert.rule)
        alert.told_severity = alert.severity
        alert.save(update_fields=["told_severity"])
