"""Keeping the texts up with the prospects, after commits; a search looks at what hasn't been caught up with itself."""

from dataclasses import dataclass

from django.db import connection, transaction

# About so many changes at once, and at least a note: a fraction of a second, and a kill loses no more than that.
CHUNK = 5_000
# Any number, the same for all: one process at a time, or two would write a prospect's text.
_UPKEEP = 0x46494E44

# One statement, so that what is read is what was noted: a change that is committed meanwhile has a note of its own.
_CATCH_UP = """
WITH noted AS (
    DELETE FROM prospects_searchchange WHERE id IN (
        SELECT id FROM (
            SELECT id, sum(number) OVER (ORDER BY id) - number AS before FROM (
                SELECT id, cardinality(company_ids) AS number FROM prospects_searchchange ORDER BY id LIMIT %(chunk)s
            ) AS first
        ) AS summed WHERE before < %(chunk)s
    )
    RETURNING company_ids
), companies AS (
    SELECT DISTINCT unnest(company_ids) AS company_id FROM noted
), texts AS (
    SELECT p.id, p.company_id, prospects_search_text(c.name, c.domain, p.person_name) AS text,
        prospects_search_words(c.name, c.domain, p.person_name) AS words
    FROM companies JOIN prospects_prospect p USING (company_id) JOIN prospects_company c ON c.id = p.company_id
), gone AS (
    DELETE FROM prospects_searchtext
    WHERE company_id IN (SELECT company_id FROM companies) AND prospect_id NOT IN (SELECT id FROM texts)
), written AS (
    INSERT INTO prospects_searchtext AS kept (prospect_id, company_id, text, words)
    SELECT id, company_id, text, words FROM texts
    ON CONFLICT (prospect_id) DO UPDATE
        SET company_id = EXCLUDED.company_id, text = EXCLUDED.text, words = EXCLUDED.words
        WHERE (kept.company_id, kept.text) IS DISTINCT FROM (EXCLUDED.company_id, EXCLUDED.text)
)
SELECT coalesce(sum(cardinality(company_ids)), 0) FROM noted
"""
_FRESHNESS = """
SELECT coalesce(sum(cardinality(company_ids)), 0)::bigint,
    coalesce(extract(epoch FROM now() - min(noted_at)), 0)::float8
FROM prospects_searchchange
"""
# What GIN indexes have put off would have to be read through by each search.
_TIDY = """
SELECT gin_clean_pending_list('searchtext_trigrams'), gin_clean_pending_list('searchtext_words')
"""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far the texts are behind: changes not caught up with, and how long the oldest has waited."""

    changes: int
    behind_s: float


def catch_up() -> int:
    """Write the texts of all that changed; how many changes. Atomic by chunks, idempotent, by one process at a time:
    another does nothing meanwhile.
    """
    done = 0
    while number := _chunk():
        done += number
    if done:
        with connection.cursor() as cursor:
            cursor.execute(_TIDY)
            cursor.execute("ANALYZE prospects_searchchange")
    return done


def rebuild() -> int:
    """Forget all texts and write them anew. A search is right meanwhile, only slower."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_UPKEEP])
        cursor.execute("DELETE FROM prospects_searchtext")
        cursor.execute("DELETE FROM prospects_searchchange")
        cursor.execute(
            "INSERT INTO prospects_searchchange (company_ids)"
            " SELECT array_agg(DISTINCT company_id) FROM prospects_prospect GROUP BY company_id / 4096"
        )
    return catch_up()


def freshness() -> Freshness:
    with connection.cursor() as cursor:
        cursor.execute(_FRESHNESS)
        return Freshness(*cursor.fetchone())


def _chunk() -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_UPKEEP])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_CATCH_UP, {"chunk": CHUNK})
        return int(cursor.fetchone()[0])
