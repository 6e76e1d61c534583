"""The heavy steps of an import: at once for small files, by a job for large ones."""

from prospects.intake import jobs
from prospects.intake.models import Import


def work_on(import_run: Import, step: str) -> None:
    """Do the step now, or have a worker do it. Raises an IntakeError where it can't be."""
    if jobs.is_small(import_run) and not import_run.is_at_work:
        jobs.STEPS[step](import_run.pk)
    else:
        jobs.start(import_run.pk, kind=step, owner=import_run.owner)
