"""Imports: upload, mapping, dry run, commit, undo, and the file of refused rows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

import orjson
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.access.permissions import user_of
from performance.api.errors import Conflict
from performance.api.idempotency import idempotent
from performance.api.lists.views import DetailView, ListView, tagged
from performance.api.parsing import body_of
from performance.api.reads.mixin import CachedReads, KnownParameters
from prospects.api.filters import ImportFilterSet, ImportRowFilterSet
from prospects.api.serializers.imports import (
    IMPORT,
    IMPORT_IN_LIST,
    IMPORT_ROW,
    ImportFieldSerializer,
    ImportInListSerializer,
    ImportRowSerializer,
    ImportRowsSerializer,
    ImportSerializer,
    ImportUploadSerializer,
    MappingSerializer,
    PreviewSerializer,
    UndoneSerializer,
)
from prospects.intake import jobs
from prospects.intake import services as intake
from prospects.intake.fields import FIELDS
from prospects.intake.models import Import, ImportRow

CHANGE = ["prospects.change_import"]


class NotPreviewed(Conflict):
    """The dry run hasn't been done, or the mapping was changed since: POST to preview first."""


class ImportsView(CachedReads, ListView[Import]):
    """All imports, newest first."""

    cache_tags = ("imports",)
    required_permissions = {"GET": ["prospects.view_import"], "POST": ["prospects.add_import"]}
    serializer_class = ImportInListSerializer
    shape = IMPORT_IN_LIST
    queryset = Import.objects.all()
    filterset_class = ImportFilterSet
    orderings = {"id": ("id",), "created_at": ("created_at", "id")}

    @extend_schema(
        request={"multipart/form-data": ImportUploadSerializer, "application/json": ImportRowsSerializer},
        responses={202: ImportSerializer},
        description="Upload a file, or send rows as JSON. A worker reads it and guesses the columns: follow Location "
        "until the state is parsed, correct the mapping, then preview and commit.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        name, chunks, source = _upload(request) if request.FILES else _rows(request)
        owner = user_of(request)
        run = intake.receive(name=name, chunks=chunks, owner=owner, source=source)
        return _started(run.pk, kind=jobs.PARSE, request=request)


class ImportView(CachedReads, DetailView[Import]):
    """One import."""

    cache_tags = tagged("import:{import_id}")
    cache_ttl_s = 1.0  # rates and times pass, whatever happens
    required_permissions = {"GET": ["prospects.view_import"]}
    serializer_class = ImportSerializer
    shape = IMPORT
    lookups = {"import_id": "pk"}
    queryset = Import.objects.all()


class MappingView(APIView):
    """What the columns mean."""

    required_permissions = {"PUT": CHANGE}

    @extend_schema(request=MappingSerializer, responses=ImportSerializer)
    def put(self, request: Request, import_id: int) -> Response:
        asked = body_of(request, MappingSerializer)
        intake.map_columns(_found(import_id).pk, **asked)
        return Response(ImportSerializer(_found(import_id)).data)


class PreviewView(CachedReads):
    """The dry run."""

    required_permissions = {"GET": ["prospects.view_import", "prospects.view_importrow"], "POST": CHANGE}
    problems: ClassVar[Mapping[int, str]] = {409: "The dry run hasn't been done, or the mapping was changed since"}

    @extend_schema(responses=PreviewSerializer, description="What the dry run found.")
    def get(self, request: Request, import_id: int) -> Response:
        run = _found(import_id)
        if run.state not in {Import.State.PREVIEWED, Import.State.COMMITTED}:
            raise NotPreviewed
        found = {
            "create": run.created_count,
            "update": run.updated_count,
            "skip": run.skipped_count,
            "refuse": run.refused_count,
            "reasons": {each["reason"]: each["number"] for each in ImportRow.objects.refusals(run.pk)},
            "rows": ImportRow.objects.samples(run),
        }
        return Response(PreviewSerializer(found).data)

    @extend_schema(
        request=None, responses={202: ImportSerializer}, description="Try every row without changing a prospect."
    )
    @idempotent
    def post(self, request: Request, import_id: int) -> Response:
        return _started(import_id, kind=jobs.PREVIEW, request=request)


class CommitView(APIView):
    """Making prospects of the rows."""

    required_permissions = {"POST": CHANGE}

    @extend_schema(
        request=None,
        responses={202: ImportSerializer},
        description="All of the rows or, if anything fails, none. Repeating it does nothing.",
    )
    @idempotent
    def post(self, request: Request, import_id: int) -> Response:
        return _started(import_id, kind=jobs.COMMIT, request=request)


class UndoView(APIView):
    """Taking an import back."""

    required_permissions = {"POST": CHANGE}

    @extend_schema(
        request=None,
        responses={200: UndoneSerializer, 202: ImportSerializer},
        description="Take a committed import back. What a person or a later import changed since is kept. "
        "A large one is taken back by a worker: 202, and Location until the state is undone.",
    )
    @idempotent
    def post(self, request: Request, import_id: int) -> Response:
        if jobs.is_small(_found(import_id)):
            return Response(UndoneSerializer(intake.undo(import_id)).data)
        return _started(import_id, kind=jobs.UNDO, request=request)


class ImportRowsView(CachedReads, ListView[ImportRow]):
    """The lines of an import's file."""

    cache_tags = tagged("import:{import_id}")
    required_permissions = {"GET": ["prospects.view_importrow"]}
    serializer_class = ImportRowSerializer
    shape = IMPORT_ROW
    queryset = ImportRow.objects.all()
    filterset_class = ImportRowFilterSet
    ordering = ("line",)
    orderings = {"line": ("line",)}

    def rows(self) -> list[QuerySet[ImportRow]]:
        return [self.get_queryset().filter(import_run=self.kwargs["import_id"])]

    def parent(self) -> QuerySet[Import]:
        imports: QuerySet[Import] = Import.objects.filter(pk=self.kwargs["import_id"])
        return imports


class ImportErrorsView(KnownParameters):
    """The refused rows."""

    required_permissions = {"GET": ["prospects.view_importrow"]}

    @extend_schema(
        responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY, "Original columns and the reason")},
        description="The refused rows as CSV, with the reason: mend it and upload it as it is.",
    )
    def get(self, request: Request, import_id: int) -> StreamingHttpResponse:
        response = StreamingHttpResponse(intake.error_rows(import_id), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="import-{import_id}-errors.csv"'
        return response


class ImportFieldsView(CachedReads):
    """The fields that columns can be mapped to."""

    required_permissions = {"GET": ["prospects.view_import"]}

    @extend_schema(responses=ImportFieldSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(ImportFieldSerializer(FIELDS, many=True).data)


def _upload(request: Request) -> tuple[str, Iterable[bytes], str]:
    asked = body_of(request, ImportUploadSerializer)
    return asked["file"].name, asked["file"].chunks(), asked["source"]


def _rows(request: Request) -> tuple[str, Iterator[bytes], str]:
    asked = body_of(request, ImportRowsSerializer)
    name = asked["name"] if asked["name"].endswith(".jsonl") else f"{asked['name']}.jsonl"
    return name, (orjson.dumps(row) + b"\n" for row in asked["rows"]), asked["source"]


def _started(import_id: int, *, kind: str, request: Request) -> Response:
    jobs.start(import_id, kind=kind, owner=user_of(request))
    body = ImportSerializer(_found(import_id)).data
    return Response(body, status=202, headers={"Location": f"/api/v1/imports/{import_id}"})


def _found(import_id: int) -> Import:
    run: Import = generics.get_object_or_404(Import.objects.for_page(), pk=import_id)
    return run
