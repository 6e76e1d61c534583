"""Research: one company at once, batches of up to 100,000, their progress, results and statistics."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.access.permissions import user_of
from performance.api.idempotency import HEADER, idempotent
from performance.api.lists.views import ListView, tagged
from performance.api.parsing import body_of, validated
from performance.api.reads.mixin import CachedReads, KnownParameters
from performance.jobs import services as jobs
from prospects.api.plans import require_view_of_named
from prospects.api.research_answers import RESULT_EXAMPLE, STATISTICS_EXAMPLE, STATUS_EXAMPLE
from prospects.api.research_examples import EXTRACT_EXAMPLES, STARTED_EXAMPLE, SUBMIT_EXAMPLES
from prospects.api.research_plans import one_plan_of, plan_of
from prospects.api.serializers.prospects import MAX_ID
from prospects.api.serializers.research import (
    RESEARCH_IN_LIST,
    BatchFileSerializer,
    BatchSubmitSerializer,
    ExtractSerializer,
    ResearchInListSerializer,
    ResearchSerializer,
    ResearchStartedSerializer,
)
from prospects.api.serializers.research_results import CompanyResultSerializer, StatisticsSerializer
from prospects.exports.table import CONTENT_TYPES, chunks
from prospects.research.alone import MODE, research_now
from prospects.research.models import ResearchBatch
from prospects.research.plan import FORMATS, ResearchPlan
from prospects.research.results import ResearchTable, as_json
from prospects.research.services import submit_research
from prospects.research.settling import wanted_of
from prospects.research.statistics import statistics

START = ["prospects.add_researchbatch", "prospects.add_prospect"]
VIEW = ["prospects.view_researchbatch"]
RESULTS = ["prospects.view_researchitem", "prospects.view_profilevalue"]


def started(plan: ResearchPlan, request: Request) -> Response:
    """The answer to research that was asked for."""
    submission = submit_research(plan, owner=user_of(request))
    research = ResearchBatch.objects.select_related("batch__owner").get(pk=submission.research.pk)
    return Response(
        {"research": ResearchInListSerializer(research).data, "is_new": submission.is_new},
        status=202 if submission.is_new else 200,
        headers={"Location": f"/api/v1/company/batch/{research.pk}/status"},
    )


class ExtractView(APIView):
    """One company."""

    required_permissions = {"POST": START}
    limit = "analysis"

    @extend_schema(
        request=ExtractSerializer,
        responses={200: CompanyResultSerializer, 202: ResearchStartedSerializer},
        examples=[*EXTRACT_EXAMPLES, RESULT_EXAMPLE],
        description="In the mode basic, with a domain: what its site says, within 10 s. Else, and wherever the request "
        "has an Idempotency-Key, a batch of one: 202 with its address in Location. What is asked for again within the "
        "hour is answered without the site.",
    )
    def post(self, request: Request) -> Response:
        asked = body_of(request, ExtractSerializer)
        if asked["extraction_mode"] != MODE or not asked["domain"].strip() or HEADER in request.headers:
            return self._as_batch(request)
        hints = [asked["domain"]]
        [wanted] = wanted_of([asked["company_name"]] if asked["company_name"].strip() else [], hints)
        found = research_now(wanted, country=asked.get("country", "").upper(), owner_id=user_of(request).pk)
        return Response(as_json(found))

    # Whoever sends a key has it heeded, by `_as_batch`: the schema says so.
    post.is_idempotent = True  # type: ignore[attr-defined]  # read by performance.api.schema

    @idempotent
    def _as_batch(self, request: Request) -> Response:
        return started(one_plan_of(body_of(request, ExtractSerializer)), request)


class BatchSubmitView(APIView):
    """Up to 100,000 companies."""

    required_permissions = {"POST": START}
    limit = "analysis"

    @extend_schema(
        request={"application/json": BatchSubmitSerializer, "multipart/form-data": BatchFileSerializer},
        responses={202: ResearchStartedSerializer, 200: ResearchStartedSerializer},
        examples=[*SUBMIT_EXAMPLES, STARTED_EXAMPLE],
        description="Starts research of companies that are named, chosen, or in a file: 202 with its address in "
        "Location. Companies that aren't known yet are made. If the very same research is under way already, that is "
        "returned with 200 and nothing is started. With `qualify` a run over the companies' prospects follows.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        require_view_of_named(request)
        shape = BatchFileSerializer if request.FILES else BatchSubmitSerializer
        return started(plan_of(body_of(request, shape)), request)


class ResearchesView(CachedReads, ListView[ResearchBatch]):
    """All batches of research, newest first."""

    cache_tags = ("research",)
    required_permissions = {"GET": VIEW}
    serializer_class = ResearchInListSerializer
    shape = RESEARCH_IN_LIST
    queryset = ResearchBatch.objects.all()
    ordering = ("-batch_id",)
    orderings = {"id": ("batch_id",)}


class BatchStatusView(CachedReads):
    """How far a batch is, when it will be done, and what came of its companies so far."""

    cache_tags = tagged("research:{batch_id}")
    cache_ttl_s = 1.0  # rates and times pass, whatever happens
    required_permissions = {"GET": VIEW}

    @extend_schema(responses=ResearchSerializer, examples=[STATUS_EXAMPLE])
    def get(self, request: Request, batch_id: int) -> Response:
        return Response(ResearchSerializer(found_research(batch_id)).data)


class BatchCancelView(APIView):
    """Launch nothing more; what is in flight is kept."""

    required_permissions = {"POST": ["prospects.change_researchbatch"]}

    @extend_schema(request=None, responses=ResearchSerializer)
    def post(self, request: Request, batch_id: int) -> Response:
        jobs.cancel(found_research(batch_id).pk)
        return Response(ResearchSerializer(found_research(batch_id)).data)


class _FormatSerializer(serializers.Serializer[Any]):
    format = serializers.ChoiceField(choices=FORMATS, required=False)


class BatchResultsView(KnownParameters):
    """A batch's results so far, as a file."""

    required_permissions = {"GET": RESULTS}
    parameters = frozenset({"format"})
    problems: ClassVar[Mapping[int, str]] = {}

    @extend_schema(
        parameters=[OpenApiParameter("format", str, enum=FORMATS, description="Unless said: the batch's own")],
        responses={
            (200, "application/json"): CompanyResultSerializer(many=True),
            (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, "CSV, XLSX or JSON Lines"),
        },
        examples=[RESULT_EXAMPLE],
        description="Streamed: JSON and JSON Lines with every value and where it was found, CSV and XLSX with a line "
        "for each company. It fills while the batch works.",
    )
    def get(self, request: Request, batch_id: int) -> StreamingHttpResponse:
        asked = validated(_FormatSerializer(data=request.query_params.dict()))
        research = found_research(batch_id)
        return download(research, asked.get("format") or research.export_format)


