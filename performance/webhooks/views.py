"""Endpoints over the API: made, changed, tested, and what became of each delivery."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django_filters import ChoiceFilter
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from performance.access.permissions import user_of
from performance.api.idempotency import ShownOnce, idempotent
from performance.api.lists.derived import shape_like
from performance.api.lists.filters import Filters
from performance.api.lists.views import DetailView, ListView
from performance.api.parsing import body_of
from performance.api.reads.mixin import CachedReads
from performance.webhooks import services
from performance.webhooks.errors import EndpointGone
from performance.webhooks.events import event_types
from performance.webhooks.models import WebhookDelivery, WebhookEndpoint
from performance.webhooks.serializers import (
    AttemptSerializer,
    DeliveryInListSerializer,
    DeliverySerializer,
    EndpointChangeSerializer,
    EndpointRequestSerializer,
    EndpointSerializer,
    EventTypeSerializer,
    NewEndpointSerializer,
    RotationSerializer,
    TestRequestSerializer,
    TestResultSerializer,
)
from performance.webhooks.testing import Tested, send_test

VIEW, CHANGE = ["performance.view_webhookendpoint"], ["performance.change_webhookendpoint"]
HISTORY = ["performance.view_webhookdelivery"]
ENDPOINT = shape_like(EndpointSerializer)
DELIVERY_IN_LIST = shape_like(DeliveryInListSerializer)
DELIVERY = shape_like(DeliverySerializer, history=shape_like(AttemptSerializer).each("history", order_by=("number",)))


class WebhooksView(CachedReads, ListView[WebhookEndpoint]):
    """All endpoints, newest first."""

    required_permissions = {"GET": VIEW, "POST": ["performance.add_webhookendpoint"]}
    serializer_class = EndpointSerializer
    shape = ENDPOINT
    queryset = WebhookEndpoint.objects.all()
    cache_tags = ("webhooks",)

    @extend_schema(
        request=EndpointRequestSerializer,
        responses={201: NewEndpointSerializer},
        description="Send events to an address from now on. The secret is shown in this answer alone.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        asked = body_of(request, EndpointRequestSerializer)
        return _shown_once(services.create_endpoint(**asked, owner=user_of(request)), status=201)


class WebhookView(CachedReads, DetailView[WebhookEndpoint]):
    """One endpoint."""

    required_permissions = {"GET": VIEW, "PATCH": CHANGE, "DELETE": ["performance.delete_webhookendpoint"]}
    serializer_class = EndpointSerializer
    shape = ENDPOINT
    queryset = WebhookEndpoint.objects.all()
    lookups = {"endpoint_id": "pk"}
    cache_tags = ("webhooks",)

    @extend_schema(request=EndpointChangeSerializer(partial=True), responses=EndpointSerializer)
    def patch(self, request: Request, endpoint_id: int) -> Response:
        asked = body_of(request, EndpointChangeSerializer, partial=True)
        by, at = request.user.get_username(), timezone.now()
        endpoint = services.change_endpoint(endpoint_id, services.Change(**asked), by=by, at=at)
        return Response(EndpointSerializer(endpoint).data)

    @extend_schema(responses={204: None}, description="With its history; what still waits for it isn't sent.")
    def delete(self, request: Request, endpoint_id: int) -> Response:
        services.delete_endpoint(endpoint_id)
        return Response(status=204)


class WebhookSecretView(APIView):
    """The secret of an endpoint, which can be replaced and not be read."""

    required_permissions = {"POST": CHANGE}

    @extend_schema(
        request=RotationSerializer,
        responses={201: NewEndpointSerializer},
        description="A new secret, shown in this answer alone. The old one signs along for the hours of the overlap.",
    )
    @idempotent
    def post(self, request: Request, endpoint_id: int) -> Response:
        hours = body_of(request, RotationSerializer)["overlap_hours"]
        new = services.rotate_secret(endpoint_id, overlap=timedelta(hours=hours), at=timezone.now())
        return _shown_once(new, status=201)


class WebhookTestView(APIView):
    """A test of an endpoint: it is asked while the request waits."""

    required_permissions = {"POST": CHANGE}
    limit = "webhook_test"

    @extend_schema(
        request=TestRequestSerializer,
        responses=TestResultSerializer,
        description="Send a signed sample, also to a disabled endpoint, and show what came back. Counts for nothing.",
    )
    def post(self, request: Request, endpoint_id: int) -> Response:
        name = body_of(request, TestRequestSerializer)["event"]
        endpoint = WebhookEndpoint.objects.filter(pk=endpoint_id).first()
        if endpoint is None:
            raise EndpointGone
        return Response(TestResultSerializer(_result(send_test(endpoint, name=name))).data)


class EventTypesView(CachedReads):
    """What an endpoint may ask for."""

    required_permissions = {"GET": VIEW}

    @extend_schema(responses=EventTypeSerializer(many=True), description="All types of event, each with an example.")
    def get(self, request: Request) -> Response:
        return Response(EventTypeSerializer(event_types(), many=True).data)


class DeliveryFilterSet(Filters):
    """What became of them."""

    state = ChoiceFilter(choices=WebhookDelivery.State.choices)


class DeliveriesView(CachedReads, ListView[WebhookDelivery]):
    """What was sent to an endpoint in the last 30 days, and is waiting to be; newest first."""

    required_permissions = {"GET": HISTORY}
    serializer_class = DeliveryInListSerializer
    shape = DELIVERY_IN_LIST
    queryset = WebhookDelivery.objects.none()
    filterset_class = DeliveryFilterSet

    def rows(self) -> list[QuerySet[WebhookDelivery]]:
        return [WebhookDelivery.objects.filter(endpoint=self.kwargs["endpoint_id"])]

    def parent(self) -> QuerySet[WebhookEndpoint]:
        return WebhookEndpoint.objects.filter(pk=self.kwargs["endpoint_id"])


class DeliveryView(CachedReads, DetailView[WebhookDelivery]):
    """One delivery with its body and each attempt."""

    required_permissions = {"GET": HISTORY}
    serializer_class = DeliverySerializer
    shape = DELIVERY
    queryset = WebhookDelivery.objects.all()
    lookups = {"endpoint_id": "endpoint", "delivery_id": "pk"}


class RedeliverView(APIView):
    """A delivery once more."""

    required_permissions = {"POST": CHANGE}

    @extend_schema(
        request=None,
        responses={202: DeliveryInListSerializer},
        description="The same event under the same webhook-id, with a schedule of its own.",
    )
    @idempotent
    def post(self, request: Request, endpoint_id: int, delivery_id: int) -> Response:
        found = WebhookDelivery.objects.of_endpoint(endpoint_id).filter(pk=delivery_id).first()
        if found is None:
            raise Http404
        again = services.redeliver(found, at=timezone.now())
        location = f"/api/v1/webhooks/{endpoint_id}/deliveries/{again.pk}"
        return Response(DeliveryInListSerializer(again).data, status=202, headers={"Location": location})


def _shown_once(new: services.NewSecret, *, status: int) -> Response:
    """The secret's text goes into this answer and nowhere else: not into the repetition that a key brings."""
    endpoint = EndpointSerializer(new.endpoint).data
    headers = {"Location": f"/api/v1/webhooks/{new.endpoint.pk}", "Cache-Control": "no-store"}
    return ShownOnce({**endpoint, "secret": new.text}, {**endpoint, "secret": None}, status=status, headers=headers)


def _result(tested: Tested) -> dict[str, Any]:
    attempt = tested.attempt
    return {
        "is_delivered": attempt.is_delivered,
        "status": attempt.status,
        "elapsed_ms": attempt.elapsed_ms,
        "code": attempt.code,
        "error": attempt.error,
        "reply": attempt.reply,
        "delivery_id": tested.delivery.pk,
        "request": {"url": tested.delivery.endpoint.url, "headers": tested.headers, "body": tested.body},
    }
