"""Sizes, one table's figures, and its upkeep, over the API."""

from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.api.idempotency import idempotent
from performance.api.parsing import body_of
from performance.api.reads.mixin import CachedReads
from performance.audit.services import actor_of
from performance.database.tables import shown
from performance.database.tables.errors import UnknownRun
from performance.database.tables.maintenance.services import request_run
from performance.database.tables.models import MaintenanceRun
from performance.database.tables.reports import database_report, table_report
from performance.database.tables.serializers import (
    DatabaseSizeSerializer,
    MaintenanceRunSerializer,
    OptimizeSerializer,
    TableStatsSerializer,
)

READ = ["performance.view_metricbucket"]
MOST_RUNS = 10


class DatabaseSizeView(CachedReads):
    """How large the database is, what of, how it grows, and how much of what is read lies in memory."""

    required_permissions: ClassVar = {"GET": READ}

    @extend_schema(responses=DatabaseSizeSerializer)
    def get(self, request: Request) -> Response:
        return Response(shown.database(database_report(at=timezone.now())))


class TableStatsView(CachedReads):
    """One table: rows, bloat, upkeep, use, indexes, growth. With its schema, or as found on the search path."""

    required_permissions: ClassVar = {"GET": READ}
    problems: ClassVar = {422: "That is a view, a foreign table, or partitioned"}

    @extend_schema(responses=TableStatsSerializer)
    def get(self, request: Request, table: str) -> Response:
        report, indexes = table_report(table, at=timezone.now())
        runs = MaintenanceRun.objects.filter(relation=report.facts.name).order_by("-pk")[:MOST_RUNS]
        return Response(shown.whole_table(report, indexes=indexes, runs=list(runs)))


class OptimizeTableView(APIView):
    """VACUUM or ANALYZE of one of the application's tables, by a worker."""

    required_permissions: ClassVar = {"POST": ["performance.optimize_table"]}

    @extend_schema(request=OptimizeSerializer, responses={202: MaintenanceRunSerializer})
    @idempotent
    def post(self, request: Request, table: str) -> Response:
        action = body_of(request, OptimizeSerializer)["action"]
        run = request_run(table, action=action, by=actor_of(request), at=timezone.now())
        location = f"/api/v1/performance/database/maintenance/{run.pk}"
        return Response(MaintenanceRunSerializer(run).data, status=202, headers={"Location": location})


class MaintenanceRunView(CachedReads):
    """How far a VACUUM or ANALYZE is, and what it did."""

    required_permissions: ClassVar = {"GET": READ}

    @extend_schema(responses=MaintenanceRunSerializer)
    def get(self, request: Request, run_id: int) -> Response:
        run = MaintenanceRun.objects.filter(pk=run_id).first()
        if run is None:
            raise UnknownRun(f"There is no maintenance run {run_id}; they are kept for 90 days.")
        return Response(MaintenanceRunSerializer(run).data)
