"""Is the company in one of the industries? By the tree of industries, then by its own words. Pure."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from prospects.icp.criteria import Criterion
from prospects.qualification.rubric.finding import Finding, any_of, listed, met, unknown, unmet
from prospects.qualification.rubric.reading import Clause, Reading, on_clause
from prospects.qualification.rubric.taxonomy import Industry, industry_key, taxonomy
from prospects.qualification.rubric.words import stems
from prospects.qualification.rules.verdicts import Outcome

# A company said to be in a whole family is taken for the wanted part when that part is at least this much of it.
_MAJOR_PART = 0.5
_SAME_WORDS = 0.97

# In a sentence of its own, a single word like "beef" names an industry only beside something one does with it.
_MAKING = frozenset(stems("make brew bake roast distill bottle pack mill grow can refine assemble build craft"))
_FOR_WHOM = frozenset({"for", "to", "with", "from", "serving", "helps", "of", "by", "supplies", "than"})


def judge_industry(criterion: Criterion, reading: Reading) -> Finding:
    """By the stated industry; where that is missing or too broad, by what the company's texts say it does."""
    stated = reading.facts.industry
    finding = compare(criterion.any_of, stated) if stated else unknown("The file doesn't name an industry.")
    if finding.outcome is not Outcome.UNKNOWN:
        return reading.on_fact(finding, "industry")
    mention = _mention(criterion.any_of, reading)
    return mention or finding


@lru_cache(maxsize=8192)
def compare(wanted: tuple[str, ...], stated: str) -> Finding:
    """What an industry as stated says about the wanted ones. Without words: no quote yet."""
    places = taxonomy().find(stated)
    targets = {text: taxonomy().find(text) for text in wanted}
    recognised = [industry for found in targets.values() for industry in found]
    by_words = any_of(_by_words(text, stated) for text in wanted)
    if not places or by_words.confidence >= _SAME_WORDS:
        return by_words
    if not recognised:
        undecided = unknown(f"The table of industries doesn't know {listed(wanted)}, so “{stated}” can't be compared.")
        return by_words if by_words.outcome is Outcome.MET else undecided
    by_tree = any_of(_by_tree(place, recognised) for place in places)
    if by_tree.outcome is Outcome.UNMET and len(recognised) < len(wanted):
        strange = [text for text, found in targets.items() if not found]
        return unknown(f"“{stated}” may be {listed(strange)}, which the table of industries doesn't know.")
    return by_tree


def _by_words(wanted: str, stated: str) -> Finding:
    asked, given = industry_key(wanted), industry_key(stated)
    if asked and asked == given:
        return met(_SAME_WORDS, f"The industry is {wanted}.")
    if asked and asked <= given and len(asked) > 1:
        return met(0.75, f"“{stated}” contains all of “{wanted}”.")
    return unknown(f"The table of industries doesn't know “{stated}”.")


def _by_tree(place: Industry, wanted: list[Industry]) -> Finding:
    within = [industry for industry in wanted if place.is_within(industry)]
    if within:
        same = place in within
        return met(0.95 if same else 0.9, _as_part(place, within[0], same=same))
    parts = [industry for industry in wanted if industry.is_within(place)]
    if parts:
        outermost = {part for part in parts if not any(part is not other and part.is_within(other) for other in parts)}
        share = sum(part.size for part in outermost) / place.size
        if share >= _MAJOR_PART:
            return met(round(0.4 + share / 2, 2), f"{parts[0].name} is most of {place.name}.")
        return unknown(f"{place.name} is broader than {parts[0].name}.")
    if any(place in ancestor.related for industry in wanted for ancestor in industry.lineage):
        return unknown(f"{place.name} overlaps with {wanted[0].name}, but isn't the same.")
    return unmet(_distance_confidence(place, wanted), f"{place.name} is not {listed(one.name for one in wanted)}.")


def _as_part(place: Industry, wanted: Industry, *, same: bool) -> str:
    return f"The industry is {wanted.name}." if same else f"{place.name} is a part of {wanted.name}."


def _distance_confidence(place: Industry, wanted: list[Industry]) -> float:
    """A cousin in the same family might be misfiled; another family hardly."""
    is_kin = any(place.lineage[-1] is industry.lineage[-1] for industry in wanted)
    return 0.8 if is_kin else 0.95


def _mention(wanted: tuple[str, ...], reading: Reading) -> Finding | None:
    """A sentence in which the company says that it does what is wanted."""
    phrases = _phrases(wanted)
    for clause in reading.clauses:
        for at, length, name in _hits(clause, phrases):
            if not clause.is_negated(at) and not clause.is_hedged(at):
                confidence = 0.75 if length > 1 else 0.6
                return on_clause(met(confidence, f"Its own words speak of {name}."), clause)
    return None


def _hits(clause: Clause, phrases: Mapping[str, list[tuple[tuple[str, ...], str]]]) -> Iterator[tuple[int, int, str]]:
    is_making = not _MAKING.isdisjoint(clause.stems)
    for at, first in enumerate(clause.stems):
        for phrase, name in phrases.get(first, ()):
            if clause.stems[at : at + len(phrase)] != phrase:
                continue
            is_customer = any(word in _FOR_WHOM for word in clause.words[max(0, at - 2) : at])
            if not is_customer and (len(phrase) > 1 or is_making):
                yield at, len(phrase), name


@lru_cache(maxsize=256)
def _phrases(wanted: tuple[str, ...]) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """The names of the wanted industries and of all their parts, as stems, by their first stem; long ones first."""
    targets = {industry for text in wanted for industry in taxonomy().find(text)}
    names = {stems(text): text for text in wanted}
    for industry in taxonomy().industries:
        if any(industry.is_within(target) for target in targets):
            names |= {stems(name): industry.name for name in (industry.name, *industry.aliases)}
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase in sorted(names, key=lambda stems: -len(stems)):
        if phrase and phrase != ("make",):
            by_first.setdefault(phrase[0], []).append((phrase, names[phrase]))
    return by_first
