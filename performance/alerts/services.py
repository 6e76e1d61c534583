"""What people do about alerts, each written into the audit log: acknowledging, silencing, ending a silence."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from performance.alerts.errors import BadSilence, NoSuchAlert, NoSuchRule, NoSuchSilence, NotFiring, NotSilent
from performance.alerts.models import Alert, AlertMail, AlertRule, AlertTransition, Silence
from performance.alerts.signals import AREAS
from performance.audit.services import Actor, audited
from performance.database.text import storable

# What is off for longer is better switched off, where everybody sees it.
LONGEST_SILENCE = timedelta(days=30)
KEPT = timedelta(days=365)
NOTE_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A silence of one rule (its name) or one area, from now on for so long."""

    rule: str = ""
    area: str = ""
    reason: str
    lasts: timedelta


def acknowledge(alert_id: int, *, note: str, by: Actor, at: datetime) -> Alert:
    """Somebody looks after it: shown with the alert. Again by somebody else: theirs is shown. Atomic.

    Raises NoSuchAlert, NotFiring.
    """
    with audited("alert.acknowledge", subject=f"alert {alert_id}", by=by, details={"note": note}) as action:
        alert: Alert | None = Alert.objects.select_for_update(of=("self",)).filter(pk=alert_id).first()
        if alert is None:
            raise NoSuchAlert(f"There is no alert {alert_id}.")
        action.details["title"] = str(alert)
        if alert.state != Alert.State.FIRING:
            raise NotFiring(f"The alert is {alert.state}; only what fires can be acknowledged.")
        alert.acknowledged_at, alert.acknowledged_by = at, by.user
        alert.acknowledgement = storable(note)[:NOTE_LENGTH]
        alert.save(update_fields=["acknowledged_at", "acknowledged_by", "acknowledgement"])
        AlertTransition.objects.create(
            alert=alert,
            kind=AlertTransition.Kind.ACKNOWLEDGED,
            severity=alert.severity,
            value=alert.value,
            at=at,
            note=alert.acknowledgement,
        )
    return alert


def silence(wish: Wish, *, by: Actor, at: datetime) -> Silence:
    """Tell nobody for a while. It takes the place of one of the same rule or area that hasn't ended. Atomic.

    Raises BadSilence, NoSuchRule.
    """
    details = {"reason": wish.reason, "minutes": wish.lasts.total_seconds() / 60}
    with audited("alert.silence", subject=wish.rule or wish.area, by=by, details=details):
        rule = _checked(wish)
        same = Silence.objects.active(at=at).filter(rule=rule, area=wish.area)
        same.update(ends_at=at)
        made: Silence = Silence.objects.create(
            rule=rule,
            area=wish.area,
            reason=storable(wish.reason)[:NOTE_LENGTH],
            by=by.user,
            created_at=at,
            ends_at=at + wish.lasts,
        )
    return made


def end_silence(silence_id: int, *, by: Actor, at: datetime) -> Silence:
    """Now rather than later: what fires under it is told at the next look. Atomic.

    Raises NoSuchSilence, NotSilent.
    """
    with audited("alert.unsilence", subject=f"silence {silence_id}", by=by) as action:
        found: Silence | None = Silence.objects.select_for_update(of=("self",)).filter(pk=silence_id).first()
        if found is None:
            raise NoSuchSilence(f"There is no silence {silence_id}.")
        action.details["of"] = found.rule.name if found.rule else found.area
        if found.ends_at <= at:
            raise NotSilent(f"It ended at {found.ends_at:%Y-%m-%d %H:%M} UTC.")
        found.ends_at = max(at, found.created_at)
        found.save(update_fields=["ends_at"])
    return found


def expire(*, at: datetime) -> int:
    """Delete alerts, with their history, and silences that ended longer ago than KEPT; how many rows. Idempotent."""
    waiting = AlertMail.objects.filter(state=AlertMail.State.WAITING).values("transition__alert")
    alerts = Alert.objects.old(at=at, kept=KEPT).exclude(pk__in=waiting).delete()[0]
    return int(alerts + Silence.objects.filter(ends_at__lt=at - KEPT).delete()[0])


def _checked(wish: Wish) -> AlertRule | None:
    if bool(wish.rule) == bool(wish.area):
        raise BadSilence("Name either a rule or an area.")
    if wish.area and wish.area not in AREAS:
        raise BadSilence(f"There is no area {wish.area[:40]!r}; there are {', '.join(AREAS)}.")
    if not timedelta(0) < wish.lasts <= LONGEST_SILENCE:
        raise BadSilence(f"A silence lasts up to {LONGEST_SILENCE.days} days; to be rid of a rule, switch it off.")
    if not wish.rule:
        return None
    rule: AlertRule | None = AlertRule.objects.filter(name=wish.rule).first()
    if rule is None:
        raise NoSuchRule(f"There is no rule {wish.rule[:60]!r}; GET /api/v1/performance/alerts/rules lists them.")
    return rule
