"""Prospects go: for good where no run has used them, into the archive where one has."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.backends.utils import CursorWrapper
from django.db.models import Q

from performance.bulk import removing as bulk
from performance.bulk.errors import RowError
from performance.jobs.models import Job
from prospects.companies.bulk.results import Report, RowOutcome
from prospects.companies.models import Prospect
from prospects.companies.orphans import remove_orphans
from prospects.qualification.models import Fit, Qualification


def remove(cursor: CursorWrapper, places: Mapping[int, int], *, report: Report, at: datetime) -> None:
    """`places` is {place: id}. A company whose last prospect goes, goes too. Within the caller's transaction."""
    rows = Prospect.objects.select_for_update(of=("self",)).filter(pk__in=places.values()).order_by("pk")
    known = {
        pk: (company, created_at) for pk, company, created_at in rows.values_list("pk", "company_id", "created_at")
    }
    report.refuse(
        RowError(place, "id", f"there is no prospect {pk}") for place, pk in places.items() if pk not in known
    )
    used = _used(list(known), since=min((created_at for _, created_at in known.values()), default=at))
    Prospect.objects.filter(pk__in=used, archived_at__isnull=True).update(archived_at=at, updated_at=at)
    gone = known.keys() - used
    bulk.remove(cursor, Prospect, sorted(gone))
    remove_orphans(cursor, {known[pk][0] for pk in gone})
    for place, pk in places.items():
        if pk in known:
            report.settle(place, pk, RowOutcome.ARCHIVED if pk in used else RowOutcome.DELETED)
            report.note(place, "a run has used it" if pk in used else "")


def _used(ids: Sequence[int], *, since: datetime) -> set[int]:
    """Those that a run has judged, or has been asked to since the first of them was there."""
    judged = Qualification.objects.filter(prospect__in=ids).values_list("prospect_id", flat=True)
    fitted = Fit.objects.filter(prospect__in=ids).values_list("prospect_id", flat=True)
    asked = Job.objects.filter(Q(batch__kind="qualification.run"), batch__created_at__gte=since, subject_id__in=ids)
    return {*judged, *fitted, *asked.values_list("subject_id", flat=True)}
