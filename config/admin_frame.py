"""What stands around every admin page, made for what it costs: Unfold's own took a third of a plain page's time."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from unfold.sites import UnfoldAdminSite

from config.admin_site import UNFOLD


class AdminSite(UnfoldAdminSite):
    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Made once somebody looks at it, four addresses a model: beside our own sidebar only the index does."""
        return SimpleLazyObject(lambda: super(AdminSite, self).get_app_list(request, app_label))

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The navigation of UNFOLD with `active` and `has_permission` of each line; its badges, tabs and callbacks by
        name, which ours hasn't, aren't looked for.
        """
        return [
            {**group, "items": [{**item, **_of(item, request)} for item in group["items"]]}
            for group in UNFOLD["SIDEBAR"]["navigation"]
        ]


def _of(item: Mapping[str, Any], request: HttpRequest) -> Mapping[str, bool]:
    """As Unfold judges: a list's line is active on the pages below its address, too."""
    permission, active = item.get("permission"), item.get("active")
    return {
        "active": active(request) if active else str(item["link"]) in request.path,
        "has_permission": permission is None or permission(request),
    }
