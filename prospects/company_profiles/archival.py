"""What of company profiles may be archived: values that hold no longer, and questions that time has answered."""

from performance.database.archival.registry import Archivable, Condition

VALUES = Archivable(
    name="old-values",
    title="Values that hold no longer",
    model="prospects.ProfileValue",
    age="r.last_seen_at",
    says="What pages once said of companies and say no more, with their sources. A company's page no longer shows it. "
    "Texts that nothing else quotes are deleted with their pages then, and such a value can't come back.",
    conditions={
        "llm": Condition("That an LLM read", "r.method = 'llm'"),
        "rules": Condition("That rules found", "r.method <> 'llm'"),
    },
    guard="NOT r.is_current",
    guard_says="Current values stay.",
    subjects={"company": "r.company_id", "field": "r.field"},
    tags=["company:*"],
    least_days=30,
)
CONFLICTS = Archivable(
    name="outdated-conflicts",
    title="Conflicts that were overtaken",
    model="prospects.ProfileConflict",
    age="r.created_at",
    says="Values that disagreed once, until another offer or the company itself overtook them, undecided.",
    guard="r.state = 'outdated'",
    guard_says="Open conflicts wait for a person; decided ones keep that person from being asked again.",
    subjects={"company": "r.company_id", "field": "r.field"},
    tags=["conflicts", "company:*"],
    least_days=30,
)
