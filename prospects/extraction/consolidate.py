"""The pages of a site taken together: one list of values of its company. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from prospects.extraction.fields import FIELDS
from prospects.extraction.found import Asked, Found, Value
from prospects.extraction.keys import value_key

# Of one field; a company has more people and fewer of everything else.
MOST_OF_A_FIELD = 100
_LONGEST = 1000
# What a further page that says the same adds, and the most that it comes to.
_AGREEING = 3
_MOST_ADDED = 9
_SUREST = 99
# A mailbox that anybody may write to comes before a person's own. What that weighs, in points of confidence, is more
# than agreement adds, and less than what an address of somebody else's domain lacks.
_GENERAL_WEIGHS = 12
_GENERAL = re.compile(
    r"(?:info|contact[oa]?s?|contatti?|contato|kontakt|yhteys|post|mail|e?mail|office|hello|hallo|hola|ciao|bonjour|hi|hej"
    r"|accueil|welcome|team|sales|vertrieb|ventas|vendite|service|support|zentrale|enquir(?:y|ies)|inquir(?:y|ies))@"
)
_SINGLE_PLACE = ("street", "city", "region", "postal_code", "country")

OnPage = tuple[str, UUID, datetime, Found]


@dataclass(frozen=True, slots=True)
class _Agreed:
    """All that pages say of one value, the surest first."""

    key: str
    said: Sequence[OnPage]

    @property
    def best(self) -> Found:
        return self.said[0][3]

    @property
    def confidence(self) -> int:
        """Pages with the same text, as a footer has it, agree no more than one does."""
        texts = len({text for _, text, _, _ in self.said})
        return max(self.best.confidence, min(_SUREST, self.best.confidence + min(_MOST_ADDED, _AGREEING * (texts - 1))))


def consolidate(found: Iterable[tuple[str, UUID, datetime, Found]], asked: Asked) -> list[Value]:
    """Each value once with its best quote, the best of a field first; what pages agree on is surer.

    `found` are (URL, hash of the text, when it was read, what it says). A field that a company has once keeps its
    rivals, ranked behind. The result doesn't depend on the order of `found`.
    """
    fields: dict[str, dict[str, list[OnPage]]] = {}
    for each in found:
        field = each[3].field
        if field in asked.fields:
            fields.setdefault(field, {}).setdefault(value_key(field, each[3].value), []).append(each)
    ranked = {field: _ranked(by_key) for field, by_key in fields.items()}
    _keep_together(ranked)
    return [
        _value(agreed, rank) for field in FIELDS for rank, agreed in enumerate(ranked.get(field, ())[:MOST_OF_A_FIELD])
    ]


def _ranked(by_key: Mapping[str, Sequence[OnPage]]) -> list[_Agreed]:
    agreed = [_Agreed(key, sorted(said, key=_order)) for key, said in by_key.items()]
    return sorted(agreed, key=lambda each: (-_weight(each), -len(each.said), _order(each.said[0])))


def _weight(agreed: _Agreed) -> int:
    is_general = agreed.best.field == "email" and _GENERAL.match(agreed.best.value)
    return agreed.confidence + (_GENERAL_WEIGHS if is_general else 0)


def _order(each: OnPage) -> tuple[int, int, str, int, str]:
    """The surest, then the one with most beside it, then the page nearest to the site's root."""
    url, _, _, found = each
    return -found.confidence, -len(found.extra), f"{len(url):05d}{url}", found.start, found.value


def _keep_together(ranked: dict[str, list[_Agreed]]) -> None:
    """The best address's own parts come first: a street of one page and a town of another are no place."""
    addresses = ranked.get("address")
    if not addresses:
        return
    parts = addresses[0].best.extra
    for name in _SINGLE_PLACE:
        if name in ranked and name in parts:
            key = value_key(name, parts[name])
            ranked[name].sort(key=lambda agreed, key=key: agreed.key != key)  # type: ignore[misc]


def _value(agreed: _Agreed, rank: int) -> Value:
    url, text_hash, found_at, found = agreed.said[0]
    extra = dict(found.extra)
    for _, _, _, other in agreed.said[1:]:
        extra = {**other.extra, **extra}
    return Value(
        field=found.field,
        value=found.value[:_LONGEST],
        key=agreed.key,
        confidence=agreed.confidence,
        method=found.method,
        url=url,
        found_at=found_at,
        text_hash=text_hash,
        start=found.start,
        end=found.end,
        extra=extra,
        rank=rank,
    )
