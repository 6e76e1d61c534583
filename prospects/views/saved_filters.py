"""Keeping the filter of the list of prospects by a name."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from performance.views.permission import allowed, member
from performance.views.refusals import refusals_shown
from prospects.filters.models import SavedFilter
from prospects.filters.services import save_filter
from prospects.forms.filters import ProspectFilterForm, SaveFilterForm


@require_POST
@allowed("prospects.add_savedfilter")
def filter_save(request: HttpRequest) -> HttpResponse:
    form, shown = SaveFilterForm(request.POST), ProspectFilterForm(QueryDict(request.POST.get("query", "")))
    if not form.is_valid():
        messages.error(request, "Give the filter a name of at most 80 characters.")
    elif not shown.is_valid():
        # The list shows more then, as if the field were empty: nobody means that by a name.
        messages.error(request, f"The filter isn't saved, as a part of it can't be read: {', '.join(shown.errors)}.")
    else:
        with refusals_shown(request):
            saved = save_filter(name=form.cleaned_data["name"], wanted=shown.wanted(), owner=member(request))
            messages.success(request, f"The filter “{saved.name}” is saved.")
    return redirect(f"{reverse('prospects')}?{shown.query()}")


@require_POST
@allowed("prospects.delete_savedfilter")
def filter_delete(request: HttpRequest, filter_id: int) -> HttpResponse:
    saved = get_object_or_404(SavedFilter, pk=filter_id)
    saved.delete()
    messages.success(request, f"The filter “{saved.name}” is deleted; its prospects stay.")
    return redirect(f"{reverse('prospects')}?{saved.query}")
