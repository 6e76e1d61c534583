"""Small criteria and verdicts for the tests of the rules."""

from prospects.icp.criteria import Criterion, Kind
from prospects.qualification.rules.verdicts import Outcome, Verdict


def criterion(key: str, weight: int = 10, *, must: bool = False, kind: Kind = Kind.INDICATOR) -> Criterion:
    return Criterion(key, kind, key.capitalize(), weight=weight, must=must, text=key)


def verdict(key: str, outcome: str, *, quote: str = "", source: str = "") -> Verdict:
    return Verdict(key, Outcome(outcome), confidence=0.9, quote=quote, source=source)


def verdicts(outcomes: str) -> list[Verdict]:
    """ "+-?" → met, unmet and unknown for the criteria a, b and c."""
    names = {"+": "met", "-": "unmet", "?": "unknown"}
    return [verdict(key, names[sign]) for key, sign in zip("abcdefgh", outcomes, strict=False)]
