"""What a rule sees: its signal's readings, each under the key of its labels; for error budgets, how fast they burn."""

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta

from performance.alerts.grading import used
from performance.alerts.models import AlertRule
from performance.alerts.signals import Signal, readings, signal_named
from performance.alerts.states import Policy
from performance.alerts.windows import Labels, Measurements, Reading, Window

KEY_LENGTH = 255


def observe(rule: AlertRule, *, found: Measurements) -> Mapping[str, Reading]:
    """By `key_of` their labels. What stands on less than `least`, or can't be read, isn't in it: it is unknown."""
    signal = signal_named(rule.signal)
    if signal is None:
        return {}
    seen = _over(rule, signal, rule.window_s, found=found)
    if rule.objective is not None and rule.short_window_s is not None:
        seen = _burning(seen, _over(rule, signal, rule.short_window_s, found=found), objective=rule.objective)
    return {key: each for key, each in seen.items() if each.n >= rule.least and math.isfinite(each.value)}


def burn_rate(share: float, *, objective: float) -> float:
    """How many times faster than it may the error budget is spent: 1 uses up all of it in the objective's own time.

    The Site Reliability Workbook, chapter 5 ("Alerting on SLOs"), 6: multiwindow, multi-burn-rate alerts.
    """
    return share / (1 - objective)


def policy_of(rule: AlertRule) -> Policy:
    return Policy(
        is_above=rule.is_above,
        warning=rule.warning,
        critical=rule.critical,
        clear=rule.clear,
        for_s=rule.for_s,
        clear_s=rule.clear_s,
    )


def worst_first(rule: AlertRule, seen: Sequence[Reading], *, signal: Signal) -> list[Reading]:
    """By how much of the room up to the threshold each has used up."""
    policy = policy_of(rule)
    return sorted(seen, key=lambda each: -used(each.value, policy=policy, best=signal.best))


def key_of(labels: Labels) -> str:
    return ",".join(f"{name}={value}" for name, value in sorted(labels.items()))[:KEY_LENGTH]


def _over(rule: AlertRule, signal: Signal, seconds: int, *, found: Measurements) -> Mapping[str, Reading]:
    window = Window(over=timedelta(seconds=seconds), only=rule.labels, split_by=rule.split_by)
    return {key_of(each.labels): each for each in readings(signal, window, found=found)}


def _burning(whole: Mapping[str, Reading], last: Mapping[str, Reading], *, objective: float) -> Mapping[str, Reading]:
    """As fast as in the slower of both windows: the long one says that it matters, the short that it still goes on.

    Where nothing was asked for lately nothing fails now.
    """
    return {
        key: Reading(
            value=burn_rate(min(each.value, last[key].value if key in last else 0.0), objective=objective),
            n=each.n,
            labels=each.labels,
        )
        for key, each in whole.items()
    }
