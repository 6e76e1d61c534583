"""Which of a site's values become the company's, and which a person must decide about. Pure.

An address is taken whole or not at all: a street from the web beside a town from a file would be no place on earth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prospects.companies.merge_rules import PERSON, RESEARCH, merge
from prospects.companies.provenance import Provenance
from prospects.company_profiles.facts import PLACE, is_same, read_fact, shown, with_more
from prospects.extraction.fields import FIELDS, SOCIAL_COLUMNS
from prospects.extraction.found import Value
from prospects.extraction.keys import value_key

# Below this nobody is asked to choose.
SURE = 70
# Two texts about a company are never the same, and neither is wrong.
_NEVER_ASKED = frozenset({"description"})
LONGEST_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Offer:
    """A value for a fact of the company, and what it was read from, if a page says it. `key` as ProfileValue.key."""

    fact: str
    value: Any
    confidence: int
    key: str
    source: Value | None = None
    # Where the fact is one of several, the others.
    others: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Dispute:
    """An offer that may not take the place of what the company has."""

    offer: Offer
    current: str
    offered: str
    method: str
    reason: str


@dataclass(frozen=True, slots=True)
class Merged:
    changed: dict[str, Offer] = field(default_factory=dict)
    disputes: list[Dispute] = field(default_factory=list)


def offers(values: Sequence[Value], *, place: str | None) -> dict[str, Offer]:
    """The best value for each fact of a company, by fact. `place` is the country where no value says one."""
    best = sorted(values, key=lambda value: (value.rank, -value.confidence))
    by_fact: dict[str, list[Value]] = {}
    for value in best:
        if fact := _fact_of(value):
            by_fact.setdefault(fact, []).append(value)
    address = next((value for value in best if value.field == "address" and _parts(value)), None)
    if address:
        by_fact = {fact: found for fact, found in by_fact.items() if fact not in PLACE}
    made = _of_address(address, place=place) if address else {}
    where = made["country"].value if "country" in made else _country(by_fact, place)
    for fact, found in by_fact.items():
        if offer := _offer(fact, found, place=where):
            made[fact] = offer
    return made


def settle(facts: Mapping[str, Any], provenance: Provenance, *, offered: Mapping[str, Offer]) -> Merged:
    """What research may write into a company that says `facts`, and what it may not."""
    incoming = {name: offer.value for name, offer in offered.items() if not _stands(facts.get(name), offer)}
    merged = merge(facts, provenance, incoming=incoming, method=RESEARCH)
    disputes = [
        _dispute(offered[name], facts.get(name), provenance[name])
        for name in merged.kept
        if not is_same(name, facts.get(name), offered[name].value)
    ]
    elsewhere = any(dispute.offer.fact in PLACE for dispute in disputes)
    changed = {name: offered[name] for name in merged.changed if not (elsewhere and name in PLACE)}
    asked = [one for one in disputes if one.offer.confidence >= SURE and one.offer.fact not in _NEVER_ASKED]
    return Merged(changed, asked)


def _fact_of(value: Value) -> str | None:
    if value.field == "social":
        return SOCIAL_COLUMNS.get(value.extra.get("platform", ""))
    known = FIELDS.get(value.field)
    return known.column if known else None


def _parts(value: Value) -> dict[str, str]:
    """An address's, where there are enough to find it."""
    parts = {name: value.extra[name] for name in PLACE if value.extra.get(name)}
    return parts if len(parts) > 1 and parts.keys() & {"city", "postal_code"} else {}


def _of_address(address: Value, *, place: str | None) -> dict[str, Offer]:
    parts = _parts(address)
    where = read_fact("country", parts.get("country", ""), place=None) or place
    read = {name: read_fact(name, text, place=where) for name, text in parts.items()}
    return {
        name: Offer(name, value, address.confidence, value_key(name, str(value)), address)
        for name, value in read.items()
        if value is not None
    }


def _country(by_fact: Mapping[str, Sequence[Value]], place: str | None) -> str | None:
    said = [read_fact("country", value.value, place=None) for value in by_fact.get("country", ())[:1]]
    return next(iter(said), None) or place


def _offer(fact: str, found: Sequence[Value], *, place: str | None) -> Offer | None:
    read = [(value, read_fact(fact, value.value, place=place)) for value in found]
    usable = [(value, one) for value, one in read if one is not None]
    if not usable:
        return None
    source, first = usable[0]
    if fact == "technologies":
        names = with_more([], [name for _, names in usable for name in names])
        return Offer(fact, names, source.confidence, value_key(fact, ", ".join(sorted(names))), source)
    others = tuple(one for _, one in usable[1:]) if FIELDS[source.field].is_many else ()
    return Offer(fact, first, source.confidence, value_key(fact, shown(fact, first)), source, others)


def _stands(current: Any, offer: Offer) -> bool:
    """Whether what the company has is among what was found, of things that it has several of."""
    return bool(current) and any(is_same(offer.fact, current, other) for other in offer.others)


def _dispute(offer: Offer, current: Any, entry: Mapping[str, Any]) -> Dispute:
    value = with_more(current or [], offer.value) if offer.fact == "technologies" else offer.value
    method = str(entry.get("method", ""))
    reason = "locked" if entry.get("locked") else "person" if method == PERSON else "file"
    said = shown(offer.fact, current)[:LONGEST_SHOWN], shown(offer.fact, value)[:LONGEST_SHOWN]
    return Dispute(offer, *said, method[:12], reason)
