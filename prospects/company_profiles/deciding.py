"""A person decides between what a company has and what research found."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from performance.access.models import User
from performance.cache.tags import bump
from prospects.companies.correcting import place_of
from prospects.companies.editing import save_by_hand
from prospects.companies.keys import DOMAIN, company_keys
from prospects.companies.models import Company, CompanyKey
from prospects.companies.record import RANGES
from prospects.company_profiles.errors import ConflictDecided, ConflictNotFound, UnusableOffer
from prospects.company_profiles.facts import columns_of, read_fact
from prospects.company_profiles.models import ProfileConflict

_State = ProfileConflict.State
MOST_AT_ONCE = 500


@dataclass(slots=True)
class Decided:
    """What became of many: how many were decided, and why the others weren't, by id."""

    decided: int = 0
    refused: dict[int, str] = field(default_factory=dict)


def decide(conflict_id: int, *, accept: bool, by: User, at: datetime) -> ProfileConflict:
    """Take what research offers, or keep what the company has. Atomic; the same decision again changes nothing.

    What is taken counts as typed by this person, and a lock stays.
    Raises ConflictNotFound, ConflictDecided, UnusableOffer.
    """
    company_id = ProfileConflict.objects.filter(pk=conflict_id).values_list("company", flat=True).first()
    if company_id is None:
        raise ConflictNotFound(f"There is no conflict {conflict_id}.")
    with transaction.atomic():
        # Companies before conflicts, as research locks them.
        company = Company.objects.select_for_update(no_key=True).filter(pk=company_id).first()
        rows = ProfileConflict.objects.select_for_update(of=("self",)).select_related("value")
        conflict: ProfileConflict | None = rows.filter(pk=conflict_id).first()
        if company is None or conflict is None:
            raise ConflictNotFound(f"The conflict {conflict_id} went with its company.")
        wanted = _State.ACCEPTED if accept else _State.KEPT
        if conflict.state == wanted:
            return conflict
        if conflict.state != _State.OPEN:
            raise ConflictDecided(f"The conflict is {conflict.get_state_display().lower()}: nothing was changed.")
        if accept:
            _take(conflict, company, by=by, at=at)
        conflict.state, conflict.decided_by, conflict.decided_at = wanted, by, at
        conflict.save(update_fields=["state", "decided_by", "decided_at"])
        return conflict


def decide_many(ids: Collection[int], *, accept: bool, by: User, at: datetime) -> Decided:
    """Decide each of these as `decide` does; what can't be is left as it is. Each is atomic by itself."""
    done = Decided()
    for pk in sorted(set(ids)):
        try:
            decide(pk, accept=accept, by=by, at=at)
        except (ConflictNotFound, ConflictDecided, UnusableOffer) as error:
            done.refused[pk] = str(error)
        else:
            done.decided += 1
    return done


def _take(conflict: ProfileConflict, company: Company, *, by: User, at: datetime) -> None:
    columns = _columns(conflict, company)
    for name, value in columns.items():
        setattr(company, name, value)
    save_by_hand(company, columns=list(columns), by=by, at=at)
    if conflict.field == "domain":
        _claim(company)
    others = ProfileConflict.objects.filter(company=company, field=conflict.field, state=_State.OPEN)
    others.exclude(pk=conflict.pk).update(state=_State.OUTDATED)
    bump("conflicts")


def _columns(conflict: ProfileConflict, company: Company) -> Mapping[str, Any]:
    # Of ranges the page's own words are read, since `offered` says them in ours.
    text = conflict.value.value if conflict.field in RANGES and conflict.value else conflict.offered
    value = read_fact(conflict.field, text, place=place_of(company))
    if value is None:
        raise UnusableOffer(f"“{conflict.offered[:60]}” can't be kept as {conflict.field.replace('_', ' ')}.")
    return columns_of(conflict.field, value)


def _claim(company: Company) -> None:
    """The domain becomes its key where nobody has it: a key stays with the company that had it first."""
    if key := company_keys({"domain": company.domain}, name_key="").get(DOMAIN):
        CompanyKey.objects.bulk_create([CompanyKey(key=key, company=company)], ignore_conflicts=True)
