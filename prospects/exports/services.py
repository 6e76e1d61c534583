"""Asking for exports."""

from django.db import transaction

from performance.access.models import User
from performance.jobs.services import BatchOptions, Subject, submit_batch
from prospects.exports.errors import UnknownFormat
from prospects.exports.kind import KIND
from prospects.exports.models import Export
from prospects.qualification.models import QualificationRun


@transaction.atomic
def request_export(run: QualificationRun, *, format: str, owner: User | None = None) -> Export:
    """Have a file of the run's results as they are now made by a job. Atomic; each request makes a file of its own.

    The export's `file` is set once it is complete, its `error` where it can't be made. Raises UnknownFormat.
    """
    if format not in Export.Format.values:
        raise UnknownFormat(format, list(Export.Format.values))
    export = Export.objects.create(run=run, format=format, owner=owner)
    options = BatchOptions(owner=owner, title=f"Export of run {run.pk} as {format.upper()}")
    submission = submit_batch(kind=KIND, subjects=[Subject(export.pk)], options=options)
    export.batch = submission.batch
    export.save(update_fields=["batch"])
    return export
