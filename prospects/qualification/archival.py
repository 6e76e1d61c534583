"""What of qualification may be archived: verdicts that later ones have taken the place of."""

from performance.database.archival.registry import Archivable, Condition

VERDICTS = Archivable(
    name="verdicts",
    title="Superseded verdicts",
    model="prospects.Qualification",
    age="r.created_at",
    says="Verdicts that are nobody's current one. Their run's list and exports no longer have them, nor has the "
    "prospect's history.",
    conditions={
        "rubric": Condition("By the rubric", "r.qualifier <> 'llm'"),
        "llm": Condition("By an LLM", "r.qualifier = 'llm'"),
    },
    guard="EXISTS (SELECT FROM performance_batch b WHERE b.id = r.run_id AND b.state IN ('finished', 'cancelled'))",
    guard_says="Current verdicts stay, and those of runs that haven't ended.",
    subjects={"run": "r.run_id", "prospect": "r.prospect_id"},
    tags=["runs", "run:*", "prospect:*"],
    least_days=30,
)
