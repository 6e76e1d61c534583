"""How much research found, and how far it can be relied on. Pure."""

from collections.abc import Sequence

from prospects.company_profiles.researched import Identity, Scores
from prospects.extraction.fields import FIELDS
from prospects.extraction.found import Value
from prospects.extraction.modes import MODES

# How much of a value's confidence stays when it isn't certain that the site is the company's.
_BELIEVED = {"confirmed": 1.0, "likely": 0.9, "unsure": 0.5, "another": 0.0}
# Of quality: how much is known, how sure it is, and how much of it can be looked up in a page.
_COMPLETENESS, _CONFIDENCE, _QUOTED = 0.45, 0.4, 0.15


def scores(values: Sequence[Value], *, mode: str, identity: Identity) -> Scores:
    """0-100 each, of the fields that the mode asks for.

    Completeness: the weight of fields that have a value, of all. Confidence: that of each field's best value, by
    weight, less where the site may be another's. Quality joins both with the share of values that a page says
    verbatim; nothing found is quality 0.
    """
    asked = MODES[mode].fields
    best: dict[str, int] = {}
    for value in values:
        if value.field in asked:
            best[value.field] = max(best.get(value.field, 0), value.confidence)
    filled = sum(FIELDS[name].weight for name in best)
    if not filled:
        return Scores(0, 0, 0)
    completeness = filled / sum(FIELDS[name].weight for name in asked)
    sureness = sum(FIELDS[name].weight * confidence for name, confidence in best.items()) / filled / 100
    confidence = sureness * _BELIEVED[identity.verdict]
    quoted = sum(value.start is not None for value in values) / len(values)
    quality = _COMPLETENESS * completeness + _CONFIDENCE * confidence + _QUOTED * quoted
    return Scores(
        round(100 * quality * _BELIEVED[identity.verdict]), round(100 * completeness), round(100 * confidence)
    )
