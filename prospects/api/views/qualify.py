"""Asking for a qualification run."""

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.access.permissions import require, user_of
from performance.api.idempotency import idempotent
from performance.api.parsing import body_of
from prospects.api.plans import plan_of, require_view_of_named
from prospects.api.qualify_examples import QUALIFY_EXAMPLES, RUN_STARTED_EXAMPLE
from prospects.api.research_plans import research_plan_of
from prospects.api.serializers.qualify import QualifySerializer
from prospects.api.serializers.research import ResearchStartedSerializer
from prospects.api.serializers.runs import RunInListSerializer, RunStartedSerializer
from prospects.api.views.research import started as research_started
from prospects.qualification.models import QualificationRun
from prospects.qualification.services import submit_run


class QualifyView(APIView):
    """Asking for a qualification run."""

    required_permissions = {"POST": ["prospects.add_qualificationrun"]}
    limit = "qualify"

    @extend_schema(
        request=QualifySerializer,
        responses={
            202: PolymorphicProxySerializer(
                "WorkStarted", [RunStartedSerializer, ResearchStartedSerializer], resource_type_field_name=None
            ),
            200: RunStartedSerializer,
        },
        examples=[*QUALIFY_EXAMPLES, RUN_STARTED_EXAMPLE],
        description="Starts a run: 202 with its address in Location. If the very same work is under way already, "
        "that run is returned with 200 and nothing is started. With `research` the companies' sites are read first: "
        "the answer is the research, and the run follows it by itself.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        require_view_of_named(request)
        asked = body_of(request, QualifySerializer)
        if "domains" in asked:
            require(request, "prospects.add_prospect", to="Qualifying by domain makes prospects: it")
        owner = user_of(request)
        if asked["research"]:
            require(request, "prospects.add_researchbatch", to="Research")
            return research_started(research_plan_of(plan_of(asked, owner=owner)), request)
        started = submit_run(plan_of(asked, owner=owner), owner=owner)
        run = QualificationRun.objects.with_names().get(pk=started.run.pk)
        return Response(
            {"run": RunInListSerializer(run).data, "is_new": started.is_new},
            status=202 if started.is_new else 200,
            headers={"Location": f"/api/v1/runs/{run.pk}"},
        )
