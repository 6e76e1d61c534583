"""Companies that are nobody's any more."""

from collections.abc import Collection

from django.db.backends.utils import CursorWrapper

from performance.bulk.removing import remove
from performance.cache.tags import bump
from prospects.companies.models import Company
from prospects.companies.provenance import from_json

# Locked first, and asked afterwards who has prospects: so none joins meanwhile, and one that just has is seen.
_LOCK = "SELECT FROM prospects_company WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
_NOBODYS = """
SELECT id, provenance::text FROM prospects_company c
WHERE id = ANY(%s) AND NOT EXISTS (SELECT FROM prospects_prospect p WHERE p.company_id = c.id)
"""
# What goes with companies, and is shown without their prospects.
GONE = ("company:*", "crawls", "crawl:*")


def remove_orphans(cursor: CursorWrapper, ids: Collection[int], *, source: str = "") -> None:
    """Deletes those of the companies that have no prospect; with `source`, those whose name came from there."""
    cursor.execute(_LOCK, [list(ids)])
    cursor.execute(_NOBODYS, [list(ids)])
    nobodys = cursor.fetchall()
    if source:
        nobodys = [row for row in nobodys if from_json(row[1]).get("name", {}).get("source") == source]
    if nobodys:
        remove(cursor, Company, [company for company, _ in nobodys])
        bump(*GONE)
