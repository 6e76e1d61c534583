"""Keys of indexes as text: what is the same written in two ways, how large an index is. Pure."""

import re
from collections.abc import Sequence
from functools import lru_cache

from performance.database.indexes.shapes import Candidate, Index, Key, Table

PAGE_BYTES = 8192
# Of a page, what a new index fills; of an entry, its header and the pointer to it.
_FILLED, _ENTRY_BYTES = 0.9, 12
_DUPLICATE_BYTES = 8
_CAST = re.compile(r"::(?:text|character varying(?:\(\d+\))?|varchar|bpchar|character)\b")
_WRAPPING = re.compile(r'[()"\s]')


@lru_cache(maxsize=10_000)
def normal(text: str) -> str:
    """lower((email)::text) and lower(email) are one key."""
    return _WRAPPING.sub("", _CAST.sub("", text)).lower()


def signature(keys: Sequence[Key]) -> tuple[tuple[object, ...], ...]:
    """What two indexes must share to be in the same order."""
    return tuple((normal(key.text), key.is_descending, key.is_nulls_first, key.flavour) for key in keys)


def size_of(candidate: Candidate, table: Table) -> int:
    """Bytes, by the columns' widths; what many rows have in common is stored once (deduplication)."""
    columns = [table.columns[key.column] for key in candidate.keys if key.column in table.columns]
    width = sum(-(-column.width // 8) * 8 for column in columns) or 16
    rows = table.rows * candidate.share
    values = 1.0
    for column in columns:
        values = min(rows, values * max(1.0, column.distinct))
    unique = min(rows, max(1.0, values))
    of_entries = unique * (_ENTRY_BYTES + width) + (rows - unique) * _DUPLICATE_BYTES
    return int(max(2, -(-of_entries // (PAGE_BYTES * _FILLED)) + 1) * PAGE_BYTES)


def as_index(candidate: Candidate, table: Table) -> Index:
    """As if it were there."""
    return Index(
        name="",
        table=candidate.table,
        keys=candidate.keys,
        predicate=candidate.predicate,
        conditions=candidate.conditions,
        size_bytes=size_of(candidate, table),
    )
