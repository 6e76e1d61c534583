"""Files: of a run, asked for and fetched; of a list of prospects, streamed at once."""

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from performance.files.services import stream
from performance.views.permission import allowed, member
from performance.views.refusals import refusals_shown
from prospects.exports.models import Export
from prospects.exports.prospect_list import csv_of
from prospects.exports.services import request_export
from prospects.forms.selection import Selection
from prospects.qualification.models import QualificationRun


@require_safe
@allowed("prospects.add_export")
def prospect_file(request: HttpRequest) -> StreamingHttpResponse:
    """The prospects selected, or all that the list's filter finds, as CSV."""
    selection = Selection.read(request.GET)
    response = StreamingHttpResponse(csv_of(selection.for_list()), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="prospects.csv"'
    return response


@require_POST
@allowed("prospects.add_export")
def run_export(request: HttpRequest, run_id: int) -> HttpResponse:
    run = get_object_or_404(QualificationRun, pk=run_id)
    with refusals_shown(request):
        request_export(run, format=request.POST.get("format", ""), owner=member(request))
    return redirect(f"{reverse('run', args=[run.pk])}?tab=exports")


@require_safe
@allowed("prospects.view_export")
def export_file(request: HttpRequest, export_id: int) -> StreamingHttpResponse:
    export = get_object_or_404(Export.objects.select_related("file"), pk=export_id)
    if export.file is None:
        raise Http404("The file isn't made yet.")
    response = StreamingHttpResponse(stream(export.file), content_type=export.file.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="run-{export.run_id}.{export.format}"'
    response.headers["Content-Length"] = str(export.file.size)
    return response
