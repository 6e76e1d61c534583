"""Pages that crawls read: the list, and one with what it said, a value's quote marked in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from performance.views.keyset import page_of
from performance.views.permission import allowed
from prospects.pages.models import Page
from prospects.pages.parsed import StoredText
from prospects.pages.texts import texts_of
from prospects.pages.urls import page_id

PAGE = 50
# Of what is seen so much is shown, around the quote: a page stays within 100 kB.
_SHOWN = 20_000
_BEFORE = 4_000
_ORDERING = ("-fetched_at", "id")
_MOST_TYPED = 200


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of a text around a quote, which is empty where there is none. `skipped` characters come before it."""

    before: str
    quote: str
    after: str
    skipped: int = 0
    left_off: int = 0


@require_safe
@allowed("prospects.view_page")
def page_list(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:_MOST_TYPED].strip() for name in ("search", "site")}
    pages = Page.objects.for_list(search=asked["search"], site=asked["site"].lower())
    page = page_of([pages], ordering=_ORDERING, cursor=request.GET.get("after", ""), size=PAGE)
    return render(request, "prospects/pages.html", {"page": page, **asked})


@require_safe
@allowed("prospects.view_page", "prospects.view_pagetext")
def page_detail(request: HttpRequest, page_id: UUID) -> HttpResponse:
    """What the page said last or, by `?text=`, what it said when a value was found, which may be all that is left."""
    page = Page.objects.filter(pk=page_id).first()
    asked = _uuid(request.GET.get("text", ""))
    text_id = asked or (page.text_id if page else None)
    text = texts_of([text_id]).get(text_id) if text_id else None
    if page is None and text is None:
        raise Http404
    context = {
        "page": page,
        "text": text,
        "is_older": bool(page and text and page.text_id != text.hash),
        "seen": marked(text, *_span(request), is_seen=True) if text else None,
        "unseen": marked(text, *_span(request), is_seen=False) if text else None,
    }
    return render(request, "prospects/page.html", context)


def quote_address(url: str, *, text_id: UUID | None, begins: int | None, ends: int | None) -> str:
    """Where a value's quote is shown in the page's text; "" for one that no page said."""
    if text_id is None or begins is None or ends is None:
        return ""
    return f"{reverse('page', args=[page_id(url)])}?text={text_id}&begins={begins}&ends={ends}#quote"


def marked(text: StoredText, begins: int, ends: int, *, is_seen: bool) -> Marked:
    """The quote where it stands, in what is seen or in the appendix; the other part has none."""
    start, stop = (0, text.visible_length) if is_seen else (text.visible_length + 1, len(text.text))
    if not start <= begins < ends <= stop:
        begins = ends = start
    first = max(start, begins - _BEFORE) if begins - start > _BEFORE else start
    last = min(stop, max(first + _SHOWN, ends))
    said = text.text
    return Marked(said[first:begins], said[begins:ends], said[ends:last], first - start, max(0, stop - last))


def _span(request: HttpRequest) -> tuple[int, int]:
    """What isn't a number is no span."""
    begins, ends = _numbers(request)
    return (begins, min(ends, begins + _SHOWN)) if begins < ends else (-1, -1)


def _numbers(request: HttpRequest) -> Iterator[int]:
    for name in ("begins", "ends"):
        asked = request.GET.get(name, "")
        yield int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else -1


def _uuid(asked: str) -> UUID | None:
    try:
        return UUID(asked) if asked else None
    except ValueError:
        return None
