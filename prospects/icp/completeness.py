"""How much a profile says of what a good one says, and what is missing. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prospects.icp.criteria import Kind
from prospects.icp.profile import Profile

_LONGEST_LIST = 30
_DOMINANT = 0.7
_SHORT_DESCRIPTION = 40


@dataclass(frozen=True, slots=True)
class Assessment:
    """`score` is 0-100; a warning is a sentence that says what to add or change."""

    score: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    points: int
    is_there: Callable[[Profile], bool]
    advice: str


def _has(*kinds: Kind) -> Callable[[Profile], bool]:
    return lambda profile: any(criterion.kind in kinds and criterion.weight for criterion in profile.criteria)


# Points by how much a part narrows a list down, summing to 100: whom, how big and where come first.
_PARTS = (
    _Part(20, _has(Kind.INDUSTRY), "No industry is named: without one, nearly every company could fit."),
    _Part(15, _has(Kind.EMPLOYEES, Kind.REVENUE), "No size is named: add employees or revenue."),
    _Part(15, _has(Kind.REGION), "No region is named: add the states or countries you sell in."),
    _Part(15, _has(Kind.INDICATOR), "No key indicator is named: what tells a good customer from a mere match?"),
    _Part(5, _has(Kind.STAGE, Kind.FUNDING), "Neither stage nor funding is named."),
    _Part(5, _has(Kind.TECHNOLOGY), "No technology is named."),
    _Part(
        10,
        lambda profile: bool(profile.personas) or _has(Kind.PERSONA)(profile),
        "No buyer persona is named: who decides there?",
    ),
    _Part(
        10,
        lambda profile: len(profile.description) >= _SHORT_DESCRIPTION,
        "The description is missing or very short: a sentence or two help whoever judges.",
    ),
    _Part(
        5,
        lambda profile: any(criterion.must for criterion in profile.criteria),
        "Nothing is a must: mark what rules a company out.",
    ),
)


def assess(profile: Profile) -> Assessment:
    """What share of a full profile this one is, with advice for the rest and on what looks like a mistake."""
    missing = [part for part in _PARTS if not part.is_there(profile)]
    score = 100 - sum(part.points for part in missing)
    return Assessment(score, (*(part.advice for part in missing), *_doubts(profile)))


def _doubts(profile: Profile) -> Iterator[str]:
    if len(profile.criteria) == 1:
        yield "A single criterion decides everything: scores can only be 0, 50 or 100."
    for criterion in profile.criteria:
        if criterion.weight == 0:
            yield f"“{criterion.label}” weighs 0, so it doesn't change the score."
        elif len(profile.criteria) > 1 and criterion.weight / profile.total_weight > _DOMINANT:
            yield f"“{criterion.label}” has more than 70 % of the weight, so the rest hardly matters."
        if len(criterion.any_of) > _LONGEST_LIST:
            yield f"“{criterion.label}” lists {len(criterion.any_of)} alternatives: so wide a net rules little out."
    if profile.criteria and all(criterion.must for criterion in profile.criteria) and len(profile.criteria) > 1:
        yield "Everything is a must: one miss and a company is poor, however well it fits otherwise."
