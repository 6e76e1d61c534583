"""What is wrong with a rule that somebody writes: a sentence for each field. Pure."""

from collections.abc import Iterator, Mapping
from itertools import chain, pairwise
from typing import Any

from performance.alerts.models import AlertRule
from performance.alerts.signals import Signal, registered, signal_named

LONGEST_WINDOW_S = 30 * 86_400
_LONGEST_WAIT_S = 86_400


def faults(rule: AlertRule) -> Mapping[str, str]:
    """By field; nothing of a rule that can be looked at."""
    signal = signal_named(rule.signal)
    if signal is None:
        return {"signal": f"There is no such signal; there are {', '.join(each.name for each in registered())}."}
    found = chain(_of_thresholds(rule), _of_times(rule), _of_labels(rule, signal), _of_budget(rule, signal))
    # The first of a field's.
    return dict(reversed(list(found)))


def _of_thresholds(rule: AlertRule) -> Iterator[tuple[str, str]]:
    if rule.warning is None and rule.critical is None:
        yield "warning", "Give a warning threshold, a critical one, or both."
    ordered = [(name, getattr(rule, name)) for name in ("clear", "warning", "critical")]
    given = [(name, value if rule.is_above else -value) for name, value in ordered if value is not None]
    for (milder, low), (graver, high) in pairwise(given):
        if low > high:
            side = "above" if rule.is_above else "below"
            yield graver, f"Bad is {side} it, so it must not lie on the other side of “{milder}”."


def _of_times(rule: AlertRule) -> Iterator[tuple[str, str]]:
    if not 60 <= (rule.window_s or 0) <= LONGEST_WINDOW_S:
        yield "window_s", f"Between a minute (60) and 30 days ({LONGEST_WINDOW_S})."
    for name in ("for_s", "clear_s"):
        if (getattr(rule, name) or 0) > _LONGEST_WAIT_S:
            yield name, f"A day ({_LONGEST_WAIT_S}) at most."


def _of_labels(rule: AlertRule, signal: Signal) -> Iterator[tuple[str, str]]:
    known = ", ".join(signal.labels) or "none"
    if rule.split_by and rule.split_by not in signal.labels:
        yield "split_by", f"The signal has no such label; it has {known}."
    labels: Any = rule.labels
    if not isinstance(labels, dict) or not all(isinstance(each, str) for each in labels.values()):
        yield "labels", 'An object of texts, such as {"queue": "io"}.'
    elif strange := [name for name in labels if name not in signal.labels]:
        yield "labels", f"The signal has no label {', '.join(strange)[:60]}; it has {known}."


def _of_budget(rule: AlertRule, signal: Signal) -> Iterator[tuple[str, str]]:
    if rule.objective is None:
        if rule.short_window_s is not None:
            yield "short_window_s", "Only a burn rate has one; give an objective, or leave it empty."
        return
    if not signal.is_bad_share:
        yield "objective", "Only of a share of what fails, such as requests.errors, an error budget can be made."
    if not 0 < rule.objective < 1:
        yield "objective", "More than 0 and less than 1: 0.995 lets five of a thousand fail."
    if not 60 <= (rule.short_window_s or 0) <= (rule.window_s or 0):
        yield "short_window_s", "A burn rate has two windows: at least 60 s, and no longer than the long one."
