"""An upload on its way to prospects: receive → parse → map → preview → commit (→ undo)."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from performance.access.models import User
from performance.cache.tags import bump
from performance.files import errors as file_errors
from performance.files import services as files
from prospects.companies.chunk import CREATE, REFUSE, SKIP, UPDATE
from prospects.companies.transactions import in_bulk, lock_bulk_writers
from prospects.intake.announcing import announce_commit
from prospects.intake.error_file import error_rows
from prospects.intake.errors import (
    AtWork,
    BadMapping,
    EmptyFile,
    IntakeError,
    NoCompanyColumn,
    UnknownImport,
    WrongState,
)
from prospects.intake.limits import SAMPLE_ROWS
from prospects.intake.mapping import apply_saved, guess, identifies, problem_with
from prospects.intake.models import Import, SavedMapping
from prospects.intake.outcomes import SampleRow, Tally, settle_rows
from prospects.intake.parsing import copy_rows
from prospects.intake.progress import Progress, report
from prospects.intake.readers import open_table
from prospects.intake.undo import Undone, undo

__all__ = [
    "Preview",
    "Undone",
    "commit",
    "error_rows",
    "map_columns",
    "parse",
    "preview",
    "receive",
    "undo",
]

_OPEN = (Import.State.PARSED, Import.State.PREVIEWED)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a commit would do now. `reasons` counts why rows are refused; `rows` are the first of each outcome."""

    create: int
    update: int
    skip: int
    refuse: int
    reasons: Mapping[str, int]
    rows: list[SampleRow]


def receive(*, name: str, chunks: Iterable[bytes], owner: User | None = None, source: str = "") -> Import:
    """Keeps the file and the import that is to be made of it. All or nothing. Raises EmptyFile, FileTooLarge."""
    with transaction.atomic():
        try:
            file = files.store(name=name, content_type="application/octet-stream", chunks=chunks, owner=owner)
        except file_errors.EmptyFile as error:
            raise EmptyFile(f"{name} is empty.") from error
        return Import.objects.create(name=file.name, source=source.strip()[:120], file=file, owner=owner)


def parse(import_id: int) -> Import:
    """Reads the file into rows, once, and guesses the columns. Idempotent.

    A file that can't be read leaves no rows; the import is then failed and says why. Raises IntakeError.
    """
    try:
        return in_bulk(partial(_parse, import_id=import_id))
    except IntakeError as error:
        Import.objects.filter(pk=import_id, state=Import.State.UPLOADED).update(
            state=Import.State.FAILED, error=str(error)
        )
        bump("imports", f"import:{import_id}")
        raise


def map_columns(
    import_id: int,
    *,
    columns: Mapping[str, str],
    constants: Mapping[str, str] | None = None,
    save_for_source: bool = False,
) -> Import:
    """Sets which column means what; columns that aren't named are only kept. Raises AtWork, BadMapping, WrongState.

    With `save_for_source` the mapping is guessed first for the next file of the same source.
    """
    with transaction.atomic():
        # Asked before the lock, which a worker may hold for minutes.
        if any(run.is_at_work for run in Import.objects.select_related("batch").filter(pk=import_id)):
            raise AtWork
        run = _locked(import_id)
        _require(run, _OPEN, "be mapped")
        constants = {name: value.strip() for name, value in (constants or {}).items() if value.strip()}
        if problem := problem_with(columns, constants, run.headers):
            raise BadMapping(problem)
        run.columns = {header: columns.get(header, "") for header in run.headers}
        run.constants = constants
        run.state = Import.State.PARSED
        run.save(update_fields=["columns", "constants", "state"])
        if save_for_source and run.source:
            SavedMapping.objects.update_or_create(
                source=run.source, defaults={"columns": run.columns, "constants": constants, "owner": run.owner}
            )
    return run


def preview(import_id: int) -> Preview:
    """The dry run over the whole file: what a commit would do with each row, written beside the row.

    Nothing else is written. Raises NoCompanyColumn, WrongState.
    """
    tally = in_bulk(partial(_preview, import_id=import_id))
    counts = tally.counts
    return Preview(
        counts[CREATE], counts[UPDATE], counts[SKIP], counts[REFUSE], dict(tally.reasons.most_common()), tally.sample
    )


