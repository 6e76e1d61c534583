"""Indexes as SQL, and their names. Pure."""

import hashlib
import re
from collections.abc import Sequence

from performance.database.indexes.identifiers import quoted
from performance.database.indexes.shapes import Candidate, Key, Name

# Django's limit.
NAME_CHARACTERS = 30
_WORDS = re.compile(r"[^a-z0-9]+")


def create_sql(candidate: Candidate, *, name: str = "", is_concurrent: bool = False) -> str:
    """CREATE INDEX; the name is PostgreSQL's to find where none is given."""
    where = f" WHERE {candidate.predicate}" if candidate.predicate else ""
    concurrently = "CONCURRENTLY " if is_concurrent else ""
    named = f"{quoted(name)} " if name else ""
    return f"CREATE INDEX {concurrently}{named}ON {qualified(candidate.table)} ({keys_sql(candidate.keys)}){where}"


def keys_sql(keys: Sequence[Key]) -> str:
    return ", ".join(f"{key.text}{_direction(key)}" for key in keys)


def qualified(table: Name) -> str:
    return f"{quoted(table.schema)}.{quoted(table.table)}"


def index_name(candidate: Candidate) -> str:
    """Of the table, the columns and what it is: the same tomorrow, and at most 30 characters."""
    digest = hashlib.sha256(create_sql(candidate).encode()).hexdigest()[:4]
    words = "_".join([candidate.table.table, *(key.text for key in candidate.keys)]).lower()
    plain = _WORDS.sub("_", words).strip("_").lstrip("0123456789_")
    return f"{plain[: NAME_CHARACTERS - 5].rstrip('_')}_{digest}"


def _direction(key: Key) -> str:
    """What isn't said is PostgreSQL's default: ASC NULLS LAST, DESC NULLS FIRST."""
    nulls = "" if key.is_descending == key.is_nulls_first else f" NULLS {'FIRST' if key.is_nulls_first else 'LAST'}"
    return f"{' DESC' if key.is_descending else ''}{nulls}"
