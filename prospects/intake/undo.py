"""Taking back a committed import: what it made goes, what it changed is as before, what others touched since stays."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

import orjson
from django.db.backends.utils import CursorWrapper
from django.db.models import Q
from django.utils import timezone

from performance.cache.tags import bump
from performance.jobs.models import Job
from prospects.companies.chunk import NOTHING
from prospects.companies.known import Known, KnownProspect
from prospects.companies.models import Company, CompanyKey, Prospect
from prospects.companies.store import CompanyStore
from prospects.companies.transactions import in_bulk, lock_bulk_writers
from prospects.intake.errors import UnknownImport, WrongState
from prospects.intake.limits import CHUNK_ROWS
from prospects.intake.models import Import, ImportRow, RowOutcome
from prospects.qualification.models import Fit, Qualification


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
    for chunk in _chunks(_changed_rows(run)):
        _restore(CompanyStore(cursor), chunk, run=run, undone=undone)
    for chunk in _chunks(_created_ids(run)):
        _remove(chunk, run=run, undone=undone)
    run.state, run.undone_at, run.error = Import.State.UNDONE, timezone.now(), ""
    run.undone_counts = asdict(undone)
    bump("prospects", "prospect:*", "run:*", "icps")
    run.save(update_fields=["state", "undone_at", "error", "undone_counts"])
    return undone


def _changed_rows(run: Import) -> Iterator[_ChangedRow]:
    """Last line first, so that a value changed twice ends as it was before the first."""
    rows = RowOutcome.objects.filter(row__import_run=run, before__isnull=False, prospect__isnull=False)
    values = rows.order_by("-row__line").values_list("outcome", "before", "prospect_id", "prospect__company_id")
    for outcome, before, prospect, company in values.iterator(CHUNK_ROWS):
        yield _ChangedRow(outcome, before or {}, prospect, company)


def _created_ids(run: Import) -> Iterator[int]:
    created = RowOutcome.objects.filter(row__import_run=run, outcome=ImportRow.Outcome.CREATE, prospect__isnull=False)
    return created.order_by("row__line").values_list("prospect_id", flat=True).iterator(chunk_size=CHUNK_ROWS)


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    every = iter(rows)
    while chunk := list(islice(every, CHUNK_ROWS)):
        yield chunk


def _restore(store: CompanyStore, rows: Sequence[_ChangedRow], *, run: Import, undone: Undone) -> None:
    companies = {company.id: company for company in store.companies_by_id({row.company_id for row in rows})}
    prospects = {one.id: one for one in store.prospects_by_id({row.prospect_id for row in rows})}
    later = _touched_later(list(prospects), run)
    for row in rows:
        company, prospect = companies[row.company_id], prospects[row.prospect_id]
        back = restore_company(company, row.before, source=f"import:{run.pk}")
        _delete_keys(company, row.before.get("keys", ()))
        if before := row.before.get("prospect"):
            if prospect.is_edited or prospect.id in later:
                undone.kept += 1
                continue
            restore_prospect(prospect, before, at=run.committed_at)
            back = True
        undone.restored += back and row.outcome == ImportRow.Outcome.UPDATE
    changed = [company for company in companies.values() if company.is_changed]
    rewritten = [prospect for prospect in prospects.values() if prospect.is_changed]
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


def _delete_keys(company: Known, keys: Collection[str]) -> None:
    if keys:
        CompanyKey.objects.filter(company_id=company.id, key__in=keys).delete()


def _remove(ids: list[int], *, run: Import, undone: Undone) -> None:
    """The prospects that the import made: archived where a run has used them, kept where someone changed them."""
    later = _touched_later(ids, run)
    edited = set(Prospect.objects.filter(pk__in=ids, edited_at__isnull=False).values_list("pk", flat=True))
    used = _used(ids, run) - later - edited
    Prospect.objects.filter(pk__in=used).update(archived_at=timezone.now())
    gone = set(ids) - later - edited - used
    companies = set(Prospect.objects.filter(pk__in=gone).values_list("company_id", flat=True))
    Prospect.objects.filter(pk__in=gone).delete()
    _remove_companies(companies, run)
    undone.archived += len(used)
    undone.deleted += len(gone)
    undone.kept += len(later | edited)


def _remove_companies(ids: set[int], run: Import) -> None:
    """Companies that came with the import and are now nobody's; locked first, so that no prospect joins meanwhile."""
    locked = Company.objects.filter(pk__in=ids).select_for_update().order_by("pk").values_list("pk", "provenance")
    source = f"import:{run.pk}"
    ours = [pk for pk, provenance in locked if provenance.get("name", {}).get("source") == source]
    Company.objects.filter(pk__in=ours, prospects__isnull=True).delete()


def _touched_later(ids: Sequence[int], run: Import) -> set[int]:
    """Those that an import committed after this one has named too."""
    rows = RowOutcome.objects.filter(
        prospect__in=ids, import_run__state=Import.State.COMMITTED, import_run__committed_at__gt=run.committed_at
    )
    return set(rows.exclude(import_run=run).values_list("prospect_id", flat=True))


def _used(ids: Sequence[int], run: Import) -> set[int]:
    """Those that a run has judged or has been asked to, and those whose company was researched."""
    judged = Qualification.objects.filter(prospect__in=ids).values_list("prospect_id", flat=True)
    fitted = Fit.objects.filter(prospect__in=ids).values_list("prospect_id", flat=True)
    asked = Job.objects.filter(
        Q(batch__kind="qualification.run"), batch__created_at__gte=run.committed_at, subject_id__in=ids
    )
    researched = Prospect.objects.filter(pk__in=ids, company__research_items__isnull=False)
    named = asked.values_list("subject_id", flat=True)
    return {*judged, *fitted, *named, *researched.values_list("pk", flat=True)}
