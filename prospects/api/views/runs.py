"""Qualification runs: asking for one, watching it, steering it."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.access.permissions import may
from performance.api.idempotency import idempotent
from performance.api.parsing import validated
from performance.jobs import services as jobs
from performance.jobs.models import Job
from prospects.api.plans import plan_of
from prospects.api.qualify_examples import QUALIFY_EXAMPLES, RUN_STARTED_EXAMPLE
from prospects.api.serializers.runs import (
    CountSerializer,
    JobErrorSerializer,
    QualifySerializer,
    ResumeSerializer,
    RunInListSerializer,
    RunResultSerializer,
    RunSerializer,
    RunStartedSerializer,
)
from prospects.qualification.models import Qualification, QualificationRun
from prospects.qualification.services import submit_run

VIEW_RUN = ["prospects.view_qualificationrun"]
STEER_RUN = ["prospects.change_qualificationrun"]


class QualifyView(APIView):
    """Asking for a qualification run."""

    required_permissions = {"POST": ["prospects.add_qualificationrun"]}
    rate_per_minute = settings.QUALIFY_RATE_PER_MINUTE

    @extend_schema(
        request=QualifySerializer,
        responses={202: RunStartedSerializer, 200: RunStartedSerializer},
        examples=[*QUALIFY_EXAMPLES, RUN_STARTED_EXAMPLE],
        description="Starts a run: 202 with its address in Location. If the very same work is under way already, "
        "that run is returned with 200 and nothing is started.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        asked = validated(QualifySerializer(data=request.data))
        if "domains" in asked and not may(request, "prospects.add_prospect"):
            self.permission_denied(request, "Qualifying by domain makes prospects: it needs prospects.add_prospect.")
        started = submit_run(plan_of(asked, owner=request.user), owner=request.user)
        run = QualificationRun.objects.with_names().get(pk=started.run.pk)
        return Response(
            {"run": RunInListSerializer(run).data, "is_new": started.is_new},
            status=202 if started.is_new else 200,
            headers={"Location": f"/api/v1/runs/{run.pk}"},
        )


class RunsView(generics.ListAPIView[QualificationRun]):
    """All runs, newest first."""

    required_permissions = {"GET": VIEW_RUN}
    serializer_class = RunInListSerializer
    queryset = QualificationRun.objects.for_list()
    ordering = ("-batch_id",)


class ActiveRunsView(generics.ListAPIView[QualificationRun]):
    """Unfinished runs, the most urgent first."""

    required_permissions = {"GET": VIEW_RUN}
    serializer_class = RunInListSerializer
    queryset = QualificationRun.objects.active()
    ordering = ("batch__priority", "batch_id")


class RecentRunsView(generics.ListAPIView[QualificationRun]):
    """The twenty runs that ended last."""

    required_permissions = {"GET": VIEW_RUN}
    serializer_class = RunInListSerializer
    pagination_class = None
    queryset = QualificationRun.objects.none()

    def get_queryset(self) -> QuerySet[QualificationRun]:
        return QualificationRun.objects.recent()


class RunView(generics.RetrieveAPIView[QualificationRun]):
    """One run with its progress and timings."""

    required_permissions = {"GET": VIEW_RUN}
    serializer_class = RunSerializer
    lookup_url_kwarg = "run_id"
    queryset = QualificationRun.objects.for_detail()


class RunResultsView(generics.ListAPIView[Qualification]):
    """A run's ranking, best first; it fills while the run works."""

    required_permissions = {"GET": ["prospects.view_qualification"]}
    serializer_class = RunResultSerializer
    queryset = Qualification.objects.none()
    ordering = ("-counted_score", "prospect__company__name", "prospect_id")

    def get_queryset(self) -> QuerySet[Qualification]:
        return Qualification.objects.ranking(found_run(self.kwargs["run_id"]))


class RunErrorsView(generics.ListAPIView[Job]):
    """Prospects of a run that couldn't be qualified or whose outcome is unknown, and why."""

    required_permissions = {"GET": ["prospects.view_qualificationrun", "performance.view_job"]}
    serializer_class = JobErrorSerializer
    queryset = Job.objects.none()
    ordering = ("id",)

    def get_queryset(self) -> QuerySet[Job]:
        run = found_run(self.kwargs["run_id"])
        jobs_of_run: QuerySet[Job] = Job.objects.stuck_in(run.pk)
        return jobs_of_run


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
    def post(self, request: Request, run_id: int) -> Response:
        asked = validated(ResumeSerializer(data=request.data))
        budget = asked.get("budget")
        jobs.resume(found_run(run_id).pk, budget_micros=None if budget is None else round(budget * 1_000_000))
        return self.answer(run_id)


class RetryFailedView(SteerRunView):
    @extend_schema(request=None, responses=CountSerializer, description="Try those that failed once more.")
    def post(self, request: Request, run_id: int) -> Response:
        return Response({"count": jobs.retry_dead(found_run(run_id).pk)})


class RetryParkedView(SteerRunView):
    @extend_schema(
        request=None,
        responses=CountSerializer,
        description="Buy the calls of unknown outcome again, which may charge them twice.",
    )
    def post(self, request: Request, run_id: int) -> Response:
        return Response({"count": jobs.retry_parked(found_run(run_id).pk)})


def found_run(run_id: int) -> Any:
    """The run with what its faces show, or 404."""
    return generics.get_object_or_404(QualificationRun.objects.for_detail(), pk=run_id)
