"""What of research may be archived: what came of each company in each batch."""

from performance.database.archival.registry import Archivable, Condition

_LATER = (
    "EXISTS (SELECT FROM prospects_researchitem later WHERE later.company_id = r.company_id"
    " AND later.created_at > r.created_at)"
)

ITEMS = Archivable(
    name="research-items",
    title="Results of research",
    model="prospects.ResearchItem",
    age="r.created_at",
    says="What came of each company in each batch. Its batch's results and statistics lack it, and so do the "
    "statistics of all where it is the company's last; profiles and values stay.",
    conditions={
        "superseded": Condition("Of companies that were researched again later", _LATER),
        "failed": Condition("That failed", "r.outcome = 'failed'"),
        "cached": Condition("That an earlier research answered", "r.is_cached"),
    },
    guard="EXISTS (SELECT FROM prospects_researchbatch s JOIN performance_batch b ON b.id = s.batch_id"
    " WHERE s.batch_id = r.research_id AND s.is_followed AND b.state IN ('finished', 'cancelled'))",
    guard_says="Results stay of batches that haven't ended, or whose run is still to be started.",
    subjects={"batch": "r.research_id", "company": "r.company_id"},
    tags=["research", "research:*", "research-statistics"],
    least_days=7,
)
