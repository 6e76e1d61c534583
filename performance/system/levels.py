"""How well a host does, by what it uses. Pure."""

from collections.abc import Mapping

from performance.console.shapes import Level, Severity, worst

# Warning and critical, of what may be used. Of the time for which a quota or another machine stopped us: 5 % are felt.
THRESHOLDS: Mapping[str, tuple[float, float]] = {
    "cpu_share": (0.70, 0.90),
    "memory_share": (0.80, 0.95),
    "disk_share": (0.80, 0.95),
    "throttled_share": (0.05, 0.25),
    "stolen_share": (0.10, 0.30),
}
# Parts of the room up to the warning, as in performance/alerts/grading.py.
_EXCELLENT_UP_TO, _GOOD_UP_TO = 0.5, 0.8


def severity_of(name: str, value: float) -> Severity | None:
    warning, critical = THRESHOLDS[name]
    if value >= critical:
        return Severity.CRITICAL
    return Severity.WARNING if value >= warning else None


def level_of(name: str, value: float | None) -> Level:
    if value is None:
        return Level.UNKNOWN
    if severity := severity_of(name, value):
        return Level.CRITICAL if severity is Severity.CRITICAL else Level.POOR
    part = value / THRESHOLDS[name][0]
    if part <= _EXCELLENT_UP_TO:
        return Level.EXCELLENT
    return Level.GOOD if part <= _GOOD_UP_TO else Level.FAIR


def level_of_host(used: Mapping[str, float]) -> Level:
    """That of what is scarcest."""
    return worst([level_of(name, used.get(name)) for name in THRESHOLDS])