def commit(import_id: int) -> Import:
    """Makes prospects of the rows: all of them or, if anything fails, none. Idempotent.

    Two commits at once end as if one came after the other. Raises NoCompanyColumn, WrongState.
    """
    return in_bulk(partial(_commit, import_id=import_id))


def _parse(cursor: CursorWrapper, *, import_id: int) -> Import:
    run = _locked(import_id)
    if run.state in {*_OPEN, Import.State.COMMITTED}:
        return run
    _require(run, (Import.State.UPLOADED, Import.State.FAILED), "be read")
    if run.file is None:
        raise WrongState("The file of this import has been deleted; upload it again.")
    with closing(files.open_file(run.file)) as content:
        table = open_table(content, name=run.name)
        sample = list(islice(table.rows, SAMPLE_ROWS))
        run.format, run.headers = table.format, table.headers
        _guess_columns(run, [cells for _, cells in sample])
        run.row_count = copy_rows(cursor, run.pk, sample=sample, rows=table.rows, progress=_reporter(run, "parse"))
    run.state, run.error = Import.State.PARSED, ""
    run.save(update_fields=["format", "headers", "columns", "constants", "row_count", "state", "error"])
    return run


def _guess_columns(run: Import, sample: list[list[str]]) -> None:
    run.columns = guess(run.headers, sample)
    saved = SavedMapping.objects.filter(source=run.source).first() if run.source else None
    if saved:
        run.columns = apply_saved(run.columns, saved.columns)
        run.constants = saved.constants


def _preview(cursor: CursorWrapper, *, import_id: int) -> Tally:
    run = _locked(import_id)
    _require(run, _OPEN, "be previewed")
    tally = _settled(cursor, run, dry=True)
    run.state, run.error = Import.State.PREVIEWED, ""
    run.save(update_fields=["state", "error", *_counted(run, tally)])
    return tally


def _commit(cursor: CursorWrapper, *, import_id: int) -> Import:
    run = _locked(import_id)
    if run.state == Import.State.COMMITTED:
        return run
    _require(run, _OPEN, "be committed")
    lock_bulk_writers(cursor)
    tally = _settled(cursor, run, dry=False)
    bump("prospects", "prospect:*", "run:*")
    run.state, run.committed_at, run.error = Import.State.COMMITTED, timezone.now(), ""
    run.save(update_fields=["state", "committed_at", "error", *_counted(run, tally)])
    announce_commit(run)
    return run


def _settled(cursor: CursorWrapper, run: Import, *, dry: bool) -> Tally:
    if not identifies(run.columns):
        raise NoCompanyColumn(
            f"No column of {run.name} holds a company's name or domain (its columns: "
            f"{', '.join(run.headers[:12])}); call one of them Company or Website in the file, or map it."
        )
    at = timezone.now().isoformat(timespec="seconds")
    stage = "preview" if dry else "commit"
    return settle_rows(cursor, run, stamp_at=at, dry=dry, progress=_reporter(run, stage))


def _counted(run: Import, tally: Tally) -> list[str]:
    """Sets the counts and names the fields that were set."""
    run.created_count, run.updated_count = tally.counts[CREATE], tally.counts[UPDATE]
    run.skipped_count, run.refused_count = tally.counts[SKIP], tally.counts[REFUSE]
    return ["created_count", "updated_count", "skipped_count", "refused_count"]


def _reporter(run: Import, stage: str) -> Callable[[int], None]:
    return lambda done: report(run.pk, Progress(stage, done, run.row_count))


def _locked(import_id: int) -> Import:
    run: Import | None = (
        Import.objects.select_for_update(of=("self",)).select_related("file", "owner").filter(pk=import_id).first()
    )
    if run is None:
        raise UnknownImport
    return run


def _require(run: Import, states: Iterable[Any], what: str) -> None:
    if run.state not in states:
        why = f": {run.error}" if run.error else ""
        raise WrongState(f"The import is {run.get_state_display().lower()} and can't {what}{why}.")
