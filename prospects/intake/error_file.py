"""The refused rows as a file that can be mended and uploaded as it is."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence

from prospects.companies.normalise.formula import guard
from prospects.intake.errors import UnknownImport
from prospects.intake.fields import REASON_HEADER
from prospects.intake.models import Import, ImportRow, RowOutcome

_BLOCK = 1000


def error_rows(import_id: int) -> Iterator[bytes]:
    """A CSV of the original columns and `assay_reason`, in pieces; UTF-8 with its mark, so that Excel reads it too.

    Cells that a spreadsheet would run are guarded; an import takes the guard off and ignores the reason's column.
    Raises UnknownImport before the first piece.
    """
    run = Import.objects.filter(pk=import_id).first()
    if run is None:
        raise UnknownImport
    return _pieces(run)


def _pieces(run: Import) -> Iterator[bytes]:
    headers = [header for header in run.headers if header != REASON_HEADER]
    kept = [position for position, header in enumerate(run.headers) if header != REASON_HEADER]
    yield codecs.BOM_UTF8 + _written([[*map(guard, headers), REASON_HEADER]])
    refused = RowOutcome.objects.filter(import_run=run, outcome=ImportRow.Outcome.REFUSE).order_by("row__line")
    pending: list[list[str]] = []
    for cells, reason in refused.values_list("row__raw", "reason").iterator(chunk_size=_BLOCK):
        pending.append(_line(cells, kept=kept, width=len(run.headers), reason=reason))
        if len(pending) >= _BLOCK:
            yield _written(pending)
            pending = []
    if pending:
        yield _written(pending)


def _line(cells: Sequence[str], *, kept: Sequence[int], width: int, reason: str) -> list[str]:
    """Cells beyond the header follow the reason: nothing of what came is lost."""
    own = [guard(cells[position]) if position < len(cells) else "" for position in kept]
    return [*own, guard(reason), *map(guard, cells[width:])]


def _written(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
