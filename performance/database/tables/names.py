"""From a name that somebody typed to a table of this database, or a refusal that names those like it."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from django.db import connection
from psycopg import sql

from performance.database.tables.errors import NotATable, UnknownTable
from performance.database.text import storable

# Of what a person may mean: no system catalogs, no tables of the moment.
OURS = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
_MOST_CHARACTERS = 200
_FIND = f"""
SELECT c.oid::bigint, n.nspname::text, c.relname::text, c.relkind::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 'p', 'v', 'f') AND {OURS}
    AND ((c.relname::text = %(name)s::text AND pg_table_is_visible(c.oid))
        OR n.nspname || '.' || c.relname = %(name)s::text)
ORDER BY pg_table_is_visible(c.oid) DESC, n.nspname LIMIT 1
"""  # noqa: S608 - a constant
_NAMES = f"""
SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname::text ELSE n.nspname || '.' || c.relname END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') AND {OURS}
"""  # noqa: S608 - a constant
_PARTITIONS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s ORDER BY 1 LIMIT 5"


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or materialized view that is there."""

    oid: int
    schema: str
    table: str

    @property
    def name(self) -> str:
        return f"{self.schema}.{self.table}"

    @property
    def identifier(self) -> sql.Identifier:
        """Quoted, for a statement that takes no parameters."""
        return sql.Identifier(self.schema, self.table)


def relation(name: str) -> Relation:
    """The one of this name, with its schema or found on the search path. Raises UnknownTable and NotATable."""
    name = storable(name)[:_MOST_CHARACTERS]
    with connection.cursor() as cursor:
        cursor.execute(_FIND, {"name": name})
        row = cursor.fetchone()
    if row is None:
        raise UnknownTable(f"This database has no table {name!r}.{_like(name)}")
    oid, schema, table, kind = row
    if kind == "p":
        raise NotATable(f"{name} is partitioned and holds nothing itself; ask for one of its partitions{_of(oid)}.")
    if kind in "vf":
        raise NotATable(f"{name} is a {'view' if kind == 'v' else 'foreign table'}: it holds nothing here.")
    return Relation(oid, schema, table)


def _like(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_NAMES)
        found = _close(name, [each for (each,) in cursor.fetchall()])
    return f" Did you mean {' or '.join(found)}?" if found else ""


def _close(name: str, names: Sequence[str]) -> list[str]:
    """The three most like it; one that only lacks its application's prefix is."""
    ended = [each for each in names if each.endswith(f"_{name.lower()}")]
    return (ended + [each for each in get_close_matches(name.lower(), names, n=3, cutoff=0.6) if each not in ended])[:3]


def _of(oid: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_PARTITIONS, [oid])
        found = [each for (each,) in cursor.fetchall()]
    return f", such as {', '.join(found)}" if found else ""
