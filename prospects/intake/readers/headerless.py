"""Whether a table begins with a company instead of headers, which would swallow it. Pure."""

from collections.abc import Sequence

from prospects.companies.normalise.domain import domain
from prospects.intake.fields import FIELDS
from prospects.intake.mapping import header_words

_SHARE = 0.8
# "Lead.website" and "Account.name" are headers, though .website and .name are suffixes; .ca is Canada's.
_LAST_WORDS = frozenset(word for field in FIELDS for synonym in field.synonyms if len(word := synonym.split()[-1]) > 2)


def lacks_header(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the first row has a web or e-mail address in a column of such."""
    return any(_is_address(cell) and _are_addresses(below, place) for place, cell in enumerate(first))


def _is_address(cell: str) -> bool:
    return domain(cell) is not None and header_words(cell).split()[-1] not in _LAST_WORDS


def _are_addresses(rows: Sequence[Sequence[str]], place: int) -> bool:
    cells = [row[place] for row in rows if place < len(row) and row[place].strip()]
    return sum(domain(cell) is not None for cell in cells) >= _SHARE * len(cells)
