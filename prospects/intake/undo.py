"""Taking back a committed import: what it made goes, what it changed is as before, what others touched since stays."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

import orjson
from django.db.backends.utils import CursorWrapper
from django.db.models import Q, QuerySet
from django.utils import timezone

from performance.bulk.removing import remove
from performance.cache.tags import bump
from performance.jobs.models import Job
from prospects.companies.chunk import NOTHING
from prospects.companies.known import Known, KnownProspect
from prospects.companies.models import Prospect
from prospects.companies.orphans import remove_orphans
from prospects.companies.store import CompanyStore
from prospects.companies.transactions import in_bulk, lock_bulk_writers
from prospects.intake.errors import UnknownImport, WrongState
from prospects.intake.limits import CHUNK_ROWS
from prospects.intake.models import Import, ImportRow, RowOutcome
from prospects.qualification.models import Fit, Qualification

_ARCHIVE = "UPDATE prospects_prospect SET archived_at = %s WHERE id = ANY(%s)"
_DELETE_KEYS = """
DELETE FROM prospects_companykey
WHERE (company_id, key) IN (SELECT * FROM unnest(%s::bigint[], %s::text[]))
"""


@dataclass(slots=True)
class Undone:
    """Prospects: `deleted`, `archived` because a run has used them, `restored` to what they were, and `kept`
    because a person or a later import has changed them since."""

    deleted: int = 0
    archived: int = 0
    restored: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class _ChangedRow:
    """A row whose import changed something, and what was there before."""

    outcome: str
    before: dict[str, Any]
    prospect_id: int
    company_id: int


class _Created(NamedTuple):
    """A prospect that the import made."""

    prospect_id: int
    company_id: int
    is_edited: bool


def undo(import_id: int) -> Undone:
    """Takes a committed import back, all of it or nothing. Raises UnknownImport, WrongState."""
    return in_bulk(partial(_undo, import_id=import_id))


def _undo(cursor: CursorWrapper, *, import_id: int) -> Undone:
    run = Import.objects.select_for_update().filter(pk=import_id).first()
    if run is None:
        raise UnknownImport
    if run.state != Import.State.COMMITTED:
        raise WrongState(f"The import is {run.get_state_display().lower()}; only a committed one can be undone.")
    if ImportRow.objects.filter(import_run=run).count() < run.row_count:
        raise WrongState("Rows of this import are in the archive: restore the run of archival that has them first.")
    lock_bulk_writers(cursor)
    undone = Undone()
    later = _touched_later(run)
    for chunk in _chunks(_changed_rows(run)):
        _restore(cursor, chunk, run=run, later=later, undone=undone)
    _lock_created(run)
    used = _used(run)
    for chunk in _chunks(_created(run)):
        _remove(cursor, chunk, run=run, later=later, used=used, undone=undone)
    run.state, run.undone_at, run.error = Import.State.UNDONE, timezone.now(), ""
    run.undone_counts = asdict(undone)
    bump("prospects", "prospect:*", "run:*", "icps", "import:*")
    run.save(update_fields=["state", "undone_at", "error", "undone_counts"])
    return undone


def _changed_rows(run: Import) -> Iterator[_ChangedRow]:
    """Last line first, so that a value changed twice ends as it was before the first."""
    rows = _outcomes(run).filter(before__isnull=False)
    values = rows.order_by("-row__line").values_list("outcome", "before", "prospect_id", "prospect__company_id")
    for outcome, before, prospect, company in values.iterator(CHUNK_ROWS):
        yield _ChangedRow(outcome, before or {}, prospect, company)


def _created(run: Import) -> Iterator[_Created]:
    rows = _creations(run).order_by("row__line")
    values = rows.values_list("prospect_id", "prospect__company_id", "prospect__edited_at")
    for prospect, company, edited_at in values.iterator(CHUNK_ROWS):
        yield _Created(prospect, company, edited_at is not None)


def _outcomes(run: Import) -> QuerySet[RowOutcome]:
    """Of the rows whose prospects are there."""
    return RowOutcome.objects.filter(row__import_run=run, prospect__isnull=False)


def _creations(run: Import) -> QuerySet[RowOutcome]:
    return _outcomes(run).filter(outcome=ImportRow.Outcome.CREATE)


def _lock_created(run: Import) -> None:
    """So that nobody edits, judges or deletes one between the look at it and its end."""
    created = Prospect.objects.filter(pk__in=_creations(run).values("prospect"))
    deque(created.select_for_update(of=("self",)).order_by("pk").values_list("pk").iterator(CHUNK_ROWS), maxlen=0)


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    every = iter(rows)
    while chunk := list(islice(every, CHUNK_ROWS)):
        yield chunk


def _restore(
    cursor: CursorWrapper, rows: Sequence[_ChangedRow], *, run: Import, later: Set[int], undone: Undone
) -> None:
    store = CompanyStore(cursor)
    companies = {company.id: company for company in store.companies_by_id({row.company_id for row in rows})}
    prospects = {one.id: one for one in store.prospects_by_id({row.prospect_id for row in rows})}
    keys = list[tuple[int, str]]()
    for row in rows:
        company, prospect = companies[row.company_id], prospects[row.prospect_id]
        back = restore_company(company, row.before, source=f"import:{run.pk}")
        keys += [(company.id, key) for key in row.before.get("keys", ())]
        if before := row.before.get("prospect"):
            if prospect.is_edited or prospect.id in later:
                undone.kept += 1
                continue
            restore_prospect(prospect, before, at=run.committed_at)
            back = True
        undone.restored += back and row.outcome == ImportRow.Outcome.UPDATE
    changed = [company for company in companies.values() if company.is_changed]
    rewritten = [prospect for prospect in prospects.values() if prospect.is_changed]
    _delete_keys(cursor, keys)
    store.write(replace(NOTHING, companies=changed, prospects=rewritten))


def restore_company(company: Known, before: dict[str, Any], *, source: str) -> bool:
    """Puts back the values that are still this import's; whether there were any."""
    back = False
    for name, (value, entry) in before.get("company", {}).items():
        if company.provenance.get(name, {}).get("source") != source:
            continue
        back = company.is_changed = True
        if value is None:
            company.facts.pop(name, None)
        else:
            company.facts[name] = tuple(value) if name in {"employees", "revenue"} else value
        if entry is None:
            company.provenance.pop(name, None)
        else:
            company.provenance[name] = entry
    return back


