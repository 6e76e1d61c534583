"""What the console shows of alerts: what is open, what became of the rest, and how a signal went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from performance.alerts import mailing
from performance.alerts.levels import STALE, levels
from performance.alerts.models import Alert, AlertMail, AlertReading, AlertRule, AlertTransition, Silence
from performance.alerts.observing import observe
from performance.alerts.signals import signal_named
from performance.alerts.telling import silence_of
from performance.alerts.windows import Measurements
from performance.alerts.wording import amount
from performance.console.charts import Chart, Line
from performance.console.shapes import Level
from performance.metrics.looks import once_a_look

MOST_PENDING, MOST_TRANSITIONS, MOST_MAILS = 50, 60, 10
_CHARTED, _POINTS = timedelta(hours=3), 18


@dataclass(frozen=True, slots=True)
class Shown:
    """An alert as a line. `silence` is the one that keeps people from being told."""

    alert: Alert
    value: str
    worst: str
    threshold: str
    silence: Silence | None


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule, and what the last look found."""

    rule: AlertRule
    value: str
    level: str
    warning: str
    critical: str
    silence: Silence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """What is wrong now. `looked_at` None: nobody ever looked."""

    firing: Sequence[Shown]
    pending: Sequence[Shown]
    levels: Sequence[tuple[str, Level]]
    looked_at: datetime | None
    is_stale: bool


@once_a_look
def what_is_open(*, at: datetime) -> Open:
    silences = list(Silence.objects.active(at=at))
    firing = Alert.objects.firing().select_related("acknowledged_by", "rule")
    pending = Alert.objects.filter(state=Alert.State.PENDING).order_by("pending_at")[:MOST_PENDING]
    looked_at = AlertReading.objects.aggregate(last=Max("read_at"))["last"]
    return Open(
        firing=[shown(each, silences=silences) for each in firing],
        pending=[shown(each, silences=silences) for each in pending],
        levels=list(levels(at=at).items()),
        looked_at=looked_at,
        is_stale=looked_at is None or looked_at < at - STALE,
    )


def shown(alert: Alert, *, silences: Sequence[Silence] = ()) -> Shown:
    value, worst, threshold = (amount(each, alert.unit) for each in (alert.value, alert.worst, alert.threshold))
    return Shown(alert, value, worst, threshold, silence_of(alert, silences))


def rule_lines(*, at: datetime) -> list[RuleLine]:
    """Those that are bad first, then by name; switched-off ones last."""
    silences = {each.rule_id or each.area: each for each in Silence.objects.active(at=at)}
    lines = []
    for rule in AlertRule.objects.select_related("reading").order_by("-is_enabled", "name"):
        reading, signal = getattr(rule, "reading", None), signal_named(rule.signal)
        unit = "burn" if rule.objective is not None else (signal.unit if signal else "")
        is_known = reading is not None and rule.is_enabled and reading.read_at > at - STALE
        level = Level(reading.level) if reading is not None and is_known else Level.UNKNOWN
        value = amount(reading.value, unit) if reading is not None and is_known else "-"
        warning, critical = ("-" if each is None else amount(each, unit) for each in (rule.warning, rule.critical))
        silence = silences.get(rule.pk) or silences.get(signal.area if signal else "")
        lines.append(RuleLine(rule, value, level, warning, critical, silence))
    return sorted(lines, key=lambda each: (not each.rule.is_enabled, -Level(each.level).badness))


def timeline() -> Sequence[AlertTransition]:
    """What happened last, newest first."""
    found = AlertTransition.objects.select_related("alert", "mail").order_by("-at", "-pk")
    return list(found[:MOST_TRANSITIONS])


def mail_trouble() -> Sequence[AlertMail]:
    return list(AlertMail.objects.troubled()[:MOST_MAILS])


def mail_is_set_up() -> bool:
    return mailing.is_configured()


def chart_of(alert: Alert, *, at: datetime) -> Chart | None:
    """How its signal went, with the thresholds; None where the signal has no past or the rule is gone."""
    signal = signal_named(alert.signal)
    if alert.rule is None or signal is None or signal.is_standing:
        return None
    end = min(at, (alert.resolved_at or at) + _CHARTED / 6)
    times = [end - _CHARTED * back / _POINTS for back in reversed(range(_POINTS))]
    seen = [observe(alert.rule, found=Measurements(at=each)).get(alert.labels_key) for each in times]
    scale = 100.0 if alert.unit == "share" else 1.0
    limits = [(name, getattr(alert.rule, name)) for name in ("warning", "critical")]
    return Chart(
        title=signal.title,
        unit={"share": "%", "burn": "times"}.get(alert.unit, alert.unit),
        times=times,
        lines=[
            Line(label=alert.labels_key or "value", values=[each.value * scale if each else None for each in seen]),
            *(Line(label=name, values=[limit * scale] * _POINTS) for name, limit in limits if limit is not None),
        ],
    )
