"""A verdict answers one criterion: met, unmet or unknown, how surely, and by which words of the file. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from prospects.icp.criteria import Criterion


class Outcome(StrEnum):
    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`criterion` is the criterion's key; `confidence` is 0.0-1.0; `quote` is verbatim from the document `source`.

    Without a quote there is no source, and an unknown verdict's confidence is 0.
    """

    criterion: str
    outcome: Outcome
    confidence: float = 0.0
    quote: str = ""
    source: str = ""
    note: str = ""


def complete(verdicts: Sequence[Verdict], criteria: Sequence[Criterion]) -> tuple[Verdict, ...]:
    """One verdict per criterion, in the profile's order: missing ones are unknown, strangers and repeats dropped."""
    by_key: dict[str, Verdict] = {}
    for verdict in verdicts:
        by_key.setdefault(verdict.criterion, verdict)
    return tuple(
        by_key.get(criterion.key) or Verdict(criterion.key, Outcome.UNKNOWN, note="Not judged.")
        for criterion in criteria
    )


def unknown(verdict: Verdict, *, note: str) -> Verdict:
    """The verdict without its claim: what a met or unmet one becomes when its evidence doesn't hold."""
    return replace(verdict, outcome=Outcome.UNKNOWN, confidence=0.0, quote="", source="", note=note)


def to_json(verdicts: Sequence[Verdict], criteria: Sequence[Criterion]) -> list[dict[str, Any]]:
    """As `Qualification.verdicts` stores them: each verdict with what its criterion was, in the profile's order."""
    return [
        {
            "criterion": criterion.key,
            "label": criterion.label,
            "kind": str(criterion.kind),
            "weight": criterion.weight,
            "must": criterion.must,
            "outcome": str(verdict.outcome),
            "confidence": round(verdict.confidence, 2),
            "quote": verdict.quote,
            "source": verdict.source,
            "note": verdict.note,
        }
        for verdict, criterion in zip(complete(verdicts, criteria), criteria, strict=True)
    ]


def from_json(stored: Sequence[Mapping[str, Any]]) -> tuple[Verdict, ...]:
    """The verdicts that `to_json` wrote."""
    return tuple(
        Verdict(
            row["criterion"],
            Outcome(row["outcome"]),
            confidence=row["confidence"],
            quote=row["quote"],
            source=row["source"],
            note=row["note"],
        )
        for row in stored
    )
