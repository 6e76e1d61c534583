"""The heavy steps of an import: at once for small files, by a job for large ones."""

from typing import Any

from performance.jobs.models import Batch
from prospects.intake import jobs
from prospects.intake.models import Import


def work_on(import_run: Import, step: str) -> Any:
    """Do the step now and return what it says, or have a worker do it. Raises an IntakeError where it can't be."""
    if jobs.is_small(import_run):
        return jobs.STEPS[step](import_run.pk)
    jobs.start(import_run.pk, kind=step, owner=import_run.owner)
    return None


def is_at_work(import_run: Import) -> bool:
    """Whether a worker has, or will have, the import in hand."""
    batch = import_run.batch
    return batch is not None and batch.state in (Batch.State.RUNNING, Batch.State.PAUSED)
