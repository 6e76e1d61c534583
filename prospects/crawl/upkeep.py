"""The end of what is remembered of hosts that nobody has asked for long."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

_AT_ONCE = 5_000
# In the order of origins, as every statement locks them; one that is being visited, or rests, isn't forgotten.
_EXPIRE = """
DELETE FROM prospects_crawlhost WHERE origin IN (
    SELECT origin FROM prospects_crawlhost
    WHERE updated_at < %(old)s AND greatest(leased_until, next_at, %(old)s) < %(at)s
    ORDER BY origin LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
"""


def expire_hosts(*, at: datetime) -> int:
    """Forget hosts that weren't asked in PAGE_RETENTION_DAYS, with their robots.txt; how many. Idempotent."""
    old = at - timedelta(days=settings.PAGE_RETENTION_DAYS)
    deleted = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_EXPIRE, {"old": old, "at": at, "most": _AT_ONCE})
            number: int = cursor.rowcount
        deleted += number
        if number < _AT_ONCE:
            return deleted
