"""An index taken away before it is: what each statement of the workload would cost then, by the heuristic."""

from collections.abc import Sequence
from dataclasses import replace

from performance.database.indexes.pricing import Asked, Heuristic
from performance.database.indexes.shapes import Candidate, Catalog, Name

# Dearer by more than this is told from the noise of an estimate.
DEARER = 1.2


def dearer_without(
    index: str, *, table: Name, catalog: Catalog, workload: Sequence[Asked], beside: frozenset[Candidate]
) -> Sequence[Asked]:
    """The statements that would miss it, though the indexes `beside` were made."""
    left = tuple(each for each in catalog.tables[table].indexes if each.name != index)
    tables = {**catalog.tables, table: replace(catalog.tables[table], indexes=left)}
    before, after = Heuristic(catalog), Heuristic(replace(catalog, tables=tables))
    return [
        asked
        for asked in workload
        if table in asked.tables and after.price(asked, beside) > DEARER * before.price(asked, beside)
    ]
