"""Prospects by the thousand, as programs send them, under the rules of the import.

Each call is one transaction, and takes turns with imports and other calls, so that they never deadlock on companies.
With `Terms.atomic` a row that is refused has all refused; without, the good ones get in and `errors` names the others.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from performance.bulk.errors import RowError
from performance.cache.tags import bump
from prospects.companies.bulk.bringing import Bringing
from prospects.companies.bulk.cells import read_cells
from prospects.companies.bulk.changes import read_changes, read_ids
from prospects.companies.bulk.changing import Changing
from prospects.companies.bulk.removing import remove
from prospects.companies.bulk.results import BulkBusy, BulkOutcome, Report, Terms
from prospects.companies.merge_rules import API, Stamp
from prospects.companies.transactions import in_bulk, lock_bulk_writers

BUSY_FOR_S = 5
# What shows prospects, names them, or has figures of them.
_TAGS = ("prospects", "prospect:*", "run:*", "icps", "import:*")
Work = Callable[[CursorWrapper, Report], None]


def insert(rows: Sequence[Any], *, terms: Terms) -> BulkOutcome:
    """New prospects, {field: value} by the names of `intake.fields`; a row that means a known one is refused.

    Raises RowsRefused, BulkBusy.
    """
    return _bring(rows, terms, only_new=True)


def upsert(rows: Sequence[Any], *, terms: Terms) -> BulkOutcome:
    """New prospects, and what rows say anew of known ones: an empty value changes nothing, a person's stays.

    Raises RowsRefused, BulkBusy.
    """
    return _bring(rows, terms, only_new=False)


def update(rows: Sequence[Any], *, terms: Terms) -> BulkOutcome:
    """Corrections by hand, {"id": …, fields of the person, "company": {…}}, which win over every file.

    Raises RowsRefused, BulkBusy.
    """
    changes, errors = read_changes(rows)
    at = timezone.now()
    return _in_turn(lambda _, report: Changing(report, terms.by, at).change(changes), rows, errors, terms)


def delete(rows: Sequence[Any], *, terms: Terms) -> BulkOutcome:
    """Prospects by {"id": …}; archived are those that a run has used. Raises RowsRefused, BulkBusy."""
    places, errors = read_ids(rows, may_hold_more=False)
    at = timezone.now()
    return _in_turn(lambda cursor, report: remove(cursor, places, report=report, at=at), rows, errors, terms)


def _bring(rows: Sequence[Any], terms: Terms, *, only_new: bool) -> BulkOutcome:
    cells = read_cells(rows)
    stamp = Stamp(terms.source or API, API, timezone.now().isoformat(timespec="seconds"), by=terms.by.pk)

    def work(cursor: CursorWrapper, report: Report) -> None:
        Bringing(cursor, stamp, report, only_new=only_new).bring(cells, source=terms.source)

    return _in_turn(work, rows, cells.errors, terms)


def _in_turn(work: Work, rows: Sequence[Any], errors: Sequence[RowError], terms: Terms) -> BulkOutcome:
    """`work` in its transaction, unless `errors`, of what was read, have all refused already."""

    def attempt(cursor: CursorWrapper) -> BulkOutcome:
        report = _report(rows, errors)
        _wait_for_turn(cursor, terms.patience_s)
        work(cursor, report)
        report.check(atomic=terms.atomic)
        bump(*_TAGS)
        return report.done()

    _report(rows, errors).check(atomic=terms.atomic)
    return in_bulk(attempt) if rows else Report(0).done()


def _report(rows: Sequence[Any], errors: Sequence[RowError]) -> Report:
    report = Report(len(rows))
    report.refuse(errors)
    return report


def _wait_for_turn(cursor: CursorWrapper, patience_s: float | None) -> None:
    if patience_s is None:
        lock_bulk_writers(cursor)
        return
    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{patience_s * 1000:.0f}ms"])
    try:
        lock_bulk_writers(cursor)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise BulkBusy(retry_after_s=BUSY_FOR_S) from error
        raise
    cursor.execute("SET LOCAL lock_timeout = 0")