def restore_prospect(prospect: KnownProspect, before: dict[str, Any], *, at: Any) -> None:
    """Puts back what came with the person and the original columns; archived again where the import had revived it."""
    values = {name: value for name, value in before.items() if name not in {"original", "was_archived"}}
    prospect.values = prospect.values | values
    prospect.original = orjson.dumps(before["original"]).decode()
    prospect.archived_at = at if before["was_archived"] else prospect.archived_at
    prospect.is_changed = True


def _delete_keys(cursor: CursorWrapper, keys: Sequence[tuple[int, str]]) -> None:
    companies, texts = [company for company, _ in keys], [text for _, text in keys]
    cursor.execute(_DELETE_KEYS, [companies, texts])


def _remove(
    cursor: CursorWrapper, rows: Sequence[_Created], *, run: Import, later: Set[int], used: Set[int], undone: Undone
) -> None:
    """The prospects that the import made: archived where a run has used them, kept where someone changed them."""
    others = [row for row in rows if not row.is_edited and row.prospect_id not in later]
    archived = [row.prospect_id for row in others if row.prospect_id in used]
    gone = [row for row in others if row.prospect_id not in used]
    cursor.execute(_ARCHIVE, [timezone.now(), archived])
    remove(cursor, Prospect, [row.prospect_id for row in gone])
    # A company that the import only changed is there without it, even when it is nobody's.
    remove_orphans(cursor, {row.company_id for row in gone}, source=f"import:{run.pk}")
    undone.archived += len(archived)
    undone.deleted += len(gone)
    undone.kept += len(rows) - len(others)


def _touched_later(run: Import) -> set[int]:
    """Those that an import committed after this one has named too."""
    named = RowOutcome.objects.filter(
        prospect__in=_outcomes(run).values("prospect"),
        import_run__state=Import.State.COMMITTED,
        import_run__committed_at__gt=run.committed_at,
    )
    return set(named.exclude(import_run=run).values_list("prospect_id", flat=True))


def _used(run: Import) -> set[int]:
    """Of those it made, what a run has judged or has been asked to, and those whose company was researched."""
    created = _creations(run).values("prospect")
    judged = Qualification.objects.filter(prospect__in=created).values_list("prospect_id", flat=True)
    fitted = Fit.objects.filter(prospect__in=created).values_list("prospect_id", flat=True)
    asked = Job.objects.filter(
        Q(batch__kind="qualification.run"), batch__created_at__gte=run.committed_at, subject_id__in=created
    )
    researched = Prospect.objects.filter(pk__in=created, company__research_items__isnull=False)
    named = asked.values_list("subject_id", flat=True)
    return {*judged, *fitted, *named, *researched.values_list("pk", flat=True)}
