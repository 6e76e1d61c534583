"""Queues over the API: /api/v1/performance/jobs/… Figures are live, so nothing here is cached."""

from dataclasses import asdict
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.api.idempotency import idempotent
from performance.api.parsing import body_of, validated
from performance.api.reads.mixin import CachedReads
from performance.audit.services import actor_of, audited_effect
from performance.queues import letters, purging, replays, schedules, shown, states
from performance.queues.figures import picture
from performance.queues.names import checked
from performance.queues.replays import Selection
from performance.queues.schedulable import allowed
from performance.queues.schedules import Wish
from performance.queues.serializers import (
    DeadLetterPageSerializer,
    LetterQuerySerializer,
    QueuePauseRequestSerializer,
    QueuePurgedSerializer,
    QueuePurgeSerializer,
    QueuesSerializer,
    QueueStateSerializer,
    QueueWindowSerializer,
    RetriedSerializer,
    RetryFailedSerializer,
    ScheduleEnableSerializer,
    ScheduleListSerializer,
    ScheduleRunSerializer,
    ScheduleSerializer,
    ScheduleWishSerializer,
)

READ = ["performance.view_metricbucket"]
OPERATE, PURGE = ["performance.operate_queues"], ["performance.purge_queues"]
SCHEDULE = ["performance.schedule_tasks"]
_FILTERS = ("source", "task", "error", "why", "since")


class QueueMetricsView(CachedReads):
    """What waits, runs and fails, by queue, task and durable batch, and who works on it."""

    parameters = tuple(QueueWindowSerializer().fields)
    required_permissions: ClassVar = {"GET": READ}

    @extend_schema(parameters=[QueueWindowSerializer], responses=QueuesSerializer)
    def get(self, request: Request) -> Response:
        asked = validated(QueueWindowSerializer(data=request.query_params))
        queues = [asked["queue"]] if "queue" in asked else None
        found = picture(at=timezone.now(), minutes=asked["minutes"], queues=queues)
        return Response(QueuesSerializer(shown.picture(found)).data)


class PauseView(APIView):
    """Stop beginning work of a queue, until it is resumed or its time has come; restarts and deploys don't end it."""

    required_permissions: ClassVar = {"POST": OPERATE}

    @extend_schema(request=QueuePauseRequestSerializer, responses=QueueStateSerializer)
    def post(self, request: Request, queue: str) -> Response:
        asked = body_of(request, QueuePauseRequestSerializer)
        state = states.pause(
            queue,
            by=actor_of(request),
            reason=asked["reason"],
            until=asked.get("until"),
            is_draining=asked["drain"],
            at=timezone.now(),
        )
        return Response(QueueStateSerializer(shown.state(state)).data)


class ResumeView(APIView):
    """Go on."""

    required_permissions: ClassVar = {"POST": OPERATE}

    @extend_schema(request=None, responses=QueueStateSerializer)
    def post(self, request: Request, queue: str) -> Response:
        return Response(QueueStateSerializer(shown.state(states.resume(queue, by=actor_of(request)))).data)


class DeadLetterView(CachedReads):
    """What gave up, newest first, with what it was called with."""

    parameters = tuple(LetterQuerySerializer().fields)
    required_permissions: ClassVar = {"GET": READ}

    @extend_schema(parameters=[LetterQuerySerializer], responses=DeadLetterPageSerializer)
    def get(self, request: Request, queue: str) -> Response:
        asked = validated(LetterQuerySerializer(data=request.query_params))
        wanted = letters.Wanted(**_fitting(asked), is_unanswered=asked["unanswered"])
        found = letters.page(checked(queue), wanted, cursor=asked.get("cursor", ""), limit=asked["limit"])
        results = [asdict(each) for each in found.letters]
        return Response(DeadLetterPageSerializer({"results": results, "next_cursor": found.next_cursor}).data)


