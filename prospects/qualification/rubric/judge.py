"""The rubric: a deterministic, explained judgement of a company from what the file says. Pure.

It compares, criterion by criterion, and says unknown where the file is silent. Every met or unmet verdict quotes the
cell or sentence it stands on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prospects.icp.criteria import Criterion, Kind
from prospects.icp.profile import Profile
from prospects.qualification.rubric.finding import Finding, unknown
from prospects.qualification.rubric.indicator import judge_indicator
from prospects.qualification.rubric.industry import judge_industry
from prospects.qualification.rubric.ladder import judge_ladder
from prospects.qualification.rubric.persona import judge_persona
from prospects.qualification.rubric.reading import Reading
from prospects.qualification.rubric.region import judge_region
from prospects.qualification.rubric.sizes import judge_size
from prospects.qualification.rubric.technology import judge_technology
from prospects.qualification.rules import summary
from prospects.qualification.rules.evidence import Dossier
from prospects.qualification.rules.score import fit_level, fit_score
from prospects.qualification.rules.verdicts import Outcome, Verdict

_JUDGES: Mapping[Kind, Callable[[Criterion, Reading], Finding]] = {
    Kind.INDUSTRY: judge_industry,
    Kind.EMPLOYEES: judge_size,
    Kind.REVENUE: judge_size,
    Kind.STAGE: judge_ladder,
    Kind.REGION: judge_region,
    Kind.FUNDING: judge_ladder,
    Kind.TECHNOLOGY: judge_technology,
    Kind.PERSONA: judge_persona,
    Kind.INDICATOR: judge_indicator,
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rubric found, a verdict per criterion in the profile's order, and what follows from that."""

    profile: Profile
    verdicts: tuple[Verdict, ...]

    @property
    def score(self) -> int:
        return fit_score(self.verdicts, self.profile.criteria)

    @property
    def level(self) -> str:
        return fit_level(self.score)

    @property
    def gaps(self) -> list[str]:
        return summary.gaps(self.verdicts, self.profile.criteria)

    @property
    def reasoning(self) -> str:
        return summary.reasoning(self.verdicts, self.profile.criteria)

    @property
    def recommendation(self) -> str:
        return summary.recommendation(self.verdicts, self.profile.criteria)


def judge(dossier: Dossier, profile: Profile) -> Judgement:
    """The rubric's judgement. The same dossier and profile always give the same one."""
    reading = Reading(dossier)
    return Judgement(profile, tuple(_verdict(criterion, reading) for criterion in profile.criteria))


def _verdict(criterion: Criterion, reading: Reading) -> Verdict:
    finding = _JUDGES[criterion.kind](criterion, reading)
    if finding.outcome is not Outcome.UNKNOWN and not finding.quote:
        finding = unknown(f"{finding.note} But the file doesn't show it.")
    return Verdict(
        criterion=criterion.key,
        outcome=finding.outcome,
        confidence=finding.confidence,
        quote=finding.quote,
        source=finding.source,
        note=finding.note,
    )
