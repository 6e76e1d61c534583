"""What the rows of a chunk say, column by column: each rule is asked once for each value that occurs. Pure.

A fact is a column as long as the chunk; where a row is silent it is empty, or None for what is no text. `odd` collects
the places of rows of which something would have to be left out or cut: what stands here for them doesn't count.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from prospects.companies.normalise import domain as domains
from prospects.companies.normalise.phone import phone
from prospects.intake.layout import Layout
from prospects.intake.rows import LENGTHS, PLACES, PLAIN, RULES, is_silent, place_of

Texts = Mapping[str, Sequence[str]]
Facts = Mapping[str, Sequence[Any]]
# What can be read so. Persons, lists and places in one cell are for `RowReader`.
FIELDS = frozenset({*PLAIN, *RULES, *PLACES, "domain", "phone", "notes"}) - {"location"}
_SILENT: Mapping[str, object] = {"email": ""}


def texts_of(rows: Sequence[Sequence[str]], layout: Layout) -> Texts:
    """{field: what each row says}, constants where it says nothing. Each cell is on one line."""
    width = layout.width
    columns = zip(*(row if len(row) == width else _widened(row, width) for row in rows), strict=True)
    texts: dict[str, Sequence[str]] = {}
    for name, column in zip(layout.names, columns, strict=True):
        if name:
            texts[name] = _over(_without_silence(column), texts.get(name))
    for name, constant in layout.constants.items():
        texts[name] = _over(texts.get(name, ("",) * len(rows)), [constant] * len(rows))
    return texts


def _widened(row: Sequence[str], width: int) -> list[str]:
    return [*row[:width], *[""] * (width - len(row))]


def _without_silence(column: Sequence[str]) -> Sequence[str]:
    silent = set(filter(is_silent, set(column)))
    return ["" if cell in silent else cell for cell in column] if silent else column


def _over(column: Sequence[str], below: Sequence[str] | None) -> Sequence[str]:
    return column if below is None else [text or other for text, other in zip(column, below, strict=True)]


def facts_of(texts: Texts, odd: set[int]) -> Facts:
    """In the order in which a row's facts stand, which is that of its provenance."""
    facts = {name: _fitting(name, texts[name], odd) for name in PLAIN if name in texts}
    if "domain" in texts:
        facts["domain"] = _read(texts["domain"], _own_domain, odd, silent="")
    if not PLACES.isdisjoint(texts):
        facts |= _places(texts, odd)
    for name, rule in RULES.items():
        if name in texts:
            facts[name] = _read(texts[name], rule, odd, silent=_SILENT.get(name))
    if "phone" in texts:
        facts["phone"] = _phones(texts["phone"], facts, odd)
    if "email" in facts:
        _leave_domains(facts["email"], facts.get("domain"), odd)
    return facts


def _fitting(name: str, column: Sequence[str], odd: set[int]) -> Sequence[str]:
    most = LENGTHS[name]
    if len(max(column, key=len)) > most:
        odd.update(place for place, text in enumerate(column) if len(text) > most)
    return column


def _read(column: Sequence[str], rule: Callable[[str], Any], odd: set[int], *, silent: object) -> Sequence[Any]:
    values = {text: rule(text) for text in set(column) if text}
    unreadable = {text for text, value in values.items() if value is None}
    if unreadable:
        odd.update(place for place, text in enumerate(column) if text in unreadable)
    values.update(dict.fromkeys(["", *unreadable], silent))
    return list(map(values.__getitem__, column))


def _own_domain(text: str) -> str | None:
    found = domains.domain(text)
    return None if found is None or "linkedin.com/" in text or domains.is_shared(found) else found


def _places(texts: Texts, odd: set[int]) -> dict[str, Sequence[str]]:
    silent = ("",) * len(next(iter(texts.values())))
    column = list(zip(*(texts.get(name, silent) for name in ("country", "region", "postal_code")), strict=True))
    values: dict[tuple[str, ...], tuple[str, ...]] = {}
    unreadable = set()
    for said in set(column):
        found, left_out = place_of(said[0], said[1], "", said[2], False)
        values[said] = (found.get("region", ""), found.get("country", ""), found.get("postal_code", ""))
        if left_out:
            unreadable.add(said)
    if unreadable:
        odd.update(place for place, said in enumerate(column) if said in unreadable)
    regions, countries, codes = zip(*map(values.__getitem__, column), strict=True)
    return {"region": regions, "country": countries, "postal_code": codes}


def _phones(column: Sequence[str], facts: Facts, odd: set[int]) -> Sequence[str]:
    silent = ("",) * len(column)
    phones = []
    rows = zip(column, facts.get("country", silent), facts.get("domain", silent), strict=True)
    for place, (text, country, domain) in enumerate(rows):
        number = text and phone(text, country=country or (domains.country_of(domain) if domain else None))
        if number is None:
            odd.add(place)
        phones.append(number or "")
    return phones


def _leave_domains(addresses: Sequence[str], own: Sequence[str] | None, odd: set[int]) -> None:
    """Whose domain is that of their address are odd."""
    odd.update(place for place, address in enumerate(addresses) if address and not (own and own[place]))