class RetryFailedView(APIView):
    """Do again what gave up, each once."""

    required_permissions: ClassVar = {"POST": OPERATE}

    @extend_schema(request=RetryFailedSerializer, responses={202: RetriedSerializer})
    @idempotent
    def post(self, request: Request, queue: str) -> Response:
        asked = body_of(request, RetryFailedSerializer)
        selection = Selection(ids=asked.get("ids", ()), fitting=letters.Wanted(**_fitting(asked)), is_all=asked["all"])
        found = replays.retry(queue, selection, by=actor_of(request), at=timezone.now())
        return Response(RetriedSerializer(asdict(found)).data, status=202)


class PurgeView(APIView):
    """Take off a queue all that waits in the broker, and archive it."""

    required_permissions: ClassVar = {"POST": PURGE}

    @extend_schema(request=QueuePurgeSerializer, responses=QueuePurgedSerializer)
    def post(self, request: Request, queue: str) -> Response:
        confirmation = body_of(request, QueuePurgeSerializer)["confirmation"]
        found = purging.purge(queue, confirmation=confirmation, by=actor_of(request), at=timezone.now())
        return Response(QueuePurgedSerializer(asdict(found)).data)


class SchedulesView(CachedReads):
    """What runs when."""

    required_permissions: ClassVar = {"GET": READ, "POST": SCHEDULE}

    @extend_schema(responses=ScheduleListSerializer)
    def get(self, request: Request) -> Response:
        results = [shown.schedule(each) for each in schedules.listed(at=timezone.now())]
        return Response(ScheduleListSerializer({"tasks": allowed(), "results": results}).data)

    @extend_schema(
        request=ScheduleWishSerializer,
        responses=ScheduleSerializer,
        description="Make a schedule, or change the one of this name.",
    )
    def post(self, request: Request) -> Response:
        wish = _wish(body_of(request, ScheduleWishSerializer))
        found = schedules.set_schedule(wish, by=actor_of(request), at=timezone.now())
        return Response(ScheduleSerializer(shown.schedule(found)).data)


class ScheduleView(APIView):
    """One schedule."""

    required_permissions: ClassVar = {"DELETE": SCHEDULE}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, name: str) -> Response:
        schedules.delete(name, by=actor_of(request))
        return Response(status=204)


class EnableScheduleView(APIView):
    """Have it fire from now on; not for the time in which it rested."""

    required_permissions: ClassVar = {"POST": SCHEDULE}

    @extend_schema(request=ScheduleEnableSerializer, responses=ScheduleSerializer)
    def post(self, request: Request, name: str) -> Response:
        catches_up = body_of(request, ScheduleEnableSerializer)["catch_up"]
        found = schedules.enable(name, by=actor_of(request), at=timezone.now(), catches_up=catches_up)
        return Response(ScheduleSerializer(shown.schedule(found)).data)


class DisableScheduleView(APIView):
    """Have it fire no more."""

    required_permissions: ClassVar = {"POST": SCHEDULE}

    @extend_schema(request=None, responses=ScheduleSerializer)
    def post(self, request: Request, name: str) -> Response:
        found = schedules.disable(name, by=actor_of(request), at=timezone.now())
        return Response(ScheduleSerializer(shown.schedule(found)).data)


class RunScheduleView(APIView):
    """Send its task once, now."""

    required_permissions: ClassVar = {"POST": SCHEDULE}

    @extend_schema(request=None, responses={202: ScheduleRunSerializer})
    def post(self, request: Request, name: str) -> Response:
        with audited_effect("schedule.run", subject=name, by=actor_of(request)) as action:
            response = self._sent(request, name)
            action.details["task_id"] = response.data["task_id"]
        return response

    # The log's entry stands before anything is sent, so it can't be in the transaction of the key.
    post.is_idempotent = True  # type: ignore[attr-defined]  # read by performance.api.schema

    @idempotent
    def _sent(self, request: Request, name: str) -> Response:
        return Response(ScheduleRunSerializer({"task_id": schedules.send_now(name)}).data, status=202)


def _fitting(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: asked[name] for name in _FILTERS if name in asked}


def _wish(asked: dict[str, Any]) -> Wish:
    return Wish(**{name: value for name, value in asked.items() if name != "enabled"}, is_enabled=asked["enabled"])
