"""From verdicts to a score and a fit level. Pure; the model never sets a score."""

from collections.abc import Sequence

from prospects.icp.criteria import Criterion
from prospects.qualification.rules.verdicts import Outcome, Verdict, complete

# In halves, so that the arithmetic stays whole: unknown earns half, since missing evidence is no refusal.
_CREDIT = {Outcome.MET: 2, Outcome.UNKNOWN: 1, Outcome.UNMET: 0}

UNMET_MUST_CAP = 39

# The lowest score of each level, best first; the names are those of `models.FitLevel`.
LEVELS = ((80, "excellent"), (60, "good"), (40, "fair"), (0, "poor"))


def fit_score(verdicts: Sequence[Verdict], criteria: Sequence[Criterion]) -> int:
    """0-100: the share of the total weight that is earned, halves rounded up; an unmet must caps it at 39."""
    judged = list(zip(complete(verdicts, criteria), criteria, strict=True))
    weight = sum(criterion.weight for criterion in criteria)
    earned = sum(criterion.weight * _CREDIT[verdict.outcome] for verdict, criterion in judged)
    score = (100 * earned + weight) // (2 * weight)
    is_barred = any(criterion.must and verdict.outcome is Outcome.UNMET for verdict, criterion in judged)
    return min(score, UNMET_MUST_CAP) if is_barred else score


def fit_level(score: int) -> str:
    """excellent 80-100, good 60-79, fair 40-59, poor 0-39."""
    return next(level for lowest, level in LEVELS if score >= lowest)


def score_range(level: str) -> tuple[int, int]:
    """The lowest and the highest score of a level: (60, 79) for good."""
    place = next(place for place, (_, name) in enumerate(LEVELS) if name == level)
    return LEVELS[place][0], LEVELS[place - 1][0] - 1 if place else 100


def evidence_share(verdicts: Sequence[Verdict], criteria: Sequence[Criterion]) -> int:
    """The percentage of the total weight that is decided, met or unmet: how much the score rests on evidence."""
    weight = sum(criterion.weight for criterion in criteria)
    decided = sum(
        criterion.weight
        for verdict, criterion in zip(complete(verdicts, criteria), criteria, strict=True)
        if verdict.outcome is not Outcome.UNKNOWN
    )
    return 100 * decided // weight
