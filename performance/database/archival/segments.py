"""What a chunk took, as files; and the proof that each can be read back to the same rows."""

from django.db.backends.utils import CursorWrapper

from performance.database.archival.errors import ArchiveDiffers
from performance.database.archival.models import ArchivalRun, ArchivalSegment
from performance.database.archival.staging import checksum, make_table, packed, read_into
from performance.database.archival.taking import Taken
from performance.files import services as files

CONTENT_TYPE = "text/csv+zstd"
MOST_BYTES = 16 * 1024**3


def store(cursor: CursorWrapper, run: ArchivalRun, taken: Taken, *, place: int) -> ArchivalSegment | None:
    """Keep the rows as a segment of the run's next chunk; None of no rows. Raises ArchiveDiffers.

    In the transaction that took the rows. The file is read back into a table of its own and summed up there: what is
    compared is what PostgreSQL makes of the file, not what was meant to be written.
    """
    rows, total = checksum(cursor, taken.staged)
    if not rows:
        return None
    content = packed(cursor, taken.staged)
    name = f"{run.target}-run-{run.pk}-{run.chunks}-{taken.table}.csv.zst"
    file = files.store(
        name=name, content_type=CONTENT_TYPE, chunks=content.pieces, owner=run.owner, max_bytes=MOST_BYTES
    )
    back = make_table(cursor, "archival_back", taken.columns)
    read_into(cursor, back, pieces=files.stream(file))
    if checksum(cursor, back) != (rows, total):
        raise ArchiveDiffers(f"Chunk {run.chunks} of {taken.table}, read back, isn't what was taken; all stays.")
    return ArchivalSegment.objects.create(
        run=run,
        chunk=run.chunks,
        place=place,
        table=taken.table,
        columns=[[column.name, column.type] for column in taken.columns],
        rows=rows,
        raw_bytes=content.raw_bytes,
        checksum=total,
        file=file,
    )
