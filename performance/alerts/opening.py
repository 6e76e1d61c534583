"""Between the rows of alerts and the states that they are in."""

from datetime import datetime

from performance.alerts.models import Alert, AlertRule, AlertTransition
from performance.alerts.observing import key_of
from performance.alerts.signals import Signal
from performance.alerts.states import Change, Phase, State
from performance.alerts.windows import Reading
from performance.console.shapes import Severity

NOTED = {Change.FIRED: AlertTransition.Kind.FIRED, Change.ESCALATED: AlertTransition.Kind.ESCALATED}
# What a step may change. Who acknowledged it meanwhile has done so.
MOVING = [
    "state",
    "severity",
    "value",
    "worst",
    "threshold",
    "bad_s",
    "critical_s",
    "clear_s",
    "unknown_s",
    "is_flapping",
    "fired_at",
    "seen_at",
]


def state_of(alert: Alert) -> State:
    return State(
        phase=Phase(alert.state),
        severity=Severity(alert.severity),
        worst=alert.worst,
        bad_s=alert.bad_s,
        critical_s=alert.critical_s,
        clear_s=alert.clear_s,
        unknown_s=alert.unknown_s,
    )


def new_alert(rule: AlertRule, signal: Signal, reading: Reading, *, state: State, at: datetime) -> Alert:
    """Unsaved, as pending or firing as `state` says."""
    alert = Alert(
        rule=rule,
        name=rule.name,
        title=rule.title,
        signal=signal.name,
        area=signal.area,
        unit="burn" if rule.objective is not None else signal.unit,
        labels=dict(reading.labels),
        labels_key=key_of(reading.labels),
        pending_at=at,
    )
    move(alert, reading.value, state=state, rule=rule, at=at)
    return alert


def move(alert: Alert, value: float | None, *, state: State, rule: AlertRule, at: datetime) -> None:
    """Into `state`, unsaved. An unknown value leaves none behind."""
    alert.state, alert.severity, alert.worst = state.phase.value, state.severity.value, state.worst
    alert.bad_s, alert.critical_s = state.bad_s, state.critical_s
    alert.clear_s, alert.unknown_s = state.clear_s, state.unknown_s
    alert.value, alert.seen_at = value, at
    graver = rule.critical if state.severity is Severity.CRITICAL else rule.warning
    alert.threshold = next(each for each in (graver, rule.critical, rule.warning) if each is not None)
    if state.phase is Phase.FIRING and alert.fired_at is None:
        alert.fired_at = at
