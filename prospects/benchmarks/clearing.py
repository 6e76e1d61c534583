"""Areas make the same companies from the same seeds: what is to be new must not be there from another area."""

from django.db import connection

from prospects.companies.store import COMPANY, KEY, PROSPECT


def clear_companies() -> None:
    """Deletes every company and prospect, and what is known of them, in the benchmark's own database."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {COMPANY}, {KEY}, {PROSPECT} CASCADE")


def clear_pages() -> None:
    """Deletes every page, its text, and what is known of hosts."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE prospects_page, prospects_pagetext, prospects_crawlhost CASCADE")
