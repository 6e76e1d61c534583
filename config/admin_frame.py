"""What stands around every admin page, made for what it costs: Unfold's own took a third of a plain page's time."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import SimpleLazyObject
from unfold.dataclasses import SearchResult
from unfold.sites import UnfoldAdminSite

from config.admin_site import UNFOLD

# What makes Unfold's script look at the answer.
_SEARCHED = {"HX-Trigger": "search"}


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

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Of the sidebar's search: its lines, and the models, that somebody may see. Unfold's finds models only, and
        keeps them in the cache, which takes no objects.
        """
        term = request.GET.get("s", "").strip().lower()
        if not term:
            return HttpResponse()
        lines = list(self._lines(request, term))
        listed = {each.link for each in lines}
        models = self._search_apps(self.get_app_list(request), term)
        results = [*lines, *(each for each in models if each.link and each.link not in listed)]
        return TemplateResponse(request, "unfold/helpers/search_results.html", {"results": results}, headers=_SEARCHED)

    def _lines(self, request: HttpRequest, term: str) -> Iterator[SearchResult]:
        for group in self.get_sidebar_list(request):
            for item in group["items"]:
                if item["has_permission"] and term in item["title"].lower():
                    yield SearchResult(item["title"], group["title"], str(item["link"]), item["icon"])


def _of(item: Mapping[str, Any], request: HttpRequest) -> Mapping[str, bool]:
    """As Unfold judges: a list's line is active on the pages below its address, too."""
    permission, active = item.get("permission"), item.get("active")
    return {
        "active": active(request) if active else str(item["link"]) in request.path,
        "has_permission": permission is None or permission(request),
    }
