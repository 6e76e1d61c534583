"""From a view's answer to a page that is kept, and back."""

from collections.abc import Callable

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse

from performance.api.finished import FinishedJson
from performance.api.reads.pages import Page
from performance.cache import rows
from performance.cache.filling import Found, Fresh

_MEMO = "page"


class Filling:
    """What `fetch` calls for a page that nobody has. `response` is set once it was called, `page` if it can be kept."""

    def __init__(self, ask: Callable[[], HttpResponseBase], *, rows_of: str = "") -> None:
        self._ask = ask
        self._rows_of = rows_of
        self.response: HttpResponseBase | None = None
        self.page: Page | None = None

    def __call__(self) -> Fresh:
        self.response = self._ask()
        if isinstance(self.response, HttpResponse) and _is_page(self.response):
            self.page = Page.of(self.response)
            return Fresh(self.page.packed(), blocks=self._blocks(self.response))
        return Fresh(None, is_stored=False)

    def _blocks(self, response: HttpResponse) -> tuple[str, ...]:
        """Of the rows that it shows, where the view says whose they are."""
        keys = response.keys if isinstance(response, FinishedJson) else None
        return rows.tags_of(self._rows_of, keys) if self._rows_of else ()


def page_of(found: Found, filling: Filling) -> Page:
    """The page that was just made, or the one that the cache had."""
    if filling.page is None:
        return page_in(found)
    found.memo[_MEMO] = filling.page
    return filling.page


def page_in(found: Found) -> Page:
    """The page that the cache had, unpacked once for each copy that it holds."""
    page: Page | None = found.memo.get(_MEMO)
    if page is None:
        page = found.memo[_MEMO] = Page.unpacked(found.value)
    return page


def finished(response: HttpResponseBase) -> HttpResponseBase:
    """With its body made, which DRF leaves to Django's handler."""
    if isinstance(response, SimpleTemplateResponse):
        return response.render()
    return response


def _is_page(response: HttpResponse) -> bool:
    """A whole answer for whoever may ask the same: cookies are one client's, and `no-store` means it."""
    said = response.headers.get("Cache-Control", "")
    return response.status_code == 200 and not response.cookies and "no-store" not in said
