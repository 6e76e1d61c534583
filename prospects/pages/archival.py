"""What of pages may be archived: texts with the pages that say them, and pages that were never read.

Both are deleted anyway after PAGE_RETENTION_DAYS (`pages.upkeep`): a copy is what keeps them.
"""

from performance.database.archival.registry import Archivable, Child, Condition

_ANYWAY = "PAGE_RETENTION_DAYS after they were last asked for they are deleted anyway, so a copy is what keeps them."
_LAST_ASKED = "(SELECT max(p.fetched_at) FROM prospects_page p WHERE p.text_id = r.id)"

TEXTS = Archivable(
    name="pages",
    title="Pages with their texts",
    model="prospects.PageText",
    age=f"coalesce({_LAST_ASKED}, r.created_at)",
    says=f"Texts, each with all pages that say it. Without them a site is read anew, and nobody finds them. {_ANYWAY}",
    children=[Child("prospects.Page", via="text")],
    guard_says="Texts that a company's value quotes stay.",
    tags=["pages"],
    # Younger ones answer for a site that is asked about again (COMPANY_TTL).
    least_days=7,
)
UNREAD = Archivable(
    name="unread-pages",
    title="Pages that were never read",
    model="prospects.Page",
    age="r.fetched_at",
    says=f"Addresses that moved, were refused, are gone or failed, and why. {_ANYWAY}",
    conditions={
        "moved": Condition("That led elsewhere", "r.outcome = 'moved'"),
        "refused": Condition("That were refused", "r.outcome = 'refused'"),
        "gone": Condition("That are gone", "r.outcome = 'gone'"),
        "failed": Condition("That failed", "r.outcome = 'failed'"),
    },
    guard="r.text_id IS NULL",
    guard_says="Pages that were read stay with their texts.",
    subjects={"site": "r.site"},
    tags=["pages"],
    least_days=7,
)
