"""Regressions and deploys over the API."""

from typing import ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.api.lists.derived import shape_like
from performance.api.lists.filters import Filters
from performance.api.lists.views import ListView
from performance.api.reads.mixin import CachedReads
from performance.audit.services import actor_of
from performance.regressions import services
from performance.regressions.models import Deploy, Regression
from performance.regressions.serializers import DeploySerializer, RegressionSerializer

READ, OPERATE = ["performance.view_metricbucket"], ["performance.operate_alerts"]
_OPEN = Q(change__gt=0, ended_at__isnull=True, acknowledged_at__isnull=True)


class OpenFilter(ChoiceFilter):
    """Regressions that are open, or the other changes."""

    def filter(self, qs: QuerySet[Regression], value: str) -> QuerySet[Regression]:
        return qs.filter(_OPEN) if value == "true" else qs.exclude(_OPEN)


class RegressionFilterSet(Filters):
    """`is_open` true: slower still, and nobody has said that it is as it should be."""

    kind = ChoiceFilter(choices=Regression.Kind.choices)
    is_open = OpenFilter(choices=[("true", "true"), ("false", "false")])


class RegressionsView(CachedReads, ListView[Regression]):
    """What became slower or faster, the newest first."""

    required_permissions: ClassVar = {"GET": READ}
    serializer_class = RegressionSerializer
    shape = shape_like(RegressionSerializer)
    queryset = Regression.objects.all()
    ordering = ("-changed_at", "-id")
    filterset_class = RegressionFilterSet


class AcknowledgeRegressionView(APIView):
    """It is as it should be."""

    required_permissions: ClassVar = {"POST": OPERATE}

    @extend_schema(request=None, responses=RegressionSerializer, description="No longer listed as open.")
    def post(self, request: Request, regression_id: int) -> Response:
        found = services.acknowledge(regression_id, by=actor_of(request), at=timezone.now())
        return Response(RegressionSerializer(found).data)


class DeploysView(CachedReads, ListView[Deploy]):
    """When the code's version changed, the newest first."""

    required_permissions: ClassVar = {"GET": READ}
    serializer_class = DeploySerializer
    shape = shape_like(DeploySerializer)
    queryset = Deploy.objects.all()
