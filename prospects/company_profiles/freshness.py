"""Which profiles are young enough to serve again, and what they came to."""

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta

from django.db.models.functions import Now

from prospects.company_profiles.models import CompanyProfile, ProfileConflict, ProfileValue
from prospects.company_profiles.researched import Scores, Stored
from prospects.extraction.modes import MODES


def profiles_fresh(company_ids: Collection[int], *, mode: str, within_s: float) -> set[int]:
    """Those of the companies that were researched within these seconds, for at least the fields that `mode` wants."""
    wide = [name for name, one in MODES.items() if one.fields >= MODES[mode].fields]
    fresh = CompanyProfile.objects.filter(
        pk__in=company_ids, mode__in=wide, researched_at__gt=Now() - timedelta(seconds=within_s)
    )
    return set(fresh.values_list("pk", flat=True))


def standing(company_ids: Collection[int]) -> dict[int, Stored]:
    """What the last research of these companies came to; three statements. One never researched has no entry."""
    filled: dict[int, list[str]] = defaultdict(list)
    current = ProfileValue.objects.filter(company__in=company_ids, is_current=True)
    for company, name in current.values_list("company", "field"):
        filled[company].append(name)
    open_: dict[int, int] = defaultdict(int)
    waiting = ProfileConflict.objects.filter(company__in=company_ids, state=ProfileConflict.State.OPEN)
    for company in waiting.values_list("company", flat=True):
        open_[company] += 1
    profiles = CompanyProfile.objects.filter(pk__in=company_ids)
    scored = profiles.values_list("pk", "quality", "completeness", "confidence")
    return {
        pk: Stored(False, tuple(sorted(set(filled[pk]))), Scores(*scores), len(filled[pk]), open_[pk])
        for pk, *scores in scored
    }
