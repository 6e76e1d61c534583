"""What of imports may be archived: the cells of old uploads, by far the most that an import leaves behind."""

from performance.database.archival.registry import Archivable, Child, Condition

_OF_IMPORT = "SELECT FROM prospects_import i WHERE i.id = r.import_id"

ROWS = Archivable(
    name="import-rows",
    title="Rows of imports",
    model="prospects.ImportRow",
    age="(SELECT coalesce(i.undone_at, i.committed_at, i.created_at) FROM prospects_import i WHERE i.id = r.import_id)",
    says="The cells of uploads as they came, and what became of each row. Without them an import can't be undone, and "
    "exports lack the file's own columns.",
    conditions={
        "committed": Condition("Of committed imports", f"EXISTS ({_OF_IMPORT} AND i.state = 'committed')"),
        "undone": Condition("Of imports that were undone", f"EXISTS ({_OF_IMPORT} AND i.state = 'undone')"),
        "failed": Condition("Of imports that failed", f"EXISTS ({_OF_IMPORT} AND i.state = 'failed')"),
    },
    children=[Child("prospects.RowOutcome", via="row")],
    guard=f"EXISTS ({_OF_IMPORT} AND i.state IN ('committed', 'undone', 'failed') AND NOT EXISTS ("
    "SELECT FROM performance_batch b WHERE b.id = i.batch_id AND b.state IN ('running', 'paused')))",
    guard_says="Rows that may still be committed stay.",
    subjects={
        "import": "r.import_id",
        "prospect": "(SELECT o.prospect_id FROM prospects_rowoutcome o WHERE o.row_id = r.id)",
    },
    tags=["imports", "import:*"],
    least_days=7,
)
