"""Alerts over the API: what fires, what became of it, the rules, and who asked for silence."""

from datetime import timedelta
from typing import ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.alerts import services
from performance.alerts.models import Alert, AlertRule, Severity, Silence
from performance.alerts.serializers import (
    AcknowledgementSerializer,
    AlertInFullSerializer,
    AlertSerializer,
    RuleSerializer,
    SilenceRequestSerializer,
    SilenceSerializer,
    TransitionSerializer,
)
from performance.alerts.signals import AREAS
from performance.api.idempotency import idempotent
from performance.api.lists.derived import shape_like
from performance.api.lists.filters import Filters
from performance.api.lists.views import DetailView, ListView
from performance.api.parsing import body_of
from performance.api.reads.mixin import CachedReads
from performance.audit.services import actor_of

READ, OPERATE = ["performance.view_metricbucket"], ["performance.operate_alerts"]


class AlertFilterSet(Filters):
    """Which of them."""

    state = ChoiceFilter(choices=Alert.State.choices)
    severity = ChoiceFilter(choices=Severity.choices)
    area = ChoiceFilter(choices=[(area, area) for area in AREAS])
    rule = CharFilter(field_name="name")


class AlertsView(CachedReads, ListView[Alert]):
    """Alerts, the newest first: what fires, what is pending, and what is over."""

    required_permissions: ClassVar = {"GET": READ}
    serializer_class = AlertSerializer
    shape = shape_like(AlertSerializer)
    queryset = Alert.objects.all()
    filterset_class = AlertFilterSet


class AlertView(CachedReads, DetailView[Alert]):
    """One alert, with what became of it."""

    required_permissions: ClassVar = {"GET": READ}
    serializer_class = AlertInFullSerializer
    shape = shape_like(
        AlertInFullSerializer, transitions=shape_like(TransitionSerializer).each("transitions", order_by=("id",))
    )
    queryset = Alert.objects.all()
    lookups: ClassVar = {"alert_id": "pk"}


class AcknowledgeView(APIView):
    """Somebody looks after it."""

    required_permissions: ClassVar = {"POST": OPERATE}

    @extend_schema(
        request=AcknowledgementSerializer,
        responses=AlertSerializer,
        description="Shown with the alert; what becomes of it is told as before.",
    )
    def post(self, request: Request, alert_id: int) -> Response:
        note = body_of(request, AcknowledgementSerializer)["note"]
        alert = services.acknowledge(alert_id, note=note, by=actor_of(request), at=timezone.now())
        return Response(AlertSerializer(alert).data)


class RulesView(CachedReads, ListView[AlertRule]):
    """The rules, by name, and what the last look at each found. They are changed in the admin."""

    required_permissions: ClassVar = {"GET": READ}
    serializer_class = RuleSerializer
    shape = shape_like(RuleSerializer)
    queryset = AlertRule.objects.all()
    ordering = ("name",)


class ActiveFilter(ChoiceFilter):
    """Silences that haven't ended, or those that have."""

    def filter(self, qs: QuerySet[Silence], value: str) -> QuerySet[Silence]:
        now = timezone.now()
        return qs.filter(ends_at__gt=now) if value == "true" else qs.filter(ends_at__lte=now)


class SilenceFilterSet(Filters):
    """`is_active` true: those that haven't ended."""

    is_active = ActiveFilter(choices=[("true", "true"), ("false", "false")])


class SilencesView(CachedReads, ListView[Silence]):
    """Silences, the newest first."""

    required_permissions: ClassVar = {"GET": READ, "POST": OPERATE}
    serializer_class = SilenceSerializer
    shape = shape_like(SilenceSerializer)
    queryset = Silence.objects.all()
    filterset_class = SilenceFilterSet

    @extend_schema(
        request=SilenceRequestSerializer,
        responses={201: SilenceSerializer},
        description="Tell nobody for a while; it takes the place of a silence of the same rule or area. What still "
        "fires when it ends is told then.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        asked = body_of(request, SilenceRequestSerializer)
        lasts = timedelta(minutes=asked.pop("minutes"))
        made = services.silence(services.Wish(**asked, lasts=lasts), by=actor_of(request), at=timezone.now())
        return Response(SilenceSerializer(made).data, status=201)


class SilenceView(APIView):
    """A silence that may be ended."""

    required_permissions: ClassVar = {"DELETE": OPERATE}
    problems: ClassVar = {409: "It has ended already"}

    @extend_schema(responses={204: None}, description="Ends it now; what fires is told at the next look.")
    def delete(self, request: Request, silence_id: int) -> Response:
        services.end_silence(silence_id, by=actor_of(request), at=timezone.now())
        return Response(status=204)
