"""Exports of runs: asked for, watched, downloaded."""

from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from performance.access.permissions import user_of
from performance.api.errors import Conflict, NotFound
from performance.api.idempotency import idempotent
from performance.api.lists.views import DetailView, ListView, tagged
from performance.api.parsing import body_of
from performance.api.reads.mixin import CachedReads, KnownParameters
from performance.files.models import StoredFile
from performance.files.services import stream
from prospects.api.filters import ExportFilterSet
from prospects.api.serializers.exports import EXPORT, ExportRequestSerializer, ExportSerializer
from prospects.api.views.runs import found_run
from prospects.exports.models import Export
from prospects.exports.services import request_export
from prospects.qualification.models import QualificationRun


class ExportNotReady(Conflict):
    """The export is still being made; look at its state, and come back when it is ready."""


class RunExportsView(CachedReads, ListView[Export]):
    """A run's exports, newest first."""

    cache_tags = ("exports", "files")
    required_permissions = {"GET": ["prospects.view_export"], "POST": ["prospects.add_export"]}
    serializer_class = ExportSerializer
    shape = EXPORT
    queryset = Export.objects.all()

    def rows(self) -> list[QuerySet[Export]]:
        return [self.get_queryset().filter(run=self.kwargs["run_id"])]

    def parent(self) -> QuerySet[QualificationRun]:
        runs: QuerySet[QualificationRun] = QualificationRun.objects.filter(pk=self.kwargs["run_id"])
        return runs

    @extend_schema(
        request=ExportRequestSerializer,
        responses={202: ExportSerializer},
        description="Have a file of the results as they are now made: 202 with the export's address in Location.",
    )
    @idempotent
    def post(self, request: Request, run_id: int) -> Response:
        asked = body_of(request, ExportRequestSerializer)
        export = request_export(found_run(run_id), format=asked["format"], owner=user_of(request))
        return Response(ExportSerializer(export).data, status=202, headers={"Location": f"/api/v1/exports/{export.pk}"})


class ExportsView(CachedReads, ListView[Export]):
    """All exports, newest first."""

    cache_tags = ("exports", "files")
    required_permissions = {"GET": ["prospects.view_export"]}
    serializer_class = ExportSerializer
    shape = EXPORT
    queryset = Export.objects.all()
    filterset_class = ExportFilterSet


class ExportView(CachedReads, DetailView[Export]):
    """One export and how far it is."""

    cache_tags = tagged("export:{export_id}", "files")
    required_permissions = {"GET": ["prospects.view_export"]}
    serializer_class = ExportSerializer
    shape = EXPORT
    lookups = {"export_id": "pk"}
    queryset = Export.objects.all()


class ExportFileView(KnownParameters):
    """The file of an export."""

    required_permissions = {"GET": ["prospects.view_export"]}
    problems: ClassVar[Mapping[int, str]] = {409: "The export is still being made"}

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, "The file")})
    def get(self, request: Request, export_id: int) -> StreamingHttpResponse:
        export = generics.get_object_or_404(Export.objects.select_related("file"), pk=export_id)
        if export.file is None:
            raise ExportNotReady if not (export.error or export.row_count) else NotFound("The file is gone.")
        return download(export.file)


def download(file: StoredFile) -> StreamingHttpResponse:
    """A stored file, a chunk at a time; the browser saves it and never shows it."""
    response = StreamingHttpResponse(stream(file), content_type=file.content_type)
    response["Content-Length"] = str(file.size)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
