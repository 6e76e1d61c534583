"""The kind of job "export.run": one file of a run's results."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, connections, transaction
from django.utils import timezone

from performance.cache.tags import bump
from performance.files import services as files
from performance.files.errors import EmptyFile
from performance.files.models import StoredFile
from performance.jobs.kinds import Calls, ClaimedJob, Finished, GiveUp, Kind, Policy, Stuck
from prospects.exports.errors import TooManyRows
from prospects.exports.models import Export
from prospects.exports.results import results_of
from prospects.exports.writers import CONTENT_TYPES, chunks

KIND = "export.run"
KEPT_FOR = timedelta(days=7)
# Exports are ours: an upload's limit is no limit for them.
MOST_BYTES = 16 * 1024**3


@dataclass(frozen=True, slots=True)
class Written:
    """A stored file with a run's results."""

    file_id: int
    rows: int


class ExportKind(Kind[Written]):
    """Writes the file in a thread, chunk by chunk, and ties it to its export as it is stored."""

    name = KIND
    queue = "reports"
    policy = Policy(max_attempts=3, timeout_s=540.0)

    def prepare(self, jobs: Sequence[ClaimedJob]) -> Mapping[int, Export]:
        wanted = Export.objects.select_related("run__icp_version__icp", "run__import_run", "owner")
        exports = wanted.in_bulk([job.subject_id for job in jobs])
        return {job.id: exports[job.subject_id] for job in jobs if job.subject_id in exports}

    async def run(self, job: ClaimedJob, calls: Calls) -> Written:
        if job.prepared is None:
            raise GiveUp("The export was deleted before it was made.", code="gone")
        try:
            return await asyncio.to_thread(write_file, job.prepared)
        except (TooManyRows, EmptyFile) as error:
            raise GiveUp(str(error), code=error.code) from error

    def store(self, finished: Sequence[Finished[Written]]) -> None:
        for one in finished:
            Export.objects.filter(pk=one.job.subject_id).update(error="")
            bump("exports", f"export:{one.job.subject_id}")

    def stuck(self, jobs: Sequence[Stuck]) -> None:
        for one in jobs:
            Export.objects.filter(pk=one.job.subject_id).update(error=one.reason)
            bump("exports", f"export:{one.job.subject_id}")


def write_file(export: Export) -> Written:
    """Store the export's file, all of it or nothing, and return where. Runs in a thread of its own.

    Repeated after its process was killed it puts the new file in the place of the other, which is deleted.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # While a large workbook is closed, minutes may go by without a statement.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            return _written(export)
    finally:
        # This thread ends here, and its connection would stay open.
        connections.close_all()


def _written(export: Export) -> Written:
    run, results = export.run, results_of(export.run)
    file = files.store(
        name=f"{run.icp_version.icp.slug}-run-{run.pk}.{export.format}",
        content_type=CONTENT_TYPES[export.format],
        chunks=chunks(results, export.format),
        owner=export.owner,
        expires_at=timezone.now() + KEPT_FOR,
        max_bytes=MOST_BYTES,
    )
    rows = results.count()
    before = Export.objects.select_for_update(of=("self",)).values_list("file", flat=True).get(pk=export.pk)
    Export.objects.filter(pk=export.pk).update(file=file, row_count=rows)
    StoredFile.objects.filter(pk=before).delete()
    bump("exports", f"export:{export.pk}")
    return Written(file.pk, rows)
