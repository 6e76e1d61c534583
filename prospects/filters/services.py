"""Keeping filters by a name."""

from dataclasses import asdict

from django.db import IntegrityError, transaction

from performance.access.models import User
from prospects.companies.querysets import ProspectFilter
from prospects.filters.errors import FilterNameTaken, NothingNarrowed, UnknownImport
from prospects.filters.models import SavedFilter
from prospects.intake.models import Import

_COLUMNS = {"icp": "icp_id", "import_run": "import_run_id"}


def save_filter(*, name: str, wanted: ProspectFilter, owner: User) -> SavedFilter:
    """A new one, atomic. Raises NothingNarrowed, UnknownImport and FilterNameTaken."""
    return _stored(SavedFilter(owner=owner), name=name, wanted=wanted)


def change_filter(saved: SavedFilter, *, name: str, wanted: ProspectFilter) -> SavedFilter:
    """The same one with another name or filter, atomic. Raises NothingNarrowed, UnknownImport and FilterNameTaken."""
    return _stored(saved, name=name, wanted=wanted)


def _stored(saved: SavedFilter, *, name: str, wanted: ProspectFilter) -> SavedFilter:
    if wanted.is_empty:
        raise NothingNarrowed
    if wanted.import_run is not None and not Import.objects.filter(pk=wanted.import_run).exists():
        raise UnknownImport
    saved.name = name
    for field, value in asdict(wanted).items():
        setattr(saved, _COLUMNS.get(field, field), value)
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError as error:
        if SavedFilter.objects.exclude(pk=saved.pk).filter(name=name).exists():
            raise FilterNameTaken(name) from error
        raise
    return saved
