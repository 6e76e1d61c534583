"""What an index costs those who write: an entry for each new row, and updates that no longer are HOT. Pure."""

from collections.abc import Iterable, Sequence

from performance.database.indexes.pricing import Asked
from performance.database.indexes.shapes import Candidate, Key, Name, Table

# An entry of a btree, with its part of the log. Measured: docs/indexes.md.
ENTRY_MS = 0.01


def written_ms(candidate: Candidate, table: Table, workload: Sequence[Asked]) -> float:
    """Milliseconds that it would have cost since the counters began."""
    writes = table.writes
    entries = (writes.inserts + max(0, writes.updates - writes.hot)) * candidate.share
    # A HOT update that has to write one index writes all of them.
    lost = writes.hot * _share_touching(columns_of(candidate.keys, candidate.conditions), table.name, workload)
    return ENTRY_MS * (entries + lost * (len(table.indexes) + 1))


def kept_ms(table: Table) -> float:
    """What one of its indexes costs as it is."""
    writes = table.writes
    return ENTRY_MS * (writes.inserts + max(0, writes.updates - writes.hot))


def columns_of(keys: Iterable[Key], conditions: Iterable[object] = ()) -> frozenset[str]:
    """By name; of an expression, what it is made of."""
    names = {key.column or key.text.partition("(")[2].rstrip(")").strip('"') for key in keys}
    return frozenset(names | {str(getattr(each, "column", "")) for each in conditions})


def _share_touching(columns: frozenset[str], table: Name, workload: Sequence[Asked]) -> float:
    """Of a table's updates, those that write one of the columns."""
    updates = [(each.statement.rows, each.reading.sets[table]) for each in workload if table in each.reading.sets]
    total = sum(rows for rows, _ in updates)
    return sum(rows for rows, written in updates if written & columns) / total if total else 0.0
