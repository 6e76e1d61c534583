"""What came of companies into the database, many at once: one statement whatever their number."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.db import connection

# Column, type in PostgreSQL, and its value where a row says nothing.
COLUMNS: Sequence[tuple[str, str, Any]] = (
    ("research_id", "bigint", None),
    ("company_id", "bigint", None),
    ("outcome", "text", ""),
    ("asked_name", "text", ""),
    ("asked_domain", "text", ""),
    ("degraded", "json", ()),
    ("code", "text", ""),
    ("error", "text", ""),
    ("is_cached", "boolean", False),
    ("is_changed", "boolean", False),
    ("page_count", "integer", 0),
    ("new_page_count", "integer", 0),
    ("value_count", "integer", 0),
    ("filled", "text", ()),
    ("quality", "smallint", None),
    ("completeness", "smallint", None),
    ("confidence", "smallint", None),
    ("cost_micros", "bigint", 0),
    ("took_ms", "integer", 0),
)
_NAMES = ", ".join(name for name, _, _ in COLUMNS)
_ARRAYS = ", ".join(f"%s::{kind}[]" for _, kind, _ in COLUMNS)
# PostgreSQL has no arrays of arrays of several lengths: each goes over as its literal.
_SELECTED = ", ".join(f"{name}::varchar[]" if name == "filled" else name for name, _, _ in COLUMNS)

# An item is never changed, but for one whose job was given up and is tried again.
INSERT = f"""
INSERT INTO prospects_researchitem AS kept ({_NAMES}, created_at)
SELECT {_SELECTED}, now() FROM unnest({_ARRAYS}) AS incoming ({_NAMES})
WHERE EXISTS (SELECT FROM prospects_company c WHERE c.id = incoming.company_id)
ORDER BY research_id, company_id
ON CONFLICT (research_id, company_id) DO UPDATE SET
    {", ".join(f"{name} = EXCLUDED.{name}" for name, _, _ in COLUMNS[2:])}, created_at = EXCLUDED.created_at
WHERE kept.outcome = 'failed'
"""  # noqa: S608 - made of the constants above


def store_items(rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert what came of companies. Idempotent; belongs in a transaction. Companies that are gone are left out."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [[_written(name, row.get(name, silent)) for row in rows] for name, _, silent in COLUMNS])


def _written(name: str, value: Any) -> Any:
    if name == "degraded":
        return orjson.dumps(list(value)).decode()
    # Names of fields are words, which need no quotes.
    return "{" + ",".join(value) + "}" if name == "filled" else value
