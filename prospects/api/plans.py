"""From what was asked at POST /qualify to a plan of a run."""

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework.request import Request

from performance.access.models import User
from performance.access.permissions import require
from prospects.api.serializers.prospects import filter_of
from prospects.companies.models import Prospect
from prospects.companies.querysets import ProspectFilter
from prospects.companies.upsert import upsert_prospects
from prospects.filters.models import SavedFilter
from prospects.qualification.plan import RunPlan

AS_ASKED = (
    "qualifier",
    "model",
    "prompt_version",
    "batch_size",
    "max_concurrent_batches",
    "max_retries",
    "delay_ms",
    "priority",
    "concurrency",
    "on_unknown",
    "title",
)
_NAMED = {
    "saved_filter": ("prospects.view_savedfilter", "Naming a saved filter"),
    "search_session": ("prospects.view_searchsession", "Naming a search session"),
}


def require_view_of_named(request: Request) -> None:
    """Who names what others saved or found gets to know of it by what comes of it: that asks for leave to view it.

    Before anything is looked up, so that nobody else learns what there is. Raises PermissionDenied.
    """
    for name, (permission, to) in _NAMED.items():
        if isinstance(request.data, Mapping) and name in request.data:
            require(request, permission, to=to)


def plan_of(asked: Mapping[str, Any], *, owner: User) -> RunPlan:
    """The plan of a validated QualifySerializer. Makes the prospects of domains that aren't known yet."""
    given = {name: asked[name] for name in AS_ASKED if name in asked}
    if "budget" in asked:
        given["budget_micros"] = asked["budget"]
    return RunPlan(prospect_ids=_prospect_ids(asked, owner=owner), icp_version=asked["icp"].current, **given)


def wanted_of(asked: Mapping[str, Any]) -> ProspectFilter | None:
    """The filter that was asked for, as such or by the name it was saved under."""
    if "saved_filter" in asked:
        saved: SavedFilter = asked["saved_filter"]
        return saved.wanted
    return filter_of(asked["filter"]) if "filter" in asked else None


def _prospect_ids(asked: Mapping[str, Any], *, owner: User) -> Sequence[int]:
    if "domains" in asked:
        return upsert_prospects(asked["domains"], source="api", owner=owner)
    if (wanted := wanted_of(asked)) is not None:
        return list(Prospect.objects.matching(wanted).values_list("pk", flat=True))
    prospects: list[int] = asked["prospects"]
    return prospects
