"""What is done for pages when nobody waits: the words they are found by, and the end of old ones."""

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from performance.cache import tags
from prospects.pages.texts import unpacked

# Of longer texts the beginning is found: a word costs its index entry.
MOST_INDEXED = 50_000
_CHUNK = 100
_EXPIRED_AT_ONCE = 5_000
_WORD = re.compile(r"[^\W_]{1,100}")

_UNINDEXED = """
SELECT id, body, visible_length FROM prospects_pagetext WHERE words IS NULL
ORDER BY created_at, id LIMIT %s FOR UPDATE SKIP LOCKED
"""
# Without the places of words, which a list by time has no use for: half the size.
_INDEX = """
UPDATE prospects_pagetext AS t SET words = strip(to_tsvector('simple', prospects_folded(n.said)))
FROM unnest(%s::uuid[], %s::text[]) AS n(id, said) WHERE t.id = n.id
"""
# What GIN has put off would have to be read through by each search.
_TIDY = "SELECT gin_clean_pending_list('pagetext_words')"
# By page_site, which PostgreSQL skips through.
_EXPIRE_PAGES = """
DELETE FROM prospects_page WHERE id IN (
    SELECT id FROM prospects_page WHERE fetched_at < %s LIMIT %s FOR UPDATE SKIP LOCKED
)
"""
# A text outlives its pages as long as a value quotes it. The youngest may be on their way to a page.
_EXPIRE_TEXTS = """
DELETE FROM prospects_pagetext WHERE id IN (
    SELECT t.id FROM prospects_pagetext t
    WHERE t.created_at < %s AND NOT EXISTS (SELECT FROM prospects_page p WHERE p.text_id = t.id)
        AND NOT EXISTS (SELECT FROM prospects_profilevalue v WHERE v.text_id = t.id)
    LIMIT %s FOR UPDATE OF t SKIP LOCKED
)
"""
_SETTLED = timedelta(hours=1)


def index_texts(most: int = 500) -> int:
    """Write the words of texts that have none, the oldest first; how many. Idempotent; several may do it at once."""
    done = 0
    while done < most and (number := _index_chunk(min(_CHUNK, most - done))):
        done += number
    if done:
        with connection.cursor() as cursor:
            cursor.execute(_TIDY)
        tags.bump("pages")
    return done


def expire_pages(*, at: datetime) -> int:
    """Delete pages not asked for in PAGE_RETENTION_DAYS, then texts that nothing names; how many rows. Idempotent."""
    old = at - timedelta(days=settings.PAGE_RETENTION_DAYS)
    pages = _deleted(_EXPIRE_PAGES, before=old)
    texts = _deleted(_EXPIRE_TEXTS, before=at - _SETTLED)
    if pages:
        tags.bump("pages")
    return pages + texts


def _index_chunk(most: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_UNINDEXED, [most])
        rows = cursor.fetchall()
        if rows:
            said = [_words(unpacked(body)[:visible_length]) for _, body, visible_length in rows]
            cursor.execute(_INDEX, [[str(key) for key, *_ in rows], said])
    return len(rows)


def _words(text: str) -> str:
    """As searches ask for them (`finding.terms`): letters and digits, so that an address is its parts."""
    return " ".join(_WORD.findall(text[:MOST_INDEXED]))


def _deleted(statement: str, *, before: datetime) -> int:
    """In transactions of some thousands, so that nobody waits for long."""
    deleted = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [before, _EXPIRED_AT_ONCE])
            number: int = cursor.rowcount
        deleted += number
        if number < _EXPIRED_AT_ONCE:
            return deleted
