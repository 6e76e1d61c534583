"""What one look at the file says about one criterion, and how several looks are put together. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from prospects.qualification.rules.verdicts import Outcome


@dataclass(frozen=True, slots=True)
class Finding:
    """`confidence` is 0.0-1.0, 0 for unknown; `note` is a sentence; `quote` is verbatim from the document `source`."""

    outcome: Outcome
    confidence: float
    note: str
    quote: str = ""
    source: str = ""


def met(confidence: float, note: str) -> Finding:
    return Finding(Outcome.MET, confidence, note)


def unmet(confidence: float, note: str) -> Finding:
    return Finding(Outcome.UNMET, confidence, note)


def unknown(note: str) -> Finding:
    return Finding(Outcome.UNKNOWN, 0.0, note)


def any_of(findings: Iterable[Finding]) -> Finding:
    """Of alternatives: the surest that is met; else the first unknown; else the least sure refusal."""
    found = list(findings)
    fitting = [finding for finding in found if finding.outcome is Outcome.MET]
    if fitting:
        return max(fitting, key=lambda finding: finding.confidence)
    undecided = [finding for finding in found if finding.outcome is Outcome.UNKNOWN]
    return undecided[0] if undecided else min(found, key=lambda finding: finding.confidence)


def listed(values: Iterable[str]) -> str:
    """“A”, “B” or 3 more: at most three values spelled out, for notes."""
    shown = list(values)
    rest = f" or {len(shown) - 3} more" if len(shown) > 3 else ""
    return ", ".join(f"“{value}”" for value in shown[:3]) + rest
