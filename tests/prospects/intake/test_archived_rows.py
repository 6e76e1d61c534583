"""Rows of old imports leave, with what became of them, and an import that lacks them isn't undone."""

from datetime import UTC, datetime, timedelta

import pytest

from performance.database.archival import runs
from performance.database.archival.chunks import archive_chunk
from performance.database.archival.models import ArchivalRun
from performance.database.archival.restoring import restore_chunk
from performance.database.archival.runs import Wish
from prospects.intake.errors import WrongState
from prospects.intake.models import Import, ImportRow, RowOutcome
from prospects.intake.undo import undo
from prospects.qualification.models import Qualification
from tests.factories import make_batch, make_fit, make_import, make_import_row, make_qualification, make_run

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, tzinfo=UTC)


def old_import(**fields: object) -> Import:
    """Of last year, with two rows."""
    plain = {"state": "committed", "row_count": 2, "committed_at": AT - timedelta(days=300)}
    run = make_import(**plain | fields)
    for line in (1, 2):
        make_import_row(import_run=run, line=line, outcome="skip")
    return run


def moved(target: str, *, condition: str = "") -> ArchivalRun:
    wish = Wish(target=target, action="move", older_than_days=100, condition=condition)
    run = runs.start(wish, at=AT, owner=None)
    while not archive_chunk(run.pk, limit=100):
        pass
    run.refresh_from_db()
    return run


def test_an_import_without_its_rows_isnt_undone_until_they_are_back() -> None:
    kept = old_import(committed_at=AT)
    gone = old_import()

    run = moved("import-rows", condition="committed")

    assert (run.rows, run.child_rows) == (2, 2)
    assert set(ImportRow.objects.values_list("import_run", flat=True)) == {kept.pk}
    assert set(RowOutcome.objects.values_list("import_run", flat=True)) == {kept.pk}
    with pytest.raises(WrongState, match="are in the archive"):
        undo(gone.pk)
    back = runs.restore(run.pk, at=AT, owner=None)
    while not restore_chunk(back.pk):
        pass
    undo(gone.pk)
    assert Import.objects.get(pk=gone.pk).state == "undone"


def test_rows_that_may_still_be_committed_stay() -> None:
    old_import(state="previewed", committed_at=None)
    old_import(batch=make_batch())

    assert moved("import-rows").rows == 0


def test_verdicts_that_are_current_stay() -> None:
    run = make_run(batch=make_batch(state="finished", finished_at=AT - timedelta(days=200)))
    superseded = make_qualification(run=run, created_at=AT - timedelta(days=200))
    current = make_qualification(run=run, created_at=AT - timedelta(days=200))
    make_fit(qualification=current)

    assert moved("verdicts").rows == 1
    assert list(Qualification.objects.all()) == [current]
    assert superseded.pk
