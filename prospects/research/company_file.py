"""Companies from a file: CSV, XLSX or JSON Lines with a column of names, one of domains, or both."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO

from prospects.companies.normalise.domain import domain, is_shared
from prospects.intake.mapping import guess
from prospects.intake.readers import Table, open_table
from prospects.research.errors import NoCompanyColumn, TooManyCompanies
from prospects.research.plan import MOST_COMPANIES

# So many rows tell what a column means.
SAMPLE = 200

# A name and a domain; "" for what isn't said.
Pair = tuple[str, str]


def companies_in(file: BinaryIO, *, name: str = "") -> list[Pair]:
    """What each row names, but for rows that name nothing. Columns are told by their headers, as imports do, else by
    their values; a list of domains needs no header.

    Raises NoCompanyColumn, TooManyCompanies, and IntakeError for a file that can't be read.
    """
    table = open_table(file, name=name)
    rows = (cells for _, cells in table.rows)
    if not table.has_headers and len(table.headers) == 1:
        return _named(rows, -1, 0)
    if _is_headless(table):
        return _named(chain([table.headers], rows), -1, 0)
    sample = list(islice(rows, SAMPLE))
    places = {field: place for place, field in enumerate(guess(table.headers, sample).values())}
    if not {"name", "domain"} & places.keys():
        raise NoCompanyColumn(name, headers=table.headers)
    return _named(chain(sample, rows), places.get("name", -1), places.get("domain", -1))


def sides(pairs: Sequence[Pair]) -> tuple[list[str], list[str]]:
    """As a plan has them: names with a domain for each, or domains alone where nothing has a name."""
    names = [name for name, _ in pairs]
    return (names if any(names) else []), [site for _, site in pairs]


def _is_headless(table: Table) -> bool:
    first = domain(table.headers[0]) if len(table.headers) == 1 else None
    return first is not None and not is_shared(first)


def _named(rows: Iterable[Sequence[str]], name: int, site: int) -> list[Pair]:
    """Rows beyond what a batch takes are counted, so that it can be said how many there are."""
    pairs = _pairs(rows, name, site)
    found = list(islice(pairs, MOST_COMPANIES))
    if beyond := sum(1 for _ in pairs):
        raise TooManyCompanies(len(found) + beyond, most=MOST_COMPANIES)
    return found


def _pairs(rows: Iterable[Sequence[str]], name: int, site: int) -> Iterator[Pair]:
    for cells in rows:
        pair = _cell(cells, name), _cell(cells, site)
        if any(pair):
            yield pair


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if 0 <= place < len(cells) else ""
