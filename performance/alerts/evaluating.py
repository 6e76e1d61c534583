"""The look at all rules, every EVERY_S by one process of the installation: signals, states, and who is told.

Signals are read first, without a transaction; then all states move on in one, which only one process is in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction

from performance.alerts.grading import level_of
from performance.alerts.models import Alert, AlertReading, AlertRule, AlertTransition, Silence
from performance.alerts.observing import observe, policy_of, worst_first
from performance.alerts.opening import MOVING, NOTED, move, new_alert, state_of
from performance.alerts.signals import Signal, signal_named
from performance.alerts.states import FLAPPING_WITHIN_S, FLAPS, Change, elapsed_s, step
from performance.alerts.telling import catch_up, silence_of, tell
from performance.alerts.windows import Measurements, Reading

EVERY_S = 15.0
# Of one rule at once: a label with a thousand values makes no thousand mails.
MOST_OPEN = 50
_ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('performance.alerts'))"
_VANISHED = "Nothing was known of it for an hour."
_SWITCHED_OFF = "The rule was switched off, changed or deleted."

Seen = Mapping[str, Reading]


def evaluate(*, at: datetime) -> None:
    """A duty. Where another process is at it, nothing is done; done twice for the same moment nothing changes."""
    rules = list(AlertRule.objects.filter(is_enabled=True).order_by("pk"))
    found = Measurements(at=at)
    seen = {rule.pk: observe(rule, found=found) for rule in rules}
    with transaction.atomic():
        if _is_alone():
            _Look(at=at, rules=rules, seen=seen).take()


def _is_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_ALONE)
        row = cursor.fetchone()
    return bool(row and row[0])


@dataclass(slots=True)
class _Look:
    """One look at all rules, within its transaction."""

    at: datetime
    rules: Sequence[AlertRule]
    seen: Mapping[int, Seen]
    silences: Sequence[Silence] = field(init=False)
    _open: dict[tuple[int | None, str], Alert] = field(init=False)

    def take(self) -> None:
        self.silences = list(Silence.objects.active(at=self.at))
        rows = Alert.objects.open().select_for_update(of=("self",)).order_by("pk")
        self._open = {(alert.rule_id, alert.labels_key): alert for alert in rows}
        self._end_orphans()
        for rule in self.rules:
            self._look_at(rule)
        self._keep_readings()
        catch_up(list(Alert.objects.firing().select_related("rule")), silences=self.silences, at=self.at)

    def _look_at(self, rule: AlertRule) -> None:
        signal, seen = signal_named(rule.signal), self.seen[rule.pk]
        if signal is None:
            return
        known = {key: alert for (rule_id, key), alert in self._open.items() if rule_id == rule.pk}
        room = MOST_OPEN - len(known)
        for key, alert in known.items():
            self._move(alert, seen.get(key), rule=rule)
        for reading in worst_first(rule, [each for key, each in seen.items() if key not in known], signal=signal):
            if room > 0:
                room -= self._begin(rule, signal, reading)

    def _begin(self, rule: AlertRule, signal: Signal, reading: Reading) -> bool:
        """Whether there is an alert now where there was none."""
        made = step(None, reading.value, policy=policy_of(rule), elapsed_s=0.0, is_flapping=False)
        if made.state is None:
            return False
        alert = new_alert(rule, signal, reading, state=made.state, at=self.at)
        alert.is_flapping = made.change is Change.FIRED and self._flaps(alert)
        alert.save()
        if made.change is Change.FIRED:
            self._note(alert, AlertTransition.Kind.FIRED, rule=rule)
        return True

    def _move(self, alert: Alert, reading: Reading | None, *, rule: AlertRule) -> None:
        value = reading.value if reading else None
        made = step(
            state_of(alert),
            value,
            policy=policy_of(rule),
            elapsed_s=elapsed_s(since=alert.seen_at, at=self.at),
            is_flapping=alert.is_flapping,
        )
        if made.change is Change.DROPPED:
            alert.delete()
        elif made.state is None:
            self._resolve(alert, value, because=_VANISHED if made.change is Change.VANISHED else "", rule=rule)
        else:
            move(alert, value, state=made.state, rule=rule, at=self.at)
            alert.is_flapping |= made.change is Change.FIRED and self._flaps(alert)
            alert.save(update_fields=MOVING)
            if made.change in NOTED:
                self._note(alert, NOTED[made.change], rule=rule)

    def _resolve(self, alert: Alert, value: float | None, *, because: str, rule: AlertRule | None) -> None:
        alert.state, alert.value, alert.seen_at = Alert.State.RESOLVED, value, self.at
        alert.resolved_at, alert.resolved_because = self.at, because
        alert.save(update_fields=["state", "value", "seen_at", "resolved_at", "resolved_because"])
        self._note(alert, AlertTransition.Kind.RESOLVED, rule=rule)

    def _note(self, alert: Alert, kind: AlertTransition.Kind, *, rule: AlertRule | None) -> None:
        """Into the history; and told, unless silenced. Who was told that it fires is told that it doesn't any more."""
        silence = silence_of(alert, self.silences)
        is_over = kind is AlertTransition.Kind.RESOLVED
        is_told = bool(alert.told_severity) if is_over else silence is None
        note = alert.resolved_because if is_over else (f"Silenced: {silence.reason}"[:500] if silence else "")
        transition = AlertTransition.objects.create(
            alert=alert, kind=kind, severity=alert.severity, value=alert.value, at=self.at, note=note
        )
        if is_told:
            tell(transition, rule=rule)
            alert.told_severity = alert.severity
            alert.save(update_fields=["told_severity"])

    def _flaps(self, alert: Alert) -> bool:
        since = self.at - timedelta(seconds=FLAPPING_WITHIN_S)
        lately = Alert.objects.fired().filter(rule=alert.rule_id, labels_key=alert.labels_key, fired_at__gt=since)
        return int(lately.exclude(pk=alert.pk).count()) >= FLAPS - 1

    def _end_orphans(self) -> None:
        """Whose rule is gone, off, or takes its signal apart by another label now."""
        splits = {rule.pk: rule.split_by for rule in self.rules}
        for key, alert in list(self._open.items()):
            split_by = splits.get(alert.rule_id) if alert.rule_id else None
            if split_by is not None and set(alert.labels) == ({split_by} if split_by else set()):
                continue
            del self._open[key]
            if alert.state == Alert.State.PENDING:
                alert.delete()
            else:
                self._resolve(alert, alert.value, because=_SWITCHED_OFF, rule=alert.rule)

    def _keep_readings(self) -> None:
        rows = [self._reading(rule) for rule in self.rules]
        AlertReading.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["rule"],
            update_fields=["value", "labels", "level", "read_at"],
        )

    def _reading(self, rule: AlertRule) -> AlertReading:
        signal = signal_named(rule.signal)
        ordered = worst_first(rule, list(self.seen[rule.pk].values()), signal=signal) if signal else []
        worst = ordered[0] if ordered else None
        value = worst.value if worst else None
        level = level_of(value, policy=policy_of(rule), best=signal.best if signal else 0.0)
        return AlertReading(rule=rule, value=value, labels=worst.labels if worst else {}, level=level, read_at=self.at)
