"""Shapes of endpoints and deliveries."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from performance.api.examples import asked_as
from performance.outbound.errors import OutboundError
from performance.outbound.limits import MOST_CHARACTERS
from performance.webhooks import examples
from performance.webhooks.destinations import check_destination
from performance.webhooks.errors import UnknownEvent
from performance.webhooks.events import PING
from performance.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from performance.webhooks.services import LONGEST_OVERLAP, checked_events


@extend_schema_serializer(examples=[examples.ASKED])
class EndpointRequestSerializer(serializers.Serializer[Any]):
    """What an endpoint is to be."""

    url = serializers.CharField(
        max_length=MOST_CHARACTERS, help_text="https:// (or http://), on a public address; see OUTBOUND_PORTS"
    )
    events = serializers.ListField(
        child=serializers.CharField(max_length=60),
        max_length=100,
        default=list,
        help_text="Types of event, as GET /webhooks/events lists them; none: all",
    )
    description = serializers.CharField(max_length=255, default="", allow_blank=True)

    def validate_url(self, url: str) -> str:
        try:
            check_destination(url)
        except OutboundError as error:
            raise serializers.ValidationError(str(error)) from error
        return url

    def validate_events(self, names: list[str]) -> list[str]:
        try:
            return checked_events(names)
        except UnknownEvent as error:
            raise serializers.ValidationError(str(error)) from error


@extend_schema_serializer(examples=[examples.CHANGED])
class EndpointChangeSerializer(EndpointRequestSerializer):
    """What is to be different; what isn't named stays. `is_active` true enables a disabled endpoint again."""

    is_active = serializers.BooleanField()


@extend_schema_serializer(examples=[examples.SHOWN])
class EndpointSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    """Where events are sent. `failures` counts attempts that failed in a row, since `failing_since`."""

    events = serializers.JSONField(help_text="Types of event, a list of names; none: all")
    owner = serializers.CharField(source="owner.username", default=None, allow_null=True)

    class Meta:
        model = WebhookEndpoint
        fields = [
            "id",
            "url",
            "description",
            "events",
            "is_active",
            "disabled_at",
            "disabled_reason",
            "failures",
            "failing_since",
            "owner",
            "created_at",
            "updated_at",
        ]


@extend_schema_serializer(examples=[examples.SHOWN_ONCE])
class NewEndpointSerializer(EndpointSerializer):
    """An endpoint with its secret, which is shown this once: null where a request is repeated by its key."""

    secret = serializers.CharField(allow_null=True, help_text="whsec_…, to verify signatures with")

    class Meta(EndpointSerializer.Meta):
        fields = [*EndpointSerializer.Meta.fields, "secret"]


@asked_as("Two days of both", {"overlap_hours": 48})
class RotationSerializer(serializers.Serializer[Any]):
    """How long the secret that is replaced signs along."""

    overlap_hours = serializers.IntegerField(
        min_value=0, max_value=int(LONGEST_OVERLAP.total_seconds()) // 3600, default=24
    )


class EventTypeSerializer(serializers.Serializer[Any]):
    """A type of event; `example` is the `data` of one."""

    name = serializers.CharField()
    description = serializers.CharField()
    example = serializers.DictField()


@asked_as("The end of a run", {"event": "run.finished"})
class TestRequestSerializer(serializers.Serializer[Any]):
    """Which event's sample is sent."""

    event = serializers.CharField(max_length=60, default=PING.name)


class SentSerializer(serializers.Serializer[Any]):
    """The request as it was sent, to be compared with what arrived."""

    url = serializers.CharField()
    headers = serializers.DictField(child=serializers.CharField())
    body = serializers.CharField()


@extend_schema_serializer(examples=[examples.TESTED])
class TestResultSerializer(serializers.Serializer[Any]):
    """What came back; `status` null where nothing did."""

    is_delivered = serializers.BooleanField()
    status = serializers.IntegerField(allow_null=True)
    elapsed_ms = serializers.IntegerField()
    code = serializers.CharField(allow_blank=True)
    error = serializers.CharField(allow_blank=True)
    reply = serializers.CharField(allow_blank=True, help_text="How the reply's body begins")
    delivery_id = serializers.IntegerField()
    request = SentSerializer()


class AttemptSerializer(serializers.ModelSerializer[WebhookAttempt]):
    """One request and what came back; `status` null where nothing did, `reply` is how its body begins."""

    class Meta:
        model = WebhookAttempt
        fields = ["number", "sent_at", "status", "elapsed_ms", "code", "error", "reply"]


@extend_schema_serializer(examples=[examples.IN_LIST])
class DeliveryInListSerializer(serializers.ModelSerializer[WebhookDelivery]):
    """An event on its way to an endpoint. `message_id` is what the receiver sees as webhook-id."""

    type = serializers.CharField(source="event.type")
    message_id = serializers.CharField(source="event.message_id")

    class Meta:
        model = WebhookDelivery
        fields = [
            "id",
            "type",
            "message_id",
            "state",
            "is_test",
            "is_repeat",
            "attempts",
            "next_attempt_at",
            "error",
            "created_at",
            "finished_at",
        ]


@extend_schema_serializer(examples=[examples.DELIVERED])
class DeliverySerializer(DeliveryInListSerializer):
    """With the body that is sent, and each attempt."""

    body = serializers.CharField(source="event.body")
    history = AttemptSerializer(many=True)

    class Meta(DeliveryInListSerializer.Meta):
        fields = [*DeliveryInListSerializer.Meta.fields, "body", "history"]
