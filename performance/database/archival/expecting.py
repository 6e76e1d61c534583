"""What a run will come to, as far as can be told when it begins: for its progress, and for what it freed."""

from performance.database.archival.dry_run import count
from performance.database.archival.eligibility import choice_of
from performance.database.archival.models import ArchivalRun
from performance.database.archival.registry import target_named
from performance.database.archival.sizes import row_bytes


def expect(run_id: int) -> None:
    """Before the first chunk: how many rows, and what one weighs. Idempotent; nothing where it can't be had in time."""
    run = ArchivalRun.objects.active().filter(pk=run_id, chunks=0, expected_rows=None).first()
    if run is None:
        return
    counted = count(choice_of(run))
    weight = 0.0 if run.work == ArchivalRun.Work.COPY else sum(row_bytes(target_named(run.target)))
    expected = counted.rows if counted else None
    ArchivalRun.objects.active().filter(pk=run_id).update(expected_rows=expected, row_bytes=weight)
