"""Archival over the API: looks, runs, policies, legal holds."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.access.permissions import user_of
from performance.api.idempotency import idempotent
from performance.api.parsing import body_of
from performance.api.reads.mixin import CachedReads
from performance.audit.services import actor_of, audited
from performance.database.archival import holds, policies, runs, shown
from performance.database.archival.dry_run import dry_run
from performance.database.archival.errors import UnknownRun
from performance.database.archival.models import ArchivalHold, ArchivalPolicy, ArchivalRun
from performance.database.archival.registry import targets
from performance.database.archival.runs import Wish
from performance.database.archival.serializers import (
    ArchivalPolicySerializer,
    ArchivalRunSerializer,
    ArchivalSerializer,
    ArchiveRequestSerializer,
    DryRunSerializer,
    HoldRequestSerializer,
    HoldSerializer,
    LiftSerializer,
    PolicyRequestSerializer,
    RunsSerializer,
)

READ, ARCHIVE = ["performance.view_metricbucket"], ["performance.archive"]
MOST_RUNS = 50


class ArchiveView(CachedReads):
    """What may be archived and is; and doing it, or looking at what would be done."""

    required_permissions: ClassVar = {"GET": READ, "POST": ARCHIVE}
    limit = "analysis"

    @extend_schema(responses=ArchivalSerializer, description="What may be archived, the policies, and holds in force.")
    def get(self, request: Request) -> Response:
        at = timezone.now()
        found = {
            "targets": [shown.target(each) for each in targets()],
            "policies": [shown.policy(each, at=at) for each in ArchivalPolicy.objects.order_by("name")],
            "holds": ArchivalHold.objects.in_force().select_related("placed_by"),
        }
        return Response(ArchivalSerializer(found).data)

    @extend_schema(
        request=ArchiveRequestSerializer,
        responses={200: DryRunSerializer, 202: ArchivalRunSerializer},
        description="By itself a dry run, which changes nothing. A real one is done by a worker: Location says how far "
        "it is.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        asked = body_of(request, ArchiveRequestSerializer)
        name = "archival.dry_run" if asked["is_dry_run"] else "archival.run"
        subject = asked.get("policy") or asked["target"]
        with audited(name, subject=subject, by=actor_of(request), details=asked) as action:
            response = self._done(request, asked)
            action.details["answer"] = response.data.get("id") or response.data.get("rows")
        return response

    def _done(self, request: Request, asked: Mapping[str, Any]) -> Response:
        at = timezone.now()
        policy = policies.policy_named(asked["policy"]) if "policy" in asked else None
        wish = Wish.of(policy) if policy else _wish(asked)
        if asked["is_dry_run"]:
            return Response(DryRunSerializer(shown.dry_run(dry_run(wish, at=at))).data)
        runs.check(wish)
        runs.check_confirmed(wish, name=policy.name if policy else wish.target, confirm=asked["confirm"])
        return _accepted(runs.start(wish, at=at, owner=user_of(request), policy=policy))


class RunsView(CachedReads):
    """The last runs."""

    required_permissions: ClassVar = {"GET": READ}

    @extend_schema(operation_id="performance_database_archive_runs_list", responses=RunsSerializer)
    def get(self, request: Request) -> Response:
        return Response(RunsSerializer({"results": ArchivalRun.objects.order_by("-pk")[:MOST_RUNS]}).data)


class RunView(CachedReads):
    """How far a run is, and what it did."""

    required_permissions: ClassVar = {"GET": READ}

    @extend_schema(responses=ArchivalRunSerializer)
    def get(self, request: Request, run_id: int) -> Response:
        run = ArchivalRun.objects.filter(pk=run_id).first()
        if run is None:
            raise UnknownRun
        return Response(ArchivalRunSerializer(run).data)


class RestoreView(APIView):
    """Back with the rows that a run moved away."""

    required_permissions: ClassVar = {"POST": ARCHIVE}

    @extend_schema(
        request=None,
        responses={202: ArchivalRunSerializer},
        description="A run of its own, which puts nothing back where any key is taken.",
    )
    @idempotent
    def post(self, request: Request, run_id: int) -> Response:
        with audited("archival.restore", subject=f"run {run_id}", by=actor_of(request)):
            return _accepted(runs.restore(run_id, at=timezone.now(), owner=user_of(request)))


class CancelView(APIView):
    """An end to a run."""

    required_permissions: ClassVar = {"POST": ARCHIVE}

    @extend_schema(
        request=None, responses=ArchivalRunSerializer, description="After the chunk it is at; what is done stays."
    )
    def post(self, request: Request, run_id: int) -> Response:
        with audited("archival.cancel", subject=f"run {run_id}", by=actor_of(request)):
            return Response(ArchivalRunSerializer(runs.cancel(run_id, at=timezone.now())).data)


class PolicyView(APIView):
    """A policy, by its name."""

    required_permissions: ClassVar = {"PUT": ARCHIVE, "DELETE": ARCHIVE}

    @extend_schema(
        request=PolicyRequestSerializer, responses=ArchivalPolicySerializer, description="Make it, or change it."
    )
    def put(self, request: Request, name: str) -> Response:
        asked, at = body_of(request, PolicyRequestSerializer), timezone.now()
        rest = {key: asked[key] for key in ("cron", "time_zone", "is_enabled", "confirm")}
        terms = policies.Terms(name=name, wish=_wish(asked), **rest)
        found = ArchivalPolicy.objects.filter(name=name).first()
        saved = policies.save(terms, policy=found, by=actor_of(request), at=at)
        return Response(ArchivalPolicySerializer(shown.policy(saved, at=at)).data)

    @extend_schema(responses={204: None}, description="Its runs and what they keep stay.")
    def delete(self, request: Request, name: str) -> Response:
        policies.delete(policies.policy_named(name), by=actor_of(request))
        return Response(status=204)


class HoldsView(APIView):
    """A legal hold."""

    required_permissions: ClassVar = {"POST": ["performance.add_archivalhold"]}

    @extend_schema(
        request=HoldRequestSerializer,
        responses={201: HoldSerializer},
        description="From now on no policy touches these rows.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        asked = body_of(request, HoldRequestSerializer)
        reason = asked.pop("reason")
        hold = holds.place(holds.Wish(**asked), reason=reason, by=actor_of(request))
        return Response(HoldSerializer(hold).data, status=201)


class LiftView(APIView):
    """The end of a legal hold."""

    required_permissions: ClassVar = {"POST": ["performance.change_archivalhold"]}

    @extend_schema(request=LiftSerializer, responses=HoldSerializer)
    def post(self, request: Request, hold_id: int) -> Response:
        reason = body_of(request, LiftSerializer)["reason"]
        hold = holds.lift(hold_id, reason=reason, by=actor_of(request), at=timezone.now())
        return Response(HoldSerializer(hold).data)


def _wish(asked: Mapping[str, Any]) -> Wish:
    return Wish(
        target=asked["target"],
        action=asked["action"],
        older_than_days=asked["older_than_days"],
        condition=asked.get("condition", ""),
    )


def _accepted(run: ArchivalRun) -> Response:
    location = f"/api/v1/performance/database/archive/runs/{run.pk}"
    return Response(ArchivalRunSerializer(run).data, status=202, headers={"Location": location})