class BatchStatisticsView(CachedReads):
    """What research came to: counts, medians, coverage by field, and by industry."""

    required_permissions = {"GET": RESULTS}
    parameters = frozenset({"batch"})

    @extend_schema(
        parameters=[OpenApiParameter("batch", int, description="Of this batch; unless said, of all")],
        responses=StatisticsSerializer,
        examples=[STATISTICS_EXAMPLE],
        description="Each company counts once, by what came of it last. Kept for 15 minutes.",
    )
    def get(self, request: Request) -> Response:
        asked = validated(_BatchSerializer(data=request.query_params.dict()))
        batch = found_research(asked["batch"]).batch if "batch" in asked else None
        return Response(statistics(batch))


class _BatchSerializer(serializers.Serializer[Any]):
    batch = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)


def found_research(batch_id: int) -> ResearchBatch:
    """The batch with what its faces show, or 404."""
    wanted: QuerySet[ResearchBatch] = ResearchBatch.objects.select_related("batch__owner")
    return generics.get_object_or_404(wanted, pk=batch_id)


def download(research: ResearchBatch, format: str) -> StreamingHttpResponse:
    """A batch's results as a file that the browser saves."""
    response = StreamingHttpResponse(chunks(ResearchTable(research), format), content_type=CONTENT_TYPES[format])
    response["Content-Disposition"] = f'attachment; filename="research-{research.pk}.{format}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
