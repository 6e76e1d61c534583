"""The heavy steps of an import: at once for small files, by a job for large ones."""

from collections.abc import Callable, Mapping

from performance.jobs.models import Batch
from prospects.intake import jobs, services
from prospects.intake.models import Import

# About 5,000 rows: half a second, which a person waits for gladly and a web process can spare.
AT_ONCE_BYTES = 500_000
STEPS: Mapping[str, Callable[[int], object]] = {
    jobs.PARSE: services.parse,
    jobs.PREVIEW: services.preview,
    jobs.COMMIT: services.commit,
}


def work_on(import_run: Import, step: str) -> None:
    """Do the step now, or have a worker do it. Raises an IntakeError where it is done now and can't be."""
    if import_run.file is not None and import_run.file.size > AT_ONCE_BYTES:
        jobs.start(import_run.pk, kind=step, owner=import_run.owner)
    else:
        STEPS[step](import_run.pk)


def is_at_work(import_run: Import) -> bool:
    """Whether a worker has, or will have, the import in hand."""
    batch = import_run.batch
    return batch is not None and batch.state in (Batch.State.RUNNING, Batch.State.PAUSED)
