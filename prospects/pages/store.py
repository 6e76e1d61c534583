"""Visits into the store: each page's row, what has changed since, and the text if it is new."""

from collections.abc import Sequence
from typing import cast

import psycopg
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from performance.cache import tags
from prospects.pages.parsed import PageRead
from prospects.pages.rows import COLUMNS, row_of
from prospects.pages.texts import write_texts

_ATTEMPTS = 5
_IN_THE_WAY = (psycopg.errors.UniqueViolation, psycopg.errors.ForeignKeyViolation, psycopg.errors.DeadlockDetected)

# What this visit is to the page `p` as it was. A page that was never read has nothing to change.
_CHANGE = """CASE
    WHEN EXCLUDED.text_id IS NOT NULL AND (p.text_id IS NULL OR p.change = 'removed') THEN 'new'
    WHEN EXCLUDED.text_id IS NOT NULL AND p.text_id <> EXCLUDED.text_id THEN 'changed'
    WHEN EXCLUDED.outcome = 'gone' AND p.text_id IS NOT NULL THEN 'removed'
    WHEN EXCLUDED.outcome = 'read' AND p.change = 'removed' THEN 'new'
    WHEN EXCLUDED.outcome <> 'read' AND p.change = 'removed' THEN 'removed'
    ELSE 'same'
END"""
# What a visit that read nothing leaves as it was; a 304 confirms the text, and may bring another ETag.
_KEPT = "CASE WHEN EXCLUDED.text_id IS NULL THEN p.{name} ELSE EXCLUDED.{name} END"
_UPSERT = f"""
INSERT INTO prospects_page AS p ({", ".join(name for name, _ in COLUMNS)}, change, first_seen_at, changed_at, text_at)
SELECT n.*, CASE WHEN n.text_id IS NULL THEN 'same' ELSE 'new' END, n.fetched_at, n.fetched_at,
    CASE WHEN n.text_id IS NOT NULL THEN n.fetched_at END
FROM unnest({", ".join(f"%s::{kind}[]" for _, kind in COLUMNS)}) AS n({", ".join(name for name, _ in COLUMNS)})
ORDER BY n.id
ON CONFLICT (id) DO UPDATE SET
    site = EXCLUDED.site, final_url = EXCLUDED.final_url, outcome = EXCLUDED.outcome, code = EXCLUDED.code,
    reason = EXCLUDED.reason, status = EXCLUDED.status, byte_count = EXCLUDED.byte_count,
    elapsed_ms = EXCLUDED.elapsed_ms, fetched_at = EXCLUDED.fetched_at, depth = least(p.depth, EXCLUDED.depth),
    kind = CASE WHEN EXCLUDED.kind = '' THEN p.kind ELSE EXCLUDED.kind END,
    title = {_KEPT.format(name="title")}, links = {_KEPT.format(name="links")},
    text_id = {_KEPT.format(name="text_id")},
    facts = CASE
        WHEN EXCLUDED.text_id IS NOT NULL OR p.text_id IS NULL THEN EXCLUDED.facts
        WHEN EXCLUDED.outcome = 'read' THEN (p.facts::jsonb || EXCLUDED.facts::jsonb)::json
        ELSE p.facts
    END,
    text_at = CASE WHEN EXCLUDED.outcome = 'read' AND coalesce(EXCLUDED.text_id, p.text_id) IS NOT NULL
        THEN EXCLUDED.fetched_at ELSE p.text_at END,
    change = {_CHANGE},
    changed_at = CASE WHEN ({_CHANGE}) IN ('new', 'changed') OR (({_CHANGE}) = 'removed' AND p.change <> 'removed')
        THEN EXCLUDED.fetched_at ELSE p.changed_at END
WHERE p.fetched_at < EXCLUDED.fetched_at
RETURNING p.id, p.change
"""  # noqa: S608
_SINCE = "SELECT id, change FROM prospects_page WHERE id = ANY(%s::uuid[])"


def store_pages(reads: Sequence[PageRead]) -> list[str]:
    """What each visit is to its page (Page.Change), in the order given.

    Atomic, and idempotent: a visit that is stored already, or is older than one that is, changes nothing. Rows are
    locked in the order of their ids. Raises DatabaseError.
    """
    if not reads:
        return []
    rows = [row_of(read) for read in reads]
    latest = {row[0]: (row, read) for row, read in sorted(zip(rows, reads, strict=True), key=lambda one: one[1].at)}
    changes = _in_turn(latest)
    return [changes[row[0]] for row in rows]


Latest = dict[str, tuple[tuple[object, ...], PageRead]]


def _in_turn(latest: Latest) -> dict[str, str]:
    """Again, where another writer had a text first."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return _stored(latest)
        except DatabaseError as error:
            if not isinstance(error.__cause__, _IN_THE_WAY) or connection.in_atomic_block:
                raise
    return _stored(latest)


def _stored(latest: Latest) -> dict[str, str]:
    with transaction.atomic(), connection.cursor() as cursor:
        write_texts(cursor, (read.parsed for _, read in latest.values() if read.parsed))
        changes = _upserted(cursor, latest)
        tags.bump("pages")
    return changes


def _upserted(cursor: CursorWrapper, latest: Latest) -> dict[str, str]:
    columns = zip(*(row for row, _ in latest.values()), strict=True)
    cursor.execute(_UPSERT, [list(column) for column in columns])
    changes = {str(key): cast(str, change) for key, change in cursor.fetchall()}
    if missing := [key for key in latest if key not in changes]:
        cursor.execute(_SINCE, [missing])
        changes |= {str(key): cast(str, change) for key, change in cursor.fetchall()}
    return changes
