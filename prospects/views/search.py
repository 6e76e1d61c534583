"""Web searches: the list, asking, and what was found."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from performance.api.errors import DomainError
from performance.views.htmx import HtmxRequest
from performance.views.keyset import Order, keyset_page, page_of
from performance.views.permission import allowed, member
from performance.views.rate import limited
from performance.views.refusals import refusals_shown
from prospects.forms.search import SearchForm
from prospects.search.engines.configured import configured_engine
from prospects.search.models import SearchQuery, SearchResult, SearchSession
from prospects.search.services import delete_session, submit_search

PAGE = 50
FAILED_SHOWN = 20


@require_safe
@allowed("prospects.view_searchsession")
def search_list(request: HttpRequest) -> HttpResponse:
    order = Order("created_at", is_descending=True)
    page = keyset_page(SearchSession.objects.for_list(), order=order, cursor=request.GET.get("after", ""), size=PAGE)
    return render(request, "prospects/searches.html", {"page": page, "has_engine": configured_engine() is not None})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("prospects.add_searchsession")
@limited("search", policy="search")
def search_new(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("search", submit_search(form.plan(), owner=member(request)).pk)
        except DomainError as error:
            form.add_error(None, str(error))
    has_engine = configured_engine() is not None
    return render(request, "prospects/search_new.html", {"form": form, "has_engine": has_engine})


@require_safe
@allowed("prospects.view_searchsession")
def search_page(request: HtmxRequest, session_id: int) -> HttpResponse:
    """What a session found, by site; it fills while the session is searched."""
    session = get_object_or_404(SearchSession.objects.for_list(), pk=session_id)
    results = SearchResult.objects.filter(session=session).select_related("query")
    page = page_of([results], ordering=("domain", "rank", "id"), cursor=request.GET.get("after", ""), size=PAGE)
    failed = SearchQuery.objects.filter(session=session, state="failed").order_by("position")[:FAILED_SHOWN]
    is_live = session.batch is not None and session.batch.finished_at is None
    empty = SearchQuery.objects.filter(session=session, state=SearchQuery.State.DONE, result_count=0).count()
    context = {"session": session, "page": page, "failed": failed, "empty": empty, "is_live": is_live}
    template = "prospects/_search_found.html" if request.htmx else "prospects/search.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@allowed("prospects.delete_searchsession")
def search_delete(request: HttpRequest, session_id: int) -> HttpResponse:
    get_object_or_404(SearchSession, pk=session_id)
    with refusals_shown(request):
        delete_session(session_id)
        messages.success(request, "The search and what it found are deleted.")
    is_there = SearchSession.objects.filter(pk=session_id).exists()
    return redirect("search", session_id) if is_there else redirect("searches")
