"""Qualification runs: watching and steering them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.api.errors import Conflict
from performance.api.idempotency import idempotent
from performance.api.lists.views import DetailView, ListView, tagged
from performance.api.parsing import body_of
from performance.api.reads.mixin import CachedReads
from performance.jobs import services as jobs
from performance.jobs.models import Job
from prospects.api.filters import JobFilterSet, RunFilterSet
from prospects.api.serializers.runs import (
    COUNTED,
    JOB_ERROR,
    RUN,
    RUN_IN_LIST,
    RUN_RESULT,
    CountSerializer,
    JobErrorSerializer,
    ResumeSerializer,
    RunInListSerializer,
    RunResultSerializer,
    RunSerializer,
)
from prospects.qualification.models import Qualification, QualificationRun
from prospects.qualification.querysets import RANKING

VIEW_RUN = ["prospects.view_qualificationrun"]
STEER_RUN = ["prospects.change_qualificationrun"]


class NotPaused(Conflict):
    """The run isn't paused, so its budget stays as it is: pause it first."""


class RunsView(CachedReads, ListView[QualificationRun]):
    """All runs, newest first."""

    cache_tags = ("runs",)
    required_permissions = {"GET": VIEW_RUN}
    serializer_class = RunInListSerializer
    shape = RUN_IN_LIST
    queryset = QualificationRun.objects.all()
    filterset_class = RunFilterSet
    ordering = ("-batch_id",)
    orderings = {"id": ("batch_id",)}


class ActiveRunsView(CachedReads, ListView[QualificationRun]):
    """Unfinished runs, the most urgent first."""

    cache_tags = ("runs",)
    required_permissions = {"GET": VIEW_RUN}
    serializer_class = RunInListSerializer
    shape = RUN_IN_LIST
    queryset = QualificationRun.objects.active()
    ordering = ("batch__priority", "batch_id")


class RecentRunsView(CachedReads, ListView[QualificationRun]):
    """The twenty runs that ended last."""

    cache_tags = ("runs",)
    required_permissions = {"GET": VIEW_RUN}
    serializer_class = RunInListSerializer
    shape = RUN_IN_LIST
    queryset = QualificationRun.objects.ended()
    ordering = ("-batch__finished_at", "-batch_id")
    most = 20


class RunView(CachedReads, DetailView[QualificationRun]):
    """One run with its progress and timings."""

    cache_tags = tagged("run:{run_id}")
    cache_ttl_s = 1.0  # rates and times pass, whatever happens
    required_permissions = {"GET": VIEW_RUN}
    serializer_class = RunSerializer
    shape = RUN
    lookups = {"run_id": "pk"}
    queryset = QualificationRun.objects.all()


class RunResultsView(CachedReads, ListView[Qualification]):
    """A run's ranking, best first; it fills while the run works."""

    cache_tags = tagged("run:{run_id}")
    required_permissions = {"GET": ["prospects.view_qualification"]}
    serializer_class = RunResultSerializer
    shape = RUN_RESULT
    queryset = Qualification.objects.none()
    ordering = RANKING
    carried = COUNTED

    def rows(self) -> Sequence[QuerySet[Qualification]]:
        """The ranking, which an index has in order but for what people overrode."""
        parts: Sequence[QuerySet[Qualification]] = Qualification.objects.ranked(found_run(self.kwargs["run_id"]))
        return parts

    def counted(self, parts: Sequence[QuerySet[Qualification]]) -> Sequence[QuerySet[Qualification]]:
        shown: QuerySet[Qualification] = Qualification.objects.shown_of(self.kwargs["run_id"])
        return [shown]


class RunErrorsView(CachedReads, ListView[Job]):
    """Prospects of a run that couldn't be qualified or whose outcome is unknown, and why."""

    cache_tags = tagged("run:{run_id}")
    required_permissions = {"GET": ["prospects.view_qualificationrun", "performance.view_job"]}
    serializer_class = JobErrorSerializer
    shape = JOB_ERROR
    queryset = Job.objects.none()
    filterset_class = JobFilterSet
    ordering = ("id",)
    orderings = {"id": ("id",)}

    def rows(self) -> list[QuerySet[Job]]:
        stuck: QuerySet[Job] = Job.objects.stuck_in(self.kwargs["run_id"])
        return [stuck]

    def parent(self) -> QuerySet[QualificationRun]:
        runs: QuerySet[QualificationRun] = QualificationRun.objects.filter(pk=self.kwargs["run_id"])
        return runs


class SteerRunView(APIView):
    """What a person does to a run; each may be repeated without harm."""

    required_permissions = {"POST": STEER_RUN}

    def answer(self, run_id: int) -> Response:
        return Response(RunSerializer(found_run(run_id)).data)


class CancelRunView(SteerRunView):
    @extend_schema(request=None, responses=RunSerializer, description="Launch nothing more; what is in flight is kept.")
    def post(self, request: Request, run_id: int) -> Response:
        jobs.cancel(found_run(run_id).pk)
        return self.answer(run_id)


class PauseRunView(SteerRunView):
    @extend_schema(request=None, responses=RunSerializer, description="Launch nothing more until it is resumed.")
    def post(self, request: Request, run_id: int) -> Response:
        jobs.pause(found_run(run_id).pk, reason=f"Paused by {request.user.get_username()}.")
        return self.answer(run_id)


class ResumeRunView(SteerRunView):
    @extend_schema(
        request=ResumeSerializer, responses=RunSerializer, description="Go on, with another budget if one is given."
    )
    @idempotent
    def post(self, request: Request, run_id: int) -> Response:
        budget = body_of(request, ResumeSerializer).get("budget")
        batch = found_run(run_id).batch
        if not jobs.resume(batch.pk, budget_micros=budget) and budget not in {None, batch.budget_micros}:
            raise NotPaused
        return self.answer(run_id)


class RetryFailedView(SteerRunView):
    @extend_schema(request=None, responses=CountSerializer, description="Try those that failed once more.")
    @idempotent
    def post(self, request: Request, run_id: int) -> Response:
        return Response({"count": jobs.retry_dead(found_run(run_id).pk)})


class RetryParkedView(SteerRunView):
    @extend_schema(
        request=None,
        responses=CountSerializer,
        description="Buy the calls of unknown outcome again, which may charge them twice.",
    )
    @idempotent
    def post(self, request: Request, run_id: int) -> Response:
        return Response({"count": jobs.retry_parked(found_run(run_id).pk)})


def found_run(run_id: int) -> Any:
    """The run with what its faces show, or 404."""
    return generics.get_object_or_404(QualificationRun.objects.for_detail(), pk=run_id)
