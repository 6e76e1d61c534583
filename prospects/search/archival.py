"""What of web searches may be archived: whole sessions, of which the results are by far the most."""

from performance.database.archival.registry import Archivable, Child, Condition

_FOUND = "EXISTS (SELECT FROM prospects_searchresult f WHERE f.session_id = r.id)"

SESSIONS = Archivable(
    name="searches",
    title="Search sessions",
    model="prospects.SearchSession",
    age="coalesce((SELECT b.finished_at FROM performance_batch b WHERE b.id = r.batch_id), r.created_at)",
    says="Sessions with their queries and results. Research that began with one of them keeps its companies, and no "
    "longer says which search named them.",
    conditions={
        "empty": Condition("That found nothing", f"NOT {_FOUND}"),
        "unused": Condition(
            "That no research began with",
            "NOT EXISTS (SELECT FROM prospects_researchbatch s WHERE s.session_id = r.id)",
        ),
    },
    children=[
        Child("prospects.SearchQuery", via="session"),
        # A result names its query's own session, which goes in the same chunk.
        Child("prospects.SearchResult", via="query", of="prospects.SearchQuery", also=["session"]),
    ],
    guard="NOT EXISTS (SELECT FROM performance_batch b WHERE b.id = r.batch_id AND b.state IN ('running', 'paused'))",
    guard_says="Sessions that are still being searched stay.",
    subjects={"batch": "r.batch_id", "owner": "r.owner_id"},
    tags=["searches", "search:*"],
)
