"""Imports: upload, mapping, dry run, commit, and back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from performance.api.errors import DomainError
from performance.jobs.workers import live_workers
from performance.views.htmx import HtmxRequest
from performance.views.keyset import Order, keyset_page
from performance.views.permission import allowed, member
from performance.views.rate import limited
from performance.views.refusals import refusals_shown
from prospects.forms.mapping import FIELD_CHOICES, Mapping, columns_of, constants_of
from prospects.forms.upload import UploadForm
from prospects.intake import jobs, services
from prospects.intake.error_file import error_rows
from prospects.intake.models import Import, ImportRow, SavedMapping
from prospects.intake.progress import current
from prospects.views.import_work import work_on

PAGE = 50
SAMPLE = Path(settings.BASE_DIR) / "examples" / "prospects.csv"


@require_safe
@allowed("prospects.view_import")
def import_list(request: HttpRequest) -> HttpResponse:
    order = Order("created_at", is_descending=True)
    page = keyset_page(Import.objects.for_list(), order=order, cursor=request.GET.get("after", ""), size=PAGE)
    return render(request, "prospects/imports.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("prospects.add_import")
@limited("import")
def import_new(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            return _received(request, name=upload.name, chunks=upload.chunks(), source=form.cleaned_data["source"])
        except DomainError as error:
            form.add_error("file", str(error))
    sources = SavedMapping.objects.order_by("source").values_list("source", flat=True)[:100]
    return render(request, "prospects/import_new.html", {"form": form, "sources": sources})


@require_POST
@allowed("prospects.add_import")
@limited("import")
def import_sample(request: HttpRequest) -> HttpResponse:
    """The 100 companies that come with Assay."""
    return _received(request, name=SAMPLE.name, chunks=[SAMPLE.read_bytes()], source="sample")


def _received(request: HttpRequest, *, name: str, chunks: Any, source: str) -> HttpResponse:
    received = services.receive(name=name, chunks=chunks, owner=member(request), source=source)
    with refusals_shown(request):
        work_on(received, jobs.PARSE)
    return redirect("import", received.pk)


@require_safe
@allowed("prospects.view_import")
def import_page(request: HtmxRequest, import_id: int) -> HttpResponse:
    """The step that the import is at; `?step=mapping` goes back from the dry run to the columns."""
    run = get_object_or_404(Import.objects.for_page(), pk=import_id)
    if run.is_at_work:
        is_deaf = not live_workers(queue="imports")
        return _render(request, run, "work", now=current(run.pk), is_deaf=is_deaf)
    if run.state == Import.State.PARSED or (run.state == Import.State.PREVIEWED and "step" in request.GET):
        return _render(request, run, "mapping", **_mapping(run))
    if run.state == Import.State.PREVIEWED:
        return _render(request, run, "preview", **_preview(run))
    return _render(request, run, "done", **_preview(run))


def _render(request: HtmxRequest, run: Import, step: str, **context: Any) -> HttpResponse:
    is_polled = request.htmx and step == "work"
    template = "prospects/_import_work.html" if is_polled else f"prospects/import_{step}.html"
    response = render(request, template, {"import": run, "step": step, **context})
    patch_vary_headers(response, ["HX-Request"])
    if request.htmx and not is_polled:
        # The work is done: the browser goes to the next step.
        response.headers["HX-Refresh"] = "true"
    return response


def _mapping(run: Import) -> dict[str, Any]:
    rows = list(ImportRow.objects.first_cells(run.pk))
    return {"columns": columns_of(run, rows), "constants": constants_of(run), "choices": FIELD_CHOICES}


def _preview(run: Import) -> dict[str, Any]:
    outcomes = [
        ("create", "New", run.created_count),
        ("update", "Changed", run.updated_count),
        ("skip", "Known already", run.skipped_count),
        ("refuse", "Refused", run.refused_count),
    ]
    return {
        "outcomes": outcomes,
        "samples": ImportRow.objects.samples(run),
        "reasons": ImportRow.objects.refusals(run.pk) if run.refused_count else [],
        "shown": [header for header in run.headers if run.columns.get(header)][:6],
    }


@require_POST
@allowed("prospects.change_import")
def import_mapping(request: HttpRequest, import_id: int) -> HttpResponse:
    """Keeps the mapping and makes the dry run."""
    run = get_object_or_404(Import, pk=import_id)
    mapping = Mapping.read(request.POST, run.headers)
    with refusals_shown(request):
        services.map_columns(
            run.pk, columns=mapping.columns, constants=mapping.constants, save_for_source=mapping.is_saved
        )
        work_on(run, jobs.PREVIEW)
    return redirect("import", run.pk)


@require_POST
@allowed("prospects.change_import")
def import_commit(request: HttpRequest, import_id: int) -> HttpResponse:
    run = get_object_or_404(Import, pk=import_id)
    with refusals_shown(request):
        work_on(run, jobs.COMMIT)
    return redirect("import", run.pk)


@require_POST
@allowed("prospects.change_import")
def import_undo(request: HttpRequest, import_id: int) -> HttpResponse:
    run = get_object_or_404(Import, pk=import_id)
    with refusals_shown(request):
        work_on(run, jobs.UNDO)
    return redirect("import", run.pk)


@require_POST
@allowed("prospects.change_import")
def import_again(request: HttpRequest, import_id: int) -> HttpResponse:
    """Reads a file anew that could not be read, say once a worker runs again."""
    run = get_object_or_404(Import, pk=import_id)
    with refusals_shown(request):
        work_on(run, jobs.PARSE)
    return redirect("import", run.pk)


@require_safe
@allowed("prospects.view_import")
def import_errors(request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    """The refused rows with their original columns and the reason: corrected, the file can be uploaded as it is."""
    run = get_object_or_404(Import, pk=import_id)
    rows: Iterator[bytes] = error_rows(run.pk)
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="import-{run.pk}-refused.csv"'
    return response
