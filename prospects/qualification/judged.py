"""A prospect as judged: what one row of `Qualification` says, computed from verdicts by our own rules. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from prospects.icp.profile import Profile
from prospects.qualification.rules import summary
from prospects.qualification.rules.score import fit_level, fit_score
from prospects.qualification.rules.verdicts import Verdict, to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Money in micro-dollars, latency in ms. `run_id` and `icp_id` say where it belongs."""

    run_id: int
    icp_id: int
    prospect_id: int
    qualifier: str
    score: int
    fit: str
    verdicts: Sequence[dict[str, Any]]
    gaps: Sequence[str]
    reasoning: str
    recommendation: str
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0
    latency_ms: int | None = None
    attempts: int = 1
    is_from_ledger: bool = False
    fallback_reason: str = ""

    def because(self, reason: str) -> Self:
        """The same verdict as a stand-in, with why the LLM's is missing."""
        return replace(self, qualifier="rubric_fallback", fallback_reason=reason[:500])


@dataclass(frozen=True, slots=True)
class Place:
    """Whose verdict it is, and in which run."""

    run_id: int
    icp_id: int
    prospect_id: int


def judged(verdicts: Sequence[Verdict], profile: Profile, *, place: Place, qualifier: str) -> Judged:
    """Score, level, gaps and texts that follow from verdicts whose evidence has been checked."""
    score = fit_score(verdicts, profile.criteria)
    return Judged(
        run_id=place.run_id,
        icp_id=place.icp_id,
        prospect_id=place.prospect_id,
        qualifier=qualifier,
        score=score,
        fit=fit_level(score),
        verdicts=to_json(verdicts, profile.criteria),
        gaps=summary.gaps(verdicts, profile.criteria),
        reasoning=summary.reasoning(verdicts, profile.criteria),
        recommendation=summary.recommendation(verdicts, profile.criteria),
    )
